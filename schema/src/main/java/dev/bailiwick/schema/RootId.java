package dev.bailiwick.schema;

/** The identity of a stored namespace root, the {@code rootObjectId} of a {@code StorageRootRef}. Never reused. */
public record RootId(Id128 value) implements Comparable<RootId> {
    private static final String PREFIX = "root";

    /** Reads exactly 16 bytes; anything else is an {@link IllegalArgumentException}. */
    public static RootId of(byte[] bytes) {
        return new RootId(Id128.of(bytes));
    }

    /** Reads the text form that {@link #toString} writes; anything else is an {@link IllegalArgumentException}. */
    public static RootId parse(String text) {
        return new RootId(Id128.ofText(PREFIX, text));
    }

    /** A fresh array of the 16 bytes. */
    public byte[] toBytes() {
        return value.toBytes();
    }

    @Override
    public int compareTo(RootId other) {
        return value.compareTo(other.value);
    }

    /** {@code root-} and 32 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return PREFIX + "-" + value;
    }
}
