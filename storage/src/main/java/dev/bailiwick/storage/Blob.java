package dev.bailiwick.storage;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One immutable version of some bytes. Closing it lets its bytes go, if the entry they were of has changed since. Thread-safe.
 */
public final class Blob implements AutoCloseable {
    private final StorageLane lane;
    private final Holds.Key key;
    private final Holds.Hold hold;
    private final BlobRow row;
    private final BlobHash sha256;
    private final String path;
    private final AtomicBoolean closed = new AtomicBoolean();

    Blob(StorageLane lane, Holds.Key key, Holds.Hold hold, BlobRow row, BlobHash sha256, String path) {
        this.lane = lane;
        this.key = key;
        this.hold = hold;
        this.row = row;
        this.sha256 = sha256;
        this.path = path;
    }

    /** Bytes. */
    public long size() {
        return row.size();
    }

    /** The hash of all the bytes. */
    public BlobHash sha256() {
        return sha256;
    }

    /**
     * Up to {@code length} bytes from {@code offset}, but no more than {@link StorageLimits#readBytes}. Both are read as unsigned;
     * from beyond the end there are none. {@code gone} if the version's bytes are no longer kept, or this blob is closed.
     *
     * @throws CorruptStorageException if the bytes are not those that were written
     */
    public ReadResult read(long offset, long length) {
        if (closed.get() || hold.gone()) {
            return Denials.gone();
        }
        if (Long.compareUnsigned(offset, row.size()) >= 0) {
            return new ReadResult.Bytes(ByteBuffer.allocate(0));
        }
        int most = (int) Math.min(row.size() - offset, lane.limits().readBytes());
        int wanted = Long.compareUnsigned(length, most) < 0 ? (int) length : most;
        return lane.read(key.root(), path, rows -> read(rows, offset, wanted));
    }

    private ReadResult read(RootRows rows, long offset, int wanted) {
        ByteBuffer data = ByteBuffer.allocate(wanted);
        while (data.hasRemaining()) {
            long at = offset + data.position();
            int index = (int) (at / row.chunkBytes());
            Optional<ByteBuffer> chunk = rows.chunk(row.content(), index, path);
            if (chunk.isEmpty()) {
                if (hold.gone() || closed.get()) {
                    return Denials.gone();
                }
                throw new CorruptStorageException(key.root().toString(), path, "chunk " + index + " is missing");
            }
            int length = (int) Math.min(row.chunkBytes(), row.size() - (long) index * row.chunkBytes());
            if (chunk.get().remaining() != length) {
                throw new CorruptStorageException(
                        key.root().toString(), path, "chunk " + index + " has another length");
            }
            int skip = (int) (at % row.chunkBytes());
            data.put(chunk.get().slice(skip, Math.min(length - skip, data.remaining())));
        }
        return new ReadResult.Bytes(data.flip());
    }

    /** Lets go of the bytes. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true) && lane.holds().unpin(key, hold)) {
            lane.collect(key);
        }
    }
}
