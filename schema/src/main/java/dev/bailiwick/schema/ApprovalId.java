package dev.bailiwick.schema;

/** One approval under which a transaction was made. */
public record ApprovalId(Id128 value) implements Comparable<ApprovalId> {
    private static final String PREFIX = "apr";

    /** Reads exactly 16 bytes; anything else is an {@link IllegalArgumentException}. */
    public static ApprovalId of(byte[] bytes) {
        return new ApprovalId(Id128.of(bytes));
    }

    /** Reads the text form that {@link #toString} writes; anything else is an {@link IllegalArgumentException}. */
    public static ApprovalId parse(String text) {
        return new ApprovalId(Id128.ofText(PREFIX, text));
    }

    /** A fresh array of the 16 bytes. */
    public byte[] toBytes() {
        return value.toBytes();
    }

    @Override
    public int compareTo(ApprovalId other) {
        return value.compareTo(other.value);
    }

    /** {@code apr-} and 32 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return PREFIX + "-" + value;
    }
}
