package dev.bailiwick.schema;

/**
 * Hashes of canonical structs (ARCHITECTURE 4):
 *
 * <pre>
 * SHA-256( type id, 8 bytes little-endian | canonical bytes )
 * </pre>
 *
 * where a record is hashed without its {@code contentHash} field, re-canonicalised. The type id keeps two structs of equal
 * bytes apart. Stateless.
 */
public final class ContentHash {
    private ContentHash() {}

    /** The hash of a whole canonical struct, such as a journal entry. */
    public static Hash256 ofStruct(long typeId, byte[] canonical) {
        return Hash256.sha256(littleEndian(typeId), canonical);
    }

    /**
     * The hash of a record, which its contentHash field is left out of.
     *
     * @param record canonical bytes; whether the field is already set makes no difference
     * @param contentHashPointer the field's index in the record's pointer section
     * @throws CanonicalException if the bytes are not a well-formed struct
     */
    public static Hash256 ofRecord(long typeId, byte[] record, int contentHashPointer) {
        return ofStruct(typeId, Canonical.withoutPointer(record, contentHashPointer));
    }

    private static byte[] littleEndian(long value) {
        byte[] bytes = new byte[Long.BYTES];
        for (int i = 0; i < Long.BYTES; i++) {
            bytes[i] = (byte) (value >>> (Byte.SIZE * i));
        }
        return bytes;
    }
}
