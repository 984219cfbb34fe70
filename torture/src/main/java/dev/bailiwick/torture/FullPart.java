package dev.bailiwick.torture;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A small file system fills up under a store, with each time a page more left free, so that in turn each of the writes is the one that
 * fails; and it is mounted read-only. It lives in a mount namespace of a child process and goes away with it.
 */
final class FullPart implements Part {
    private static final String SIZE = "48m";
    private static final int NOT_ALLOWED = 77;

    @Override
    public String name() {
        return "full";
    }

    @Override
    public Outcome run(Run run) throws IOException, InterruptedException {
        Path folder = run.folder(this);
        Path mount = Files.createDirectories(folder.resolve("mount"));
        ChildJvm jvm = ChildJvm.in(folder);
        List<String> command = new ArrayList<>(List.of(
                "unshare",
                Files.isWritable(Path.of("/proc/sys")) ? "-m" : "-Urm",
                "sh",
                "-c",
                "mount -t tmpfs -o size=" + SIZE + " torture \"$1\" && shift && exec \"$@\" || exit " + NOT_ALLOWED,
                "sh",
                mount.toString()));
        command.addAll(jvm.command(
                FullChild.class,
                List.of(
                        mount.toString(),
                        run.manifest().toAbsolutePath().toString(),
                        "" + run.random(this).nextLong(),
                        "" + run.times(48, 400))));
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> counts = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
            lines.lines()
                    .forEach(line -> (line.startsWith(FullChild.COUNT) ? counts : failures)
                            .add(line.startsWith(FullChild.COUNT) ? line.substring(FullChild.COUNT.length()) : line));
        }
        int exit = child.waitFor();
        if (exit == NOT_ALLOWED) {
            failures.add("a tmpfs cannot be mounted here: be root, or allow user namespaces");
        } else if (exit != 0 || counts.isEmpty()) {
            failures.add("the child ended with exit status " + exit);
        }
        return new Outcome(String.join("\n", counts), failures);
    }
}
