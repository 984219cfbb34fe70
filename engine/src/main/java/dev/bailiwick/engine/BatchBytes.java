package dev.bailiwick.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A RocksDB write batch in the form in which RocksDB itself keeps it in memory and in its log, so that it is handed over with one
 * native call and not one for each row. Layout as in RocksDB's {@code write_batch.cc}:
 *
 * <pre>
 * sequence 8 (0; RocksDB sets it) | number of rows 4, little-endian | rows
 * row      5 | family varint | key length varint | key | value length varint | value
 *          4 | family varint | key length varint | key                                 a deletion
 * </pre>
 *
 * It can be used again and again, for one batch at a time. Not thread-safe.
 */
final class BatchBytes {
    private static final int HEADER_BYTES = 12;
    private static final int COUNT_AT = 8;
    private static final byte DELETION = 4;
    private static final byte VALUE = 5;
    private static final int VARINT_BYTES = 5;

    private static final int FIRST_BYTES = 4096;
    private static final int KEPT_BYTES = 1 << 20;

    private byte[] bytes = new byte[FIRST_BYTES];
    private int length = HEADER_BYTES;
    private int count;

    /** Begins another batch. The memory of an unusually large one is given back. */
    void clear() {
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[FIRST_BYTES];
        }
        length = HEADER_BYTES;
        count = 0;
    }

    void put(int family, byte[] key, byte[] value) {
        begin(VALUE, family, key.length + value.length);
        slice(key);
        slice(value);
    }

    void delete(int family, byte[] key) {
        begin(DELETION, family, key.length);
        slice(key);
    }

    byte[] toBytes() {
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(COUNT_AT, count);
        return Arrays.copyOf(bytes, length);
    }

    private void begin(byte tag, int family, int payload) {
        int most = length + 1 + 3 * VARINT_BYTES + payload;
        if (most > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(most, 2 * bytes.length));
        }
        bytes[length++] = tag;
        varint(family);
        count++;
    }

    private void slice(byte[] part) {
        varint(part.length);
        System.arraycopy(part, 0, bytes, length, part.length);
        length += part.length;
    }

    private void varint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }
}
