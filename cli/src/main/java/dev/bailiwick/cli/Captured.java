package dev.bailiwick.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How a program ended that was run inside this one, with its output kept.
 *
 * @param status its exit status
 * @param text what it wrote to standard output, which was text
 * @param errors what it wrote to standard error
 */
record Captured(int status, String text, String errors) {
    /** Runs a program for that user with that standard input and without a terminal. */
    static Captured run(Tool tool, int uid, byte[] input, String... arguments) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        Host host = new Host(
                new ByteArrayInputStream(input),
                new PrintStream(output, true, StandardCharsets.UTF_8),
                new PrintStream(errors, true, StandardCharsets.UTF_8),
                Map.of(),
                Set.of(),
                question -> Optional.empty(),
                uid);
        int status = new Program(host, tool.commands(host)).run(arguments);
        return new Captured(status, output.toString(StandardCharsets.UTF_8), errors.toString(StandardCharsets.UTF_8));
    }
}
