package dev.bailiwick.storage;

import java.nio.ByteBuffer;

/** What came of reading from a blob. */
public sealed interface ReadResult permits ReadResult.Bytes, Denied {
    /** A read-only buffer of verified bytes, fewer than asked for only at the end or at the limit of one call. */
    record Bytes(ByteBuffer data) implements ReadResult {
        /** Makes the buffer read-only. */
        public Bytes {
            data = data.asReadOnlyBuffer();
        }
    }
}
