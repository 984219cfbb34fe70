package dev.bailiwick.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bailiwick.engine.Table;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * How every value of the storage tables is written: layout byte, body, and a SHA-256 over table name, key, layout and body.
 * Since the key is in it, a value that was damaged or that lies under another key does not open.
 *
 * <pre>
 * value = layout:1  body:n  SHA-256( table name length:1  table name  key length:2  key  layout:1  body:n ):32
 * </pre>
 */
final class Seal {
    /** The layout of every body described in this package. */
    static final int LAYOUT = 1;

    private Seal() {}

    static byte[] seal(Table table, byte[] key, ByteBuffer body) {
        byte[] value = new byte[1 + body.remaining() + Sha256.BYTES];
        value[0] = LAYOUT;
        int end = 1 + body.remaining();
        body.duplicate().get(value, 1, body.remaining());
        System.arraycopy(hash(table, key, value, end), 0, value, end, Sha256.BYTES);
        return value;
    }

    /**
     * The body of a value, read-only.
     *
     * @throws BadRowException if it is not as it was written
     */
    static ByteBuffer open(Table table, byte[] key, byte[] value) {
        int end = value.length - Sha256.BYTES;
        if (end < 1) {
            throw new BadRowException("the value in " + table.name() + " is too short");
        }
        byte[] stored = new byte[Sha256.BYTES];
        System.arraycopy(value, end, stored, 0, Sha256.BYTES);
        if (!MessageDigest.isEqual(stored, hash(table, key, value, end))) {
            throw new BadRowException("the value in " + table.name() + " does not match its hash");
        }
        if (value[0] != LAYOUT) {
            throw new BadRowException("the value in " + table.name() + " has unknown layout " + value[0]);
        }
        return ByteBuffer.wrap(value, 1, end - 1).slice().asReadOnlyBuffer();
    }

    private static byte[] hash(Table table, byte[] key, byte[] value, int end) {
        byte[] name = table.name().getBytes(UTF_8);
        MessageDigest digest = Sha256.digest();
        digest.update((byte) name.length);
        digest.update(name);
        digest.update((byte) (key.length >>> Byte.SIZE));
        digest.update((byte) key.length);
        digest.update(key);
        digest.update(value, 0, end);
        return digest.digest();
    }
}
