package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;
import java.util.Optional;

/**
 * One audited event in its chain.
 *
 * @param sequence 1 for the first, without gaps
 * @param storeEpoch the store incarnation
 * @param previousEntryHash of the entry before; empty for the first
 * @param event what happened
 */
public record AuditEntry(long sequence, long storeEpoch, Optional<Hash256> previousEntryHash, AuditEvent event) {
    /** The Cap'n Proto type id that entry hashes begin with. */
    static final long TYPE_ID = 0xebd1e8c35bfc8202L;

    /** The canonical bytes that the chain has of it. */
    public byte[] canonical() {
        return JournalCodec.encode(this);
    }
}
