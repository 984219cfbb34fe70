package dev.bailiwick.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Somebody at a terminal of the kernel's (pty(7)) on which a program runs: types, and sees what the screen shows. Python's standard library
 * makes the terminal; {@code on_a_terminal.py} says how.
 */
final class Screen implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Process process;
    private final Path told;
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream(); // guarded by this

    private Screen(Process process, Path told) {
        this.process = process;
        this.told = told;
    }

    /** Starts one of this build's programs on a terminal of that size; {@code scratch} is for files of this. */
    static Screen of(Path scratch, int rows, int columns, Class<?> program, String... arguments) throws IOException {
        Path script = scratch.resolve("on_a_terminal.py");
        try (InputStream text = Screen.class.getResourceAsStream("on_a_terminal.py")) {
            Files.write(script, java.util.Objects.requireNonNull(text).readAllBytes());
        }
        List<String> command = new ArrayList<>(
                List.of("python3", script.toString(), Integer.toString(rows), Integer.toString(columns)));
        command.addAll(OwnProgram.command(program));
        Stream.of(arguments).forEach(command::add);
        Path told = scratch.resolve("told");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(told.toFile());
        builder.environment().put("TERM", "xterm");
        builder.environment().put("NO_COLOR", "1");
        Screen screen = new Screen(builder.start(), told);
        Thread.ofVirtual().name("screen").start(screen::watch);
        return screen;
    }

    private void watch() {
        byte[] part = new byte[4096];
        try {
            InputStream from = process.getInputStream();
            for (int count = from.read(part); count >= 0; count = from.read(part)) {
                synchronized (this) {
                    shown.write(part, 0, count);
                }
            }
        } catch (IOException gone) {
            // The test has ended it.
        }
    }

    /** Types that; {@code \r} is the Enter key and {@code \u0003} is Ctrl-C. */
    void type(String keys) throws IOException {
        process.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Waits until the screen has shown that. */
    void await(String text) {
        Awaitility.await()
                .atMost(LIMIT)
                .alias("the screen shows \"" + text + "\" after: " + shown())
                .until(() -> shown().contains(text));
    }

    /** All that the screen has shown. */
    synchronized String shown() {
        return shown.toString(StandardCharsets.UTF_8);
    }

    /** Waits for the program's end: how it ended, and what the terminal does with keys then. */
    String ended() throws InterruptedException {
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the program still runs after: " + shown());
        }
        try {
            return Files.readString(told).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
