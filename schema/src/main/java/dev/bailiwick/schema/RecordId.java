package dev.bailiwick.schema;

import org.jspecify.annotations.Nullable;

/** The identity of a stored record through all its versions. Never reused. */
public record RecordId(Id128 value) implements Comparable<RecordId> {
    private static final String PREFIX = "rec";

    /** Reads exactly 16 bytes; anything else is an {@link IllegalArgumentException}. */
    public static RecordId of(byte[] bytes) {
        return new RecordId(Id128.of(bytes));
    }

    /** Reads the text form that {@link #toString} writes; anything else is an {@link IllegalArgumentException}. */
    public static RecordId parse(String text) {
        return new RecordId(Id128.ofText(PREFIX, text));
    }

    /** A fresh array of the 16 bytes. */
    public byte[] toBytes() {
        return value.toBytes();
    }

    @Override
    public int compareTo(RecordId other) {
        return value.compareTo(other.value);
    }

    // Spelled out for the reason given in Id128.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RecordId id && value.equals(id.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /** {@code rec-} and 32 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return PREFIX + "-" + value;
    }
}
