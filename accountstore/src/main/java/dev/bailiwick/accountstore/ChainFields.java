package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.RecordId;
import java.time.Instant;
import java.util.Optional;

/** The fields that every record has beside its content, as they are in the struct: absent is empty or zero. */
record ChainFields(
        RecordId recordId,
        int schemaVersion,
        long storeEpoch,
        long recordVersion,
        long policyEpoch,
        Optional<Hash256> previousHash,
        Optional<Hash256> contentHash,
        Instant createdAt,
        Instant updatedAt) {
    /** The layout this build reads and writes. */
    static final int SCHEMA_VERSION = 1;

    /** Those of a record that is only proposed. */
    static ChainFields proposed(RecordId recordId) {
        return new ChainFields(recordId, 0, 0, 0, 0, Optional.empty(), Optional.empty(), Instant.EPOCH, Instant.EPOCH);
    }

    /** Those of a committed version. */
    static ChainFields of(Stored<?> record) {
        return new ChainFields(
                record.recordId(),
                record.schemaVersion(),
                record.storeEpoch(),
                record.version(),
                record.policyEpoch(),
                record.previousHash(),
                Optional.of(record.contentHash()),
                record.createdAt(),
                record.updatedAt());
    }

    ChainFields withContentHash(Hash256 hash) {
        return new ChainFields(
                recordId,
                schemaVersion,
                storeEpoch,
                recordVersion,
                policyEpoch,
                previousHash,
                Optional.of(hash),
                createdAt,
                updatedAt);
    }
}
