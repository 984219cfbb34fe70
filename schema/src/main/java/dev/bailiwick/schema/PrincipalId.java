package dev.bailiwick.schema;

import org.jspecify.annotations.Nullable;

/** The stable identity key of a principal, used by authentication, policy, audit and ownership. Never reused. */
public record PrincipalId(Id128 value) implements Comparable<PrincipalId> {
    private static final String PREFIX = "prn";

    /** Reads exactly 16 bytes; anything else is an {@link IllegalArgumentException}. */
    public static PrincipalId of(byte[] bytes) {
        return new PrincipalId(Id128.of(bytes));
    }

    /** Reads the text form that {@link #toString} writes; anything else is an {@link IllegalArgumentException}. */
    public static PrincipalId parse(String text) {
        return new PrincipalId(Id128.ofText(PREFIX, text));
    }

    /** A fresh array of the 16 bytes. */
    public byte[] toBytes() {
        return value.toBytes();
    }

    @Override
    public int compareTo(PrincipalId other) {
        return value.compareTo(other.value);
    }

    // Spelled out for the reason given in Id128.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PrincipalId id && value.equals(id.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /** {@code prn-} and 32 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return PREFIX + "-" + value;
    }
}
