package dev.bailiwick.storage;

import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.RootId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The keys of the storage tables. Numbers are big-endian and unsigned, so that bytewise order is numeric order. */
final class Keys {
    /** Where the name starts in an entry's key. */
    static final int ENTRY_NAME = Id128.BYTES + Long.BYTES;

    private Keys() {}

    static byte[] root(RootId root) {
        return root.toBytes();
    }

    /** root:16 node:8 */
    static byte[] node(RootId root, long node) {
        return key(root.value(), Long.BYTES).putLong(node).array();
    }

    /** root:16 parent:8 name:1..255 */
    static byte[] entry(RootId root, long parent, byte[] name) {
        return key(root.value(), Long.BYTES + name.length)
                .putLong(parent)
                .put(name)
                .array();
    }

    /** root:16 sha256:32 */
    static byte[] blob(RootId root, BlobHash hash) {
        return key(root.value(), BlobHash.BYTES).put(hash.toBytes()).array();
    }

    /** root:16 content:8 index:4 */
    static byte[] chunk(RootId root, long content, int index) {
        return key(root.value(), Long.BYTES + Integer.BYTES)
                .putLong(content)
                .putInt(index)
                .array();
    }

    static int chunkIndex(byte[] chunkKey) {
        return ByteBuffer.wrap(chunkKey).getInt(Id128.BYTES + Long.BYTES);
    }

    /** The root of any key but a log's. */
    static RootId rootOf(byte[] key) {
        return RootId.of(Arrays.copyOf(key, Id128.BYTES));
    }

    /** The number after the root: a node or a content. */
    static long objectOf(byte[] key) {
        return ByteBuffer.wrap(key).getLong(Id128.BYTES);
    }

    /** root:16 content:8, or root:16 and zeros for the root itself */
    static byte[] pending(RootId root, long content) {
        return node(root, content);
    }

    /** log:16 source:1 sequence:8 */
    static byte[] line(LogId log, LogSource source, long sequence) {
        return key(log.value(), 1 + Long.BYTES)
                .put((byte) source.code())
                .putLong(sequence)
                .array();
    }

    /** What all keys of one source's lines start with. */
    static byte[] lines(LogId log, LogSource source) {
        return key(log.value(), 1).put((byte) source.code()).array();
    }

    static BlobHash hashOf(byte[] blobKey) {
        return BlobHash.of(Arrays.copyOfRange(blobKey, Id128.BYTES, blobKey.length));
    }

    /** Empty for a byte that is no source. */
    static Optional<LogSource> sourceOf(byte[] lineKey) {
        return Arrays.stream(LogSource.values())
                .filter(source -> source.code() == lineKey[Id128.BYTES])
                .findFirst();
    }

    static long sequenceOf(byte[] lineKey) {
        return ByteBuffer.wrap(lineKey).getLong(Id128.BYTES + 1);
    }

    /** The key after all keys that start with {@code prefix}; null when there is none. */
    static byte @Nullable [] after(byte[] prefix) {
        byte[] end = prefix.clone();
        for (int i = end.length - 1; i >= 0; i--) {
            if (end[i] != (byte) 0xFF) {
                end[i]++;
                return Arrays.copyOf(end, i + 1);
            }
        }
        return null;
    }

    private static ByteBuffer key(Id128 owner, int more) {
        return ByteBuffer.allocate(Id128.BYTES + more).put(owner.toBytes());
    }
}
