package dev.bailiwick.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;

/** A process that takes part in a benchmark; killed when closed. Not thread-safe. */
public final class Child implements AutoCloseable {
    private final Process process;
    private final Writer commands;
    private final BufferedReader answers;

    private Child(Process process) {
        this.process = process;
        this.commands = process.outputWriter();
        this.answers = process.inputReader();
    }

    /** Starts it. */
    public static Child start(List<String> command) throws IOException {
        return new Child(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Waits until the process says that it is ready. */
    public Child whenReady() throws IOException {
        expect("ready");
        return this;
    }

    private void expect(String wanted) throws IOException {
        String answer = answers.readLine();
        if (!wanted.equals(answer)) {
            throw new IOException("a benchmark process said \"" + answer + "\" instead of \"" + wanted + "\"");
        }
    }

    /** Sends a command and waits for the line that answers it. */
    public String ask(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
        return next();
    }

    /** The next line. */
    public String next() throws IOException {
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("a benchmark process has ended");
        }
        return answer;
    }

    /** Does something so often; returns how often a second. */
    public double perSecond(String what, int size, int count) throws IOException {
        return count * 1e9 / Long.parseLong(ask(what + " " + size + " " + count));
    }

    /** Whether it still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
            commands.close();
            answers.close();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        }
    }
}
