package dev.bailiwick.storage;

import java.nio.ByteBuffer;

/**
 * Some content that entries of a root refer to, found by its hash.
 *
 * <pre>
 * body = content:8  size:8  chunkBytes:4  references:8
 * </pre>
 *
 * @param content the number its chunks are stored under
 * @param size bytes
 * @param chunkBytes bytes of content in every chunk but the last
 * @param references INVARIANT (exact references): the number of entries with this content, at least 1
 */
record BlobRow(long content, long size, int chunkBytes, long references) {
    private static final int BYTES = 3 * Long.BYTES + Integer.BYTES;

    ByteBuffer body() {
        return ByteBuffer.allocate(BYTES)
                .putLong(content)
                .putLong(size)
                .putInt(chunkBytes)
                .putLong(references)
                .flip();
    }

    static BlobRow decode(ByteBuffer body) {
        Body.requireLength(body, BYTES);
        BlobRow row = new BlobRow(body.getLong(), body.getLong(), body.getInt(), body.getLong());
        if (row.size < 0 || row.chunkBytes < 1 || row.references < 1) {
            throw new BadRowException("a blob row is out of range");
        }
        return row;
    }

    BlobRow withReferences(long count) {
        return new BlobRow(content, size, chunkBytes, count);
    }

    int chunks() {
        return chunks(size, chunkBytes);
    }

    static int chunks(long size, int chunkBytes) {
        return Math.toIntExact(Math.ceilDiv(size, (long) chunkBytes));
    }
}
