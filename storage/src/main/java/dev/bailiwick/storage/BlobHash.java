package dev.bailiwick.storage;

import dev.bailiwick.schema.Id128;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The SHA-256 of a blob's content. Immutable.
 *
 * @param first bytes 0 to 15
 * @param second bytes 16 to 31
 */
public record BlobHash(Id128 first, Id128 second) {
    /** The length of a hash. */
    public static final int BYTES = 32;

    /** Reads exactly {@value #BYTES} bytes; anything else is an {@link IllegalArgumentException}. */
    public static BlobHash of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a SHA-256 has " + BYTES + " bytes, not " + bytes.length);
        }
        return new BlobHash(
                Id128.of(Arrays.copyOfRange(bytes, 0, Id128.BYTES)),
                Id128.of(Arrays.copyOfRange(bytes, Id128.BYTES, BYTES)));
    }

    /** A fresh array of the {@value #BYTES} bytes. */
    public byte[] toBytes() {
        byte[] bytes = Arrays.copyOf(first.toBytes(), BYTES);
        System.arraycopy(second.toBytes(), 0, bytes, Id128.BYTES, Id128.BYTES);
        return bytes;
    }

    /** 64 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(toBytes());
    }
}
