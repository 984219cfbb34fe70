package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.StoreId;

/**
 * The newest head of a store as its anchor keeps it: what the store must at least contain.
 *
 * @param storeEpoch the incarnation whose tree the sizes and roots belong to
 * @param size entries in the journal
 * @param root Merkle root of the journal at that size
 * @param auditSize entries in the audit chain
 * @param auditRoot Merkle root of the audit chain at that size
 */
public record AnchoredHead(
        StoreId storeId, long storeEpoch, long size, Hash256 root, long auditSize, Hash256 auditRoot) {
    /** Refuses negative sizes. */
    public AnchoredHead {
        if (size < 0 || auditSize < 0) {
            throw new IllegalArgumentException("a chain cannot have " + Math.min(size, auditSize) + " entries");
        }
    }
}
