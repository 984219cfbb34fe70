package dev.bailiwick.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Profiles as an administrator would write them into files. */
final class ProfileFiles {
    private ProfileFiles() {}

    /** A file with these lines. */
    static Path file(Path directory, String name, String... lines) {
        try {
            return Files.writeString(directory.resolve(name), String.join("\n", lines) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A resource profile in a file of its name; homes of that many bytes, and little of everything else. */
    static Path resourceProfile(Path directory, String name, String home) {
        return file(
                directory,
                name + ".toml",
                "[[resource-profile]]",
                "name = \"" + name + "\"",
                "home-quota = \"" + home + "\"",
                "config-quota = \"1MiB\"",
                "cache-quota = \"1MiB\"",
                "temp-quota = \"1MiB\"",
                "session-limit = 4",
                "process-limit = 16",
                "thread-limit = 64",
                "cap-limit = 256",
                "memory-commit-limit = \"256MiB\"",
                "frame-grant-limit = 2048",
                "endpoint-queue-limit = 32",
                "in-flight-call-limit = 32",
                "pending-ipc-submission-limit = 32",
                "ring-scratch-limit = \"256KiB\"",
                "log-quota = \"1MiB\"",
                "log-window = \"1h\"",
                "cpu-budget = \"200ms\"",
                "cpu-window = \"1s\"",
                "timer-waiter-limit = 32",
                "network = \"none\"",
                "launcher = \"none\"");
    }
}
