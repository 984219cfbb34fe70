package dev.bailiwick.capnp.rpc;

import java.util.Arrays;
import java.util.HexFormat;

/** A few bytes that mean something only to whoever made them. Immutable; equal to others of the same type and content. */
abstract sealed class OpaqueBytes permits SturdyHash, SturdyObject, SturdyOwner {
    private final byte[] bytes;

    OpaqueBytes(byte[] bytes, int least, int most, String what) {
        if (bytes.length < least || bytes.length > most) {
            throw new IllegalArgumentException(
                    what + " of " + bytes.length + " bytes must have " + least + " to " + most);
        }
        this.bytes = bytes.clone();
    }

    /** A copy of the bytes. */
    public final byte[] bytes() {
        return bytes.clone();
    }

    /** The order of their bytes as unsigned numbers. */
    static int compare(OpaqueBytes left, OpaqueBytes right) {
        return Arrays.compareUnsigned(left.bytes, right.bytes);
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof OpaqueBytes that && getClass() == that.getClass() && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public final int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The bytes in hexadecimal. */
    @Override
    public final String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
