package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.RecordId;
import java.time.Instant;
import java.util.Optional;

/**
 * One committed version of a record, its hash checked when it was loaded (ARCHITECTURE 4).
 *
 * @param recordId the record through all its versions
 * @param version 1 for the first, then growing by exactly 1
 * @param schemaVersion layout version of the stored struct
 * @param storeEpoch the store incarnation it was written in
 * @param policyEpoch the policy epoch in force when it was written
 * @param previousHash {@code contentHash} of the version before; empty for version 1
 * @param contentHash of this version
 * @param createdAt when version 1 was committed, in milliseconds
 * @param updatedAt when this version was committed, in milliseconds
 * @param content what it says
 * @param <C> its kind of content
 */
public record Stored<C extends RecordContent>(
        RecordId recordId,
        long version,
        int schemaVersion,
        long storeEpoch,
        long policyEpoch,
        Optional<Hash256> previousHash,
        Hash256 contentHash,
        Instant createdAt,
        Instant updatedAt,
        C content) {
    /** Which struct it is stored as. */
    public RecordKind kind() {
        return content.recordKind();
    }

    /** Its canonical bytes, as they are stored; a fresh array. Those of a credential contain its verifier. */
    public byte[] canonical() {
        return RecordCodec.encode(ChainFields.of(this), content);
    }

    /** The expectation that this version is still the newest. */
    public Expected expected() {
        return new Expected(version, Optional.of(contentHash));
    }
}
