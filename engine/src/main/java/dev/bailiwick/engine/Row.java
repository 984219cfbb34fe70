package dev.bailiwick.engine;

/**
 * One key with its value. The arrays belong to the receiver.
 *
 * <p>Not a record: arrays have no value equality, and nothing compares rows.
 */
public final class Row {
    private final byte[] key;
    private final byte[] value;

    Row(byte[] key, byte[] value) {
        this.key = key;
        this.value = value;
    }

    /** The key. */
    public byte[] key() {
        return key;
    }

    /** The value. */
    public byte[] value() {
        return value;
    }
}
