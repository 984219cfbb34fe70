package dev.bailiwick.schema;

/** One transaction, chosen by whoever proposes it; committing it twice changes the store once. */
public record TransactionId(Id128 value) implements Comparable<TransactionId> {
    private static final String PREFIX = "txn";

    /** Reads exactly 16 bytes; anything else is an {@link IllegalArgumentException}. */
    public static TransactionId of(byte[] bytes) {
        return new TransactionId(Id128.of(bytes));
    }

    /** Reads the text form that {@link #toString} writes; anything else is an {@link IllegalArgumentException}. */
    public static TransactionId parse(String text) {
        return new TransactionId(Id128.ofText(PREFIX, text));
    }

    /** A fresh array of the 16 bytes. */
    public byte[] toBytes() {
        return value.toBytes();
    }

    @Override
    public int compareTo(TransactionId other) {
        return value.compareTo(other.value);
    }

    /** {@code txn-} and 32 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return PREFIX + "-" + value;
    }
}
