package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;
import java.nio.ByteBuffer;

/** A row of {@code HEADS}: version 8, content hash 32. */
record Head(long version, Hash256 contentHash) {
    private static final int BYTES = Long.BYTES + Hash256.BYTES;

    static Head decode(RecordRef record, byte[] row) {
        if (row.length != BYTES) {
            throw new CorruptStoreException(record.toString(), "its head row has the wrong length");
        }
        ByteBuffer buffer = ByteBuffer.wrap(row);
        long version = buffer.getLong();
        byte[] hash = new byte[Hash256.BYTES];
        buffer.get(hash);
        if (version < 1) {
            throw new CorruptStoreException(record.toString(), "its head row has no version");
        }
        return new Head(version, Hash256.of(hash));
    }

    byte[] encode() {
        return ByteBuffer.allocate(BYTES)
                .putLong(version)
                .put(contentHash.toBytes())
                .array();
    }
}
