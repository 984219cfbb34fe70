package dev.bailiwick.schema;

/** The identity of a resource or policy profile through all its versions. Never reused. */
public record ProfileId(Id128 value) implements Comparable<ProfileId> {
    private static final String PREFIX = "prf";

    /** Reads exactly 16 bytes; anything else is an {@link IllegalArgumentException}. */
    public static ProfileId of(byte[] bytes) {
        return new ProfileId(Id128.of(bytes));
    }

    /** Reads the text form that {@link #toString} writes; anything else is an {@link IllegalArgumentException}. */
    public static ProfileId parse(String text) {
        return new ProfileId(Id128.ofText(PREFIX, text));
    }

    /** A fresh array of the 16 bytes. */
    public byte[] toBytes() {
        return value.toBytes();
    }

    @Override
    public int compareTo(ProfileId other) {
        return value.compareTo(other.value);
    }

    /** {@code prf-} and 32 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return PREFIX + "-" + value;
    }
}
