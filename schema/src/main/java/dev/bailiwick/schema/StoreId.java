package dev.bailiwick.schema;

/** One account store, through all its epochs and wherever its files are moved. */
public record StoreId(Id128 value) implements Comparable<StoreId> {
    private static final String PREFIX = "sto";

    /** Reads exactly 16 bytes; anything else is an {@link IllegalArgumentException}. */
    public static StoreId of(byte[] bytes) {
        return new StoreId(Id128.of(bytes));
    }

    /** Reads the text form that {@link #toString} writes; anything else is an {@link IllegalArgumentException}. */
    public static StoreId parse(String text) {
        return new StoreId(Id128.ofText(PREFIX, text));
    }

    /** A fresh array of the 16 bytes. */
    public byte[] toBytes() {
        return value.toBytes();
    }

    @Override
    public int compareTo(StoreId other) {
        return value.compareTo(other.value);
    }

    /** {@code sto-} and 32 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return PREFIX + "-" + value;
    }
}
