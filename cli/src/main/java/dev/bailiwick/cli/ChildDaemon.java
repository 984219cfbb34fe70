package dev.bailiwick.cli;

import dev.bailiwick.daemon.StoreLocation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A daemon in a process of its own, started by this one. It stops with this process however that ends: its standard input closes
 * then.
 */
final class ChildDaemon implements AutoCloseable {
    private static final long START_SECONDS = 30;
    private static final long STOP_SECONDS = 20;

    private final Process process;
    private final Path log;

    private ChildDaemon(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts a daemon on that store and waits until it serves. Its log goes to the file, at the end. */
    static ChildDaemon start(StoreLocation store, Path socket, Path log) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Bailiwickd.class.getName()));
        command.addAll(Arrays.asList(
                "--store",
                store.directory().toString(),
                "--anchor",
                store.anchor().toString(),
                "--socket",
                socket.toString(),
                "--stop-on-eof"));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            ChildDaemon daemon = new ChildDaemon(process, log);
            daemon.awaitReady();
            return daemon;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a daemon: " + e.getMessage(), e);
        }
    }

    private void awaitReady() {
        CompletableFuture<@Nullable String> line = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
                line.complete(output.readLine());
                // Read on, so that the daemon never waits for somebody to take what it prints.
                while (output.readLine() != null) {}
            } catch (IOException e) {
                line.completeExceptionally(e);
            }
        });
        try {
            if (line.get(START_SECONDS, TimeUnit.SECONDS) == null) {
                throw CommandFailure.unavailable("the daemon ended instead of serving", "its log: " + readLog());
            }
        } catch (TimeoutException e) {
            close();
            throw CommandFailure.unavailable(
                    "the daemon did not serve within " + START_SECONDS + " seconds", "its log: " + readLog());
        } catch (ExecutionException e) {
            close();
            throw new IllegalStateException("the daemon's output cannot be read", e);
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw CommandFailure.unavailable("interrupted while a daemon was starting", "");
        }
    }

    private String readLog() {
        try {
            return Files.readString(log).strip();
        } catch (IOException e) {
            return log.toString();
        }
    }

    /** The daemon's process id. */
    long pid() {
        return process.pid();
    }

    /** Asks the daemon to stop and waits until it did; a daemon that does not is killed. Does nothing the second time. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the process is gone. */
    boolean isGone() {
        return !process.isAlive();
    }
}
