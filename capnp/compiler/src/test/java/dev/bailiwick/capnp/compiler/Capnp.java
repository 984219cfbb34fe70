package dev.bailiwick.capnp.compiler;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The stock {@code capnp} tool. */
final class Capnp {
    private static final Path SAMPLES = Path.of("src/test/capnp/everything.capnp");

    private Capnp() {}

    /** {@code capnp convert FROM:TO} of a message of the sample schema. */
    static byte[] convert(String formats, String type, byte[] message) throws IOException, InterruptedException {
        return run(message, "convert", formats, "-I" + CommittedRequest.IMPORTS, SAMPLES.toString(), type);
    }

    /** {@code capnp eval} of a constant of the sample schema; only structs have a binary form. */
    static byte[] evaluate(String constant, String format) throws IOException, InterruptedException {
        return run(new byte[0], "eval", "-I" + CommittedRequest.IMPORTS, "-o" + format, SAMPLES.toString(), constant);
    }

    /** Runs the tool, which is given its input as a file, as it may answer before it has read all. */
    static byte[] run(byte[] input, String... arguments) throws IOException, InterruptedException {
        Path stdin = Files.createTempFile("capnp", ".in");
        Path stderr = Files.createTempFile("capnp", ".err");
        try {
            Files.write(stdin, input);
            List<String> command = new ArrayList<>(List.of("capnp"));
            command.addAll(List.of(arguments));
            Process process = new ProcessBuilder(command)
                    .redirectInput(stdin.toFile())
                    .redirectError(stderr.toFile())
                    .start();
            byte[] output = process.getInputStream().readAllBytes();
            if (process.waitFor() != 0) {
                throw new IOException(command + " failed: " + Files.readString(stderr, UTF_8));
            }
            return output;
        } finally {
            Files.delete(stdin);
            Files.delete(stderr);
        }
    }
}
