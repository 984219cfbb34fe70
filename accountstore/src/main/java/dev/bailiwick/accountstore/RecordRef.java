package dev.bailiwick.accountstore;

import dev.bailiwick.schema.RecordId;
import java.nio.ByteBuffer;

/** A record named by kind and id; the text form is what messages and findings say. */
record RecordRef(RecordKind kind, RecordId recordId) {
    @Override
    public String toString() {
        return kind.text() + " " + recordId;
    }

    String version(long version) {
        return this + " version " + version;
    }

    /** Reads the head of a key of {@code RECORDS}, {@code HEADS} or {@code CHANGES}. */
    static RecordRef ofKey(byte[] key, String table) {
        if (key.length < Keys.HEAD_BYTES) {
            throw new CorruptStoreException(table + " row", "its key is too short");
        }
        ByteBuffer buffer = ByteBuffer.wrap(key);
        RecordKind kind = RecordKind.ofCode(buffer.get())
                .orElseThrow(() -> new CorruptStoreException(table + " row", "its key names no kind of record"));
        byte[] id = new byte[16];
        buffer.get(id);
        return new RecordRef(kind, RecordId.of(id));
    }
}
