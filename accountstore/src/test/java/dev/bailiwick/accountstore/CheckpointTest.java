package dev.bailiwick.accountstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.StoreId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckpointTest {
    private static final String ORIGIN = Checkpoint.originOf(StoreId.of(new byte[16]), 1);
    private static final Checkpoint CHECKPOINT = new Checkpoint(ORIGIN, 42, Hash256.sha256());

    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    private Path directory;

    private static String verifierKey(String origin, StoreKey key) {
        return new CheckpointKey.Named(origin, key.publicKey()).line();
    }

    @Test
    void theTextIsThatOfTlogCheckpoint() {
        assertThat(CHECKPOINT.text()).isEqualTo(ORIGIN + "\n42\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
    }

    @Test
    void aSignedNoteOpensWithItsOwnKeyOnly() {
        StoreKey key = StoreKey.generate(RANDOM);
        String note = CHECKPOINT.signed(key);
        assertThat(note)
                .startsWith(CHECKPOINT.text() + "\n\u2014 " + ORIGIN + " ")
                .endsWith("\n");
        assertThat(Checkpoint.open(note, verifierKey(ORIGIN, key))).contains(CHECKPOINT);
        assertThat(Checkpoint.open(note, verifierKey(ORIGIN, StoreKey.generate(RANDOM))))
                .isEmpty();
        assertThat(Checkpoint.open(note, verifierKey(ORIGIN + "0", key))).isEmpty();
    }

    @Test
    void theSignatureOfAPublishedNoteVerifies() {
        // Key and note are the published example of the Go module golang.org/x/mod/sumdb/note.
        String line = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        String note = """
                If you think cryptography is the answer to your problem,
                then you don't know what your problem is.

                \u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
                """;
        // Not a checkpoint (its first line is no origin), but the signature rule is the same one.
        assertThat(Checkpoint.open(note, line)).isEmpty();
        CheckpointKey.Named named = CheckpointKey.parse(line).orElseThrow();
        assertThat(SignedNote.parse(note).orElseThrow().signedBy(named.name(), named.key()))
                .isTrue();
        byte[] key = Base64.getDecoder().decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
        byte[] blob = Base64.getDecoder()
                .decode("x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=");
        assertThat(CheckpointKey.of(Arrays.copyOfRange(key, 1, key.length))
                        .signed(
                                note.substring(0, note.indexOf("\n\n") + 1).getBytes(StandardCharsets.UTF_8),
                                Arrays.copyOfRange(blob, 4, blob.length)))
                .isTrue();
    }

    @Test
    void noChangedCharacterOfTheTextGoesUnseen() {
        StoreKey key = StoreKey.generate(RANDOM);
        String note = CHECKPOINT.signed(key);
        String verifierKey = verifierKey(ORIGIN, key);
        for (int at = 0; at < CHECKPOINT.text().length(); at++) {
            String changed = note.substring(0, at) + (char) (note.charAt(at) ^ 1) + note.substring(at + 1);
            assertThat(Checkpoint.open(changed, verifierKey))
                    .as("character %d", at)
                    .isEmpty();
        }
        assertThat(Checkpoint.open("", verifierKey)).isEmpty();
        assertThat(Checkpoint.open(note, "not a key")).isEmpty();
    }

    @Test
    void theKeyFileIsPrivateAndReadsBack() throws IOException {
        Path file = directory.resolve("key");
        StoreKey made = StoreKey.create(file, RANDOM);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        StoreKey read = StoreKey.load(file);
        assertThat(read.publicKey()).isEqualTo(made.publicKey());
        assertThat(made.publicKey().signed(new byte[] {1}, read.sign(new byte[] {1})))
                .isTrue();
        assertThatThrownBy(() -> StoreKey.create(file, RANDOM)).isInstanceOf(IOException.class);
    }

    @Test
    void aKeyFileThatOthersMayReadIsRefused() throws IOException {
        Path file = directory.resolve("key");
        StoreKey.create(file, RANDOM);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> StoreKey.load(file)).hasMessageContaining("chmod 600");
    }

    @Test
    void aDamagedKeyFileIsRefused() throws IOException {
        Path file = directory.resolve("key");
        StoreKey.create(file, RANDOM);
        String other = Files.readString(file);
        Path second = directory.resolve("key2");
        StoreKey.create(second, RANDOM);
        String mixed = other.substring(0, other.indexOf("-----BEGIN PUBLIC"))
                + Files.readString(second).substring(other.indexOf("-----BEGIN PUBLIC"));
        Files.writeString(file, mixed);
        assertThatThrownBy(() -> StoreKey.load(file)).hasMessageContaining("do not belong together");
        Files.writeString(file, "");
        assertThatThrownBy(() -> StoreKey.load(file)).hasMessageContaining("damaged");
    }
}
