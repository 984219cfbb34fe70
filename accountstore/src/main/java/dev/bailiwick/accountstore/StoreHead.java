package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.StoreId;

/**
 * How far a store has come.
 *
 * @param storeId which store
 * @param storeEpoch its incarnation, from 1
 * @param policyEpoch moved by every role, profile or policy change, from 1
 * @param journalSize entries of the journal
 * @param journalRoot RFC 9162 root of those entries
 * @param auditSize entries of the audit chain
 * @param auditRoot RFC 9162 root of those entries
 */
public record StoreHead(
        StoreId storeId,
        long storeEpoch,
        long policyEpoch,
        long journalSize,
        Hash256 journalRoot,
        long auditSize,
        Hash256 auditRoot) {}
