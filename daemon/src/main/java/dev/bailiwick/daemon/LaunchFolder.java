package dev.bailiwick.daemon;

import dev.bailiwick.launch.LaunchSite;
import dev.bailiwick.launch.Tools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The daemon's own temporary folder, in which copies of measured programs are kept while they run. Others can pass through it and not
 * look into it.
 */
record LaunchFolder(Path path) implements AutoCloseable {
    static LaunchFolder make() {
        try {
            Path folder = Files.createTempDirectory("bailiwick-launch-");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
            return new LaunchFolder(folder);
        } catch (IOException e) {
            throw new DaemonException(
                    DaemonException.Code.IO,
                    "cannot make a temporary folder for measured programs: " + e.getMessage(),
                    e);
        }
    }

    /** Where programs are launched by a daemon that serves on that socket. */
    LaunchSite site(Path socket) {
        return new LaunchSite(path, Optional.of(socket), Tools.find(), uid());
    }

    private static int uid() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot tell which user this process runs as: /proc is not mounted", e);
        }
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(path);
        } catch (IOException e) {
            System.getLogger(LaunchFolder.class.getName())
                    .log(System.Logger.Level.WARNING, "could not delete the folder of measured programs", e);
        }
    }
}
