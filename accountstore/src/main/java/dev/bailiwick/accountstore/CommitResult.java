package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.RecordId;
import java.util.Optional;

/** What became of a transaction. Nothing is answered before what it shows is durable. */
public sealed interface CommitResult {
    /** It is durable, in strict mode anchored, and journalled. */
    record Committed(Receipt receipt) implements CommitResult {}

    /**
     * A record was not at the expected version; nothing was written.
     *
     * @param currentVersion its newest version, 0 if there is none
     * @param currentHash its content hash, empty if there is none
     */
    record Conflict(RecordKind kind, RecordId recordId, long currentVersion, Optional<Hash256> currentHash)
            implements CommitResult {}

    /** The store's rules forbid it whatever the versions; nothing was written. */
    record Rejected(Rejection code, String message) implements CommitResult {}
}
