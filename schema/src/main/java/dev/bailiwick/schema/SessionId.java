package dev.bailiwick.schema;

/** One live session, in audit and journal entries. Never reused; it is not the session's secret reference. */
public record SessionId(Id128 value) implements Comparable<SessionId> {
    private static final String PREFIX = "ses";

    /** Reads exactly 16 bytes; anything else is an {@link IllegalArgumentException}. */
    public static SessionId of(byte[] bytes) {
        return new SessionId(Id128.of(bytes));
    }

    /** Reads the text form that {@link #toString} writes; anything else is an {@link IllegalArgumentException}. */
    public static SessionId parse(String text) {
        return new SessionId(Id128.ofText(PREFIX, text));
    }

    /** A fresh array of the 16 bytes. */
    public byte[] toBytes() {
        return value.toBytes();
    }

    @Override
    public int compareTo(SessionId other) {
        return value.compareTo(other.value);
    }

    /** {@code ses-} and 32 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return PREFIX + "-" + value;
    }
}
