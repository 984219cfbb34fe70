package dev.bailiwick.schema;

/** One binding of an outside provider's subject to a local principal. Never reused. */
public record BindingId(Id128 value) implements Comparable<BindingId> {
    private static final String PREFIX = "bnd";

    /** Reads exactly 16 bytes; anything else is an {@link IllegalArgumentException}. */
    public static BindingId of(byte[] bytes) {
        return new BindingId(Id128.of(bytes));
    }

    /** Reads the text form that {@link #toString} writes; anything else is an {@link IllegalArgumentException}. */
    public static BindingId parse(String text) {
        return new BindingId(Id128.ofText(PREFIX, text));
    }

    /** A fresh array of the 16 bytes. */
    public byte[] toBytes() {
        return value.toBytes();
    }

    @Override
    public int compareTo(BindingId other) {
        return value.compareTo(other.value);
    }

    /** {@code bnd-} and 32 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return PREFIX + "-" + value;
    }
}
