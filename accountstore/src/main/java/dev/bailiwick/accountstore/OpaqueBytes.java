package dev.bailiwick.accountstore;

import java.security.MessageDigest;
import java.util.Arrays;

/** Immutable bytes that are never printed: salts and verifiers. Comparing two takes the same time wherever they differ. */
public final class OpaqueBytes {
    /** No bytes. */
    public static final OpaqueBytes NONE = new OpaqueBytes(new byte[0]);

    private final byte[] bytes;

    private OpaqueBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A copy of these bytes. */
    public static OpaqueBytes of(byte[] bytes) {
        return new OpaqueBytes(bytes.clone());
    }

    /** A fresh array of the bytes. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** How many there are. */
    public int length() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OpaqueBytes opaque && MessageDigest.isEqual(bytes, opaque.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "[" + bytes.length + " bytes]";
    }
}
