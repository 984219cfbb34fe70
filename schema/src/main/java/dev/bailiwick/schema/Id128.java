package dev.bailiwick.schema;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Sixteen opaque bytes, the value inside every typed id (ARCHITECTURE 4). Immutable; ordered bytewise, which is also the
 * order of id lists in records.
 *
 * @param high the first eight bytes, big-endian
 * @param low the last eight bytes, big-endian
 */
public record Id128(long high, long low) implements Comparable<Id128> {
    /** The length of every id. */
    public static final int BYTES = 16;

    private static final HexFormat HEX = HexFormat.of();

    /** Reads exactly {@value #BYTES} bytes; anything else is an {@link IllegalArgumentException}. */
    public static Id128 of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("an id has " + BYTES + " bytes, not " + bytes.length);
        }
        return new Id128(word(bytes, 0), word(bytes, Long.BYTES));
    }

    /** Reads 32 hexadecimal digits; anything else is an {@link IllegalArgumentException}. */
    public static Id128 ofHex(String hex) {
        return of(HEX.parseHex(hex));
    }

    /** Reads {@code prefix}, a dash and 32 hexadecimal digits: the text form of a typed id. */
    static Id128 ofText(String prefix, String text) {
        String lead = prefix + "-";
        if (!text.startsWith(lead)) {
            throw new IllegalArgumentException("an id of this type starts with \"" + lead + "\": \"" + text + "\"");
        }
        return ofHex(text.substring(lead.length()));
    }

    /** A fresh array of the {@value #BYTES} bytes. */
    public byte[] toBytes() {
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < Long.BYTES; i++) {
            bytes[i] = (byte) (high >>> (Byte.SIZE * (Long.BYTES - 1 - i)));
            bytes[Long.BYTES + i] = (byte) (low >>> (Byte.SIZE * (Long.BYTES - 1 - i)));
        }
        return bytes;
    }

    @Override
    public int compareTo(Id128 other) {
        int first = Long.compareUnsigned(high, other.high);
        return first != 0 ? first : Long.compareUnsigned(low, other.low);
    }

    // Spelled out, as maps ask for it with every lookup and every row: what is generated is not always inlined.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Id128 id && high == id.high && low == id.low;
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(high) + Long.hashCode(low);
    }

    /** 32 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return HEX.formatHex(toBytes());
    }

    private static long word(byte[] bytes, int offset) {
        long word = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            word = word << Byte.SIZE | Byte.toUnsignedLong(bytes[offset + i]);
        }
        return word;
    }
}
