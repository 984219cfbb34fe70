package dev.bailiwick.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bailiwick quickstart}: the main job from beginning to end, on a store of its own. */
@Command(
        name = "quickstart",
        description = {
            "Show the main job from beginning to end on a new store of its own, checking every step.",
            "Makes a store from the shipped manifest, starts a daemon on a private socket, creates an account, logs in, uses its"
                    + " home, restarts the daemon, disables the account and verifies the store. Exit status 0 only if every step did"
                    + " what it says. Nothing stays behind, unless --dir says where."
        })
final class QuickstartCommand implements Runnable {
    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description =
                    "Keep the store here; a new or empty directory. Default: a temporary one, deleted at the end.")
    private @Nullable Path keep;

    @Option(names = "--manifest", paramLabel = "FILE", description = "The seed manifest. Default: the shipped one.")
    private @Nullable Path manifest;

    private final Context context;

    QuickstartCommand(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        long started = System.nanoTime();
        Host host = context.host();
        Narrator narrator =
                new Narrator(host.out(), host.outStyle(), !context.output().isJson());
        Path directory = directory();
        try (Quickstart quickstart = new Quickstart(directory, manifest(), host.uid(), narrator)) {
            quickstart.run();
        } catch (IOException e) {
            throw CommandFailure.unavailable("cannot work in " + directory + ": " + e.getMessage(), "");
        } finally {
            if (keep == null) {
                delete(directory);
            }
        }
        long elapsedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
        Json.Obj answer = Json.object()
                .with("steps", narrator.steps())
                .with("shown", Json.texts(narrator.shown()))
                .with("elapsedMs", elapsedMs);
        context.output().answer(answer, style -> closing(narrator, elapsedMs, style));
    }

    private String closing(Narrator narrator, long elapsedMs, Style style) {
        return "\n" + style.good("All " + narrator.steps() + " steps did what they say") + " ("
                + narrator.shown().size() + " checks in " + elapsedMs / 1000 + "." + elapsedMs % 1000 / 100 + " s).\n"
                + (keep == null
                        ? ""
                        : "The store is in " + keep + ", both passwords in " + keep.resolve("passwords") + ".\n");
    }

    private Path directory() {
        try {
            if (keep == null) {
                return Files.createTempDirectory("bailiwick-");
            }
            Path directory = keep.toAbsolutePath().normalize();
            if (Files.exists(directory) && !isEmptyDirectory(directory)) {
                throw CommandFailure.usage("\"" + keep + "\" is not an empty directory", "name a new one");
            }
            return Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw CommandFailure.unavailable("cannot make a directory for the store: " + e.getMessage(), "");
        }
    }

    private static boolean isEmptyDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        }
    }

    private Path manifest() {
        if (manifest != null) {
            return manifest;
        }
        String home = System.getProperty("bailiwick.home");
        if (home == null) {
            throw CommandFailure.usage(
                    "nobody said where the shipped manifest is", "run bin/bailiwick, or name it with --manifest FILE");
        }
        return Path.of(home, "profiles", "manifests", "default.toml");
    }

    private static void delete(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw CommandFailure.unavailable(
                    "cannot delete the temporary directory " + directory + ": " + e.getMessage(), "");
        }
    }
}
