package dev.bailiwick.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a public key from its file, and never anything private. Stateless. */
final class PublicKeyFile {
    private static final long MAX_BYTES = 16_384;

    private PublicKeyFile() {}

    /** The line in the file. What it says is for the daemon to judge. */
    static String read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw CommandFailure.usage("the file " + file + " is too large to be a public key", "");
            }
            String text = Files.readString(file).strip();
            if (text.startsWith("-----BEGIN")) {
                throw CommandFailure.usage(
                        "the file " + file + " is a private key, which stays with you",
                        "name the file beside it that ends in .pub");
            }
            return text;
        } catch (CharacterCodingException e) {
            throw CommandFailure.usage("the file " + file + " is not a public key", "name a file that ends in .pub");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
