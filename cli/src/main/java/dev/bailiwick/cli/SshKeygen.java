package dev.bailiwick.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/**
 * Signs with the user's own {@code ssh-keygen}: private keys, passphrases, agents and hardware stay its business. Of a key that an
 * agent holds, the public file is enough.
 */
final class SshKeygen {
    private static final List<String> DEFAULT_KEYS = List.of("id_ed25519", "id_ecdsa", "id_rsa");

    private final Path key;

    private SshKeygen(Path key) {
        this.key = key;
    }

    /** With that key file, or else the first of those that {@code ssh} takes by itself. */
    static SshKeygen with(Host host, Optional<Path> named) {
        Path key = named.orElseGet(() -> defaultKey(host));
        if (!Files.isReadable(key)) {
            throw CommandFailure.of(
                    ExitStatus.NOT_FOUND, "not-found", "there is no key file " + key, "name one with --key FILE");
        }
        return new SshKeygen(key);
    }

    private static Path defaultKey(Host host) {
        Path directory = Path.of(host.variable("HOME").orElse("/")).resolve(".ssh");
        for (String name : DEFAULT_KEYS) {
            for (Path file : List.of(directory.resolve(name), directory.resolve(name + ".pub"))) {
                if (Files.isReadable(file)) {
                    return file;
                }
            }
        }
        throw CommandFailure.of(
                ExitStatus.NOT_FOUND,
                "not-found",
                "there is no SSH key in " + directory,
                "name one with --key FILE, or make one with 'ssh-keygen -t ed25519'");
    }

    /** The armoured signature of those bytes for that namespace. */
    String sign(byte[] challenge, String namespace) {
        try {
            Path directory = Files.createTempDirectory(
                    "bailiwick", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path file = directory.resolve("challenge");
            Path signature = directory.resolve("challenge.sig");
            Path said = directory.resolve("said");
            try {
                Files.write(file, challenge);
                run(namespace, file, said);
                return Files.readString(signature, StandardCharsets.US_ASCII);
            } finally {
                for (Path left : List.of(signature, said, file, directory)) {
                    Files.deleteIfExists(left);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The challenge is a file and not its input, so that it can ask for a passphrase on the terminal. */
    private void run(String namespace, Path file, Path said) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(
                            "ssh-keygen", "-Y", "sign", "-n", namespace, "-f", key.toString(), file.toString())
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectOutput(said.toFile())
                    .redirectError(said.toFile())
                    .start();
        } catch (IOException e) {
            throw CommandFailure.unavailable(
                    "ssh-keygen cannot be run: " + e.getMessage(), "install the OpenSSH client");
        }
        int status;
        try {
            status = process.waitFor();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw CommandFailure.unavailable("it was interrupted while ssh-keygen signed", "");
        }
        if (status != 0) {
            throw CommandFailure.denied(
                    "ssh-keygen-failed",
                    "ssh-keygen could not sign with " + key + ": "
                            + Files.readString(said).strip().replace('\n', ' '),
                    "see that the key is readable by you only, its passphrase is right, or the agent has it"
                            + " ('ssh-add -l')");
        }
    }
}
