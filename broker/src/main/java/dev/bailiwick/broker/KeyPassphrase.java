package dev.bailiwick.broker;

import dev.bailiwick.schema.PrincipalId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Puts a backup of keys under a passphrase, by Argon2id and AES-256-GCM.
 *
 * <pre>
 * backup      = "bailiwick-key-backup-1\n"  length:1  Argon2 parameters  salt:16  nonce:12  ciphertext:n  tag:16
 * associated  = everything before the nonce, and the principal:16
 * </pre>
 *
 * Stateless. Both directions are slow by intent: run them on {@link HashPool} only.
 */
final class KeyPassphrase {
    private static final byte[] MAGIC = "bailiwick-key-backup-1\n".getBytes(StandardCharsets.US_ASCII);

    private KeyPassphrase() {}

    static byte[] seal(
            PrincipalId principal, byte[] passphrase, byte[] body, RandomGenerator random, HashMemory memory) {
        byte[] parameters = PasswordHash.CURRENT.text().getBytes(StandardCharsets.US_ASCII);
        byte[] salt = new byte[PasswordHash.SALT_BYTES];
        random.nextBytes(salt);
        byte[] head = ByteBuffer.allocate(MAGIC.length + 1 + parameters.length + salt.length)
                .put(MAGIC)
                .put((byte) parameters.length)
                .put(parameters)
                .put(salt)
                .array();
        byte[] key = PasswordHash.CURRENT.verifier(passphrase, salt, memory);
        try {
            byte[] sealed = Aead.seal(key, associated(head, principal), body, random);
            return ByteBuffer.allocate(head.length + sealed.length)
                    .put(head)
                    .put(sealed)
                    .array();
        } finally {
            Secrets.wipe(key);
        }
    }

    /** The body, which the caller wipes; empty for another passphrase or principal, and for bytes that are no such backup. */
    static Optional<byte[]> open(PrincipalId principal, byte[] passphrase, byte[] backup, HashMemory memory) {
        try {
            ByteBuffer from = ByteBuffer.wrap(backup);
            byte[] magic = new byte[MAGIC.length];
            from.get(magic);
            byte[] parameters = new byte[Byte.toUnsignedInt(from.get())];
            from.get(parameters);
            byte[] salt = new byte[PasswordHash.SALT_BYTES];
            from.get(salt);
            Optional<PasswordHash> hash = PasswordHash.ofText(new String(parameters, StandardCharsets.US_ASCII));
            if (!Arrays.equals(magic, MAGIC) || hash.isEmpty()) {
                return Optional.empty();
            }
            byte[] key = hash.get().verifier(passphrase, salt, memory);
            try {
                return Aead.open(key, associated(Arrays.copyOf(backup, from.position()), principal), from);
            } finally {
                Secrets.wipe(key);
            }
        } catch (BufferUnderflowException truncated) {
            return Optional.empty();
        }
    }

    private static byte[] associated(byte[] head, PrincipalId principal) {
        byte[] id = principal.toBytes();
        byte[] all = Arrays.copyOf(head, head.length + id.length);
        System.arraycopy(id, 0, all, head.length, id.length);
        return all;
    }
}
