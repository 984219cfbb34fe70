package dev.bailiwick.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/**
 * What a snapshot is of. Its tree is made of nodes and entries like any other; it hangs in a namespace of the root that no path leads
 * to, {@link #PARENT}.
 *
 * <pre>
 * body = takenAtMs:8  entries:8  bytes:8  path:rest
 * </pre>
 */
record SnapshotRow(long takenAtMs, long entries, long bytes, String path) {
    /** The node that the trees of snapshots are entries of: the last number there is, so none that is ever given out. */
    static final long PARENT = -1;

    private static final int FIXED_BYTES = 3 * Long.BYTES;

    /** The name under which a snapshot's tree hangs. */
    static EntryName nameOf(long id) {
        String name = "@" + Long.toUnsignedString(id);
        return new EntryName(name, name.length());
    }

    SnapshotInfo info(long id) {
        return new SnapshotInfo(id, path, takenAtMs, entries, bytes);
    }

    ByteBuffer body() {
        byte[] utf8 = path.getBytes(UTF_8);
        return ByteBuffer.allocate(FIXED_BYTES + utf8.length)
                .putLong(takenAtMs)
                .putLong(entries)
                .putLong(bytes)
                .put(utf8)
                .flip();
    }

    static SnapshotRow decode(ByteBuffer body) {
        Body.requireAtLeast(body, FIXED_BYTES);
        return new SnapshotRow(body.getLong(), body.getLong(), body.getLong(), Body.text(body));
    }
}
