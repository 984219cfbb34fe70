package dev.bailiwick.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program of the host that the harness or its guest needs, with the Debian package that brings it. The packages that a plain Debian
 * lacks are also listed in {@code qemu-tests/debian-packages.txt}.
 */
enum HostTool {
    QEMU("qemu-system-x86_64", "qemu-system-x86"),
    MKFS_EXT4("mkfs.ext4", "e2fsprogs"),
    E2FSCK("e2fsck", "e2fsprogs"),
    DEBUGFS("debugfs", "e2fsprogs"),
    BUSYBOX("busybox", "busybox-static"),
    BWRAP("bwrap", "bubblewrap"),
    SETPRIV("setpriv", "util-linux"),
    PRLIMIT("prlimit", "util-linux"),
    SETSID("setsid", "util-linux"),
    TRUE("true", "coreutils"),
    SSH_KEYGEN("ssh-keygen", "openssh-client"),
    XZ("xz", "xz-utils"),
    CP("cp", "coreutils"),
    LDD("ldd", "libc-bin"),
    APT_GET("apt-get", "apt"),
    APT_CACHE("apt-cache", "apt"),
    DPKG_DEB("dpkg-deb", "dpkg");

    /** Debian keeps mkfs here, and an ordinary user's PATH does not. */
    private static final List<String> SYSTEM_FOLDERS =
            List.of("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin");

    /** For a program that reads nothing. */
    static final Path NOTHING = Path.of("/dev/null");

    /** Generous: a download over a slow line. */
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final String program;
    private final String debianPackage;

    HostTool(String program, String debianPackage) {
        this.program = program;
        this.debianPackage = debianPackage;
    }

    String debianPackage() {
        return debianPackage;
    }

    /** @throws IllegalStateException when the program is not installed; the message says how to get it. */
    Path path() {
        String searchPath = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Stream.of(searchPath.split(":", -1)).filter(f -> !f.isEmpty()), SYSTEM_FOLDERS.stream())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("'" + program
                        + "' is needed to make or boot the test guest and is not installed: sudo apt-get install "
                        + debianPackage));
    }

    /** Runs the program to its end and returns what it printed. */
    String run(Object... arguments) {
        Outcome outcome = attempt(Path.of("."), arguments);
        if (outcome.exit() != 0) {
            throw new IllegalStateException(outcome.describe());
        }
        return outcome.output();
    }

    /** Runs the program to its end in the given folder; a non-zero exit is an answer, not a fault. */
    Outcome attempt(Path folder, Object... arguments) {
        List<String> command = new ArrayList<>(List.of(path().toString()));
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        return execute(folder, Map.of(), NOTHING, command);
    }

    /** Runs any program, for those that are part of a JDK or of the project and not of a Debian package. */
    static Outcome execute(Path folder, Map<String, String> environment, Path input, List<String> command) {
        try {
            // A file, not a pipe: reading a pipe to its end would wait past the limit for a program that hangs.
            Path output = Files.createTempFile("host-tool", ".out");
            try {
                ProcessBuilder builder = new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectInput(input.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
                builder.environment().put("LC_ALL", "C");
                builder.environment().putAll(environment);
                int exit = ended(builder.start(), command);
                return new Outcome(command, exit, new String(Files.readAllBytes(output), StandardCharsets.UTF_8));
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command, e);
        }
    }

    private static int ended(Process process, List<String> command) throws InterruptedException {
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("no end after " + LIMIT + " of " + command);
            }
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    /** How a program ended; {@code output} holds both streams. */
    record Outcome(List<String> command, int exit, String output) {
        Outcome {
            command = List.copyOf(command);
        }

        String describe() {
            return "'" + String.join(" ", command) + "' ended with exit code " + exit + ":\n" + output;
        }
    }
}
