package dev.bailiwick.storage;

import java.nio.ByteBuffer;

/**
 * Something that a fresh start must delete.
 *
 * <p>INVARIANT (no leak): a content number is in a blob row or in a pending row, never in both; a root is here from its first
 * moment if it ends with its session, and from its deletion on if it does not.
 *
 * <pre>
 * body = reason:1
 * </pre>
 */
enum PendingRow {
    /** A root that ends with its session. */
    SESSION_ROOT(1),
    /** A deleted root whose rows are not all gone. */
    DELETED_ROOT(2),
    /** Content that a writer has not committed. */
    STAGED(3),
    /** Content that no entry refers to any more. */
    DETACHED(4),
    /** A snapshot that is being cleared away; the number is its id. */
    DROPPED_SNAPSHOT(5);

    private final int code;

    PendingRow(int code) {
        this.code = code;
    }

    ByteBuffer body() {
        return ByteBuffer.allocate(1).put((byte) code).flip();
    }

    static PendingRow decode(ByteBuffer body) {
        Body.requireLength(body, 1);
        int code = body.get();
        return switch (code) {
            case 1 -> SESSION_ROOT;
            case 2 -> DELETED_ROOT;
            case 3 -> STAGED;
            case 4 -> DETACHED;
            case 5 -> DROPPED_SNAPSHOT;
            default -> throw new BadRowException("unknown pending reason " + code);
        };
    }
}
