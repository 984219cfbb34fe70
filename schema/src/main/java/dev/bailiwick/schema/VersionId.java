package dev.bailiwick.schema;

/** One version of a profile or of the policy catalogue. Never reused. */
public record VersionId(Id128 value) implements Comparable<VersionId> {
    private static final String PREFIX = "ver";

    /** Reads exactly 16 bytes; anything else is an {@link IllegalArgumentException}. */
    public static VersionId of(byte[] bytes) {
        return new VersionId(Id128.of(bytes));
    }

    /** Reads the text form that {@link #toString} writes; anything else is an {@link IllegalArgumentException}. */
    public static VersionId parse(String text) {
        return new VersionId(Id128.ofText(PREFIX, text));
    }

    /** A fresh array of the 16 bytes. */
    public byte[] toBytes() {
        return value.toBytes();
    }

    @Override
    public int compareTo(VersionId other) {
        return value.compareTo(other.value);
    }

    /** {@code ver-} and 32 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return PREFIX + "-" + value;
    }
}
