package dev.bailiwick.storage;

import java.nio.ByteBuffer;

/**
 * One entry of a namespace.
 *
 * <pre>
 * body = kind:1  version:8  modifiedAtMs:8  then for a blob (1)       size:8  sha256:32
 *                                           or for a namespace (2)    node:8
 * </pre>
 */
record EntryRow(long version, long modifiedAtMs, Target target) {
    private static final int BLOB = 1;
    private static final int NAMESPACE = 2;
    private static final int FIXED_BYTES = 1 + 2 * Long.BYTES;
    private static final int BLOB_BYTES = FIXED_BYTES + Long.BYTES + BlobHash.BYTES;
    private static final int NAMESPACE_BYTES = FIXED_BYTES + Long.BYTES;

    /** What the entry stands for. */
    sealed interface Target {
        record Content(long size, BlobHash hash) implements Target {}

        record Child(long node) implements Target {}
    }

    ByteBuffer body() {
        return switch (target) {
            case Target.Content(long size, BlobHash hash) ->
                start(BLOB, BLOB_BYTES).putLong(size).put(hash.toBytes()).flip();
            case Target.Child(long node) ->
                start(NAMESPACE, NAMESPACE_BYTES).putLong(node).flip();
        };
    }

    private ByteBuffer start(int kind, int bytes) {
        return ByteBuffer.allocate(bytes).put((byte) kind).putLong(version).putLong(modifiedAtMs);
    }

    static EntryRow decode(ByteBuffer body) {
        Body.requireAtLeast(body, FIXED_BYTES);
        int kind = body.get(body.position());
        Body.requireLength(
                body,
                switch (kind) {
                    case BLOB -> BLOB_BYTES;
                    case NAMESPACE -> NAMESPACE_BYTES;
                    default -> throw new BadRowException("unknown entry kind " + kind);
                });
        body.get();
        long version = body.getLong();
        long modifiedAtMs = body.getLong();
        long number = body.getLong();
        return new EntryRow(
                version,
                modifiedAtMs,
                kind == BLOB
                        ? new Target.Content(number, BlobHash.of(Body.bytes(body, BlobHash.BYTES)))
                        : new Target.Child(number));
    }

    EntryInfo info(String name) {
        return switch (target) {
            case Target.Content content -> blobInfo(name, content);
            case Target.Child ignored -> new EntryInfo.OfNamespace(name, version, modifiedAtMs);
        };
    }

    EntryInfo.OfBlob blobInfo(String name, Target.Content content) {
        return new EntryInfo.OfBlob(name, version, modifiedAtMs, content.size(), content.hash());
    }
}
