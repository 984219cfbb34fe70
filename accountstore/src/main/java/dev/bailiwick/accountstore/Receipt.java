package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.TransactionId;
import java.time.Instant;
import java.util.List;

/**
 * That a transaction was committed. It says what was committed at that sequence, not that it is still the newest.
 *
 * @param sequence of its journal entry, from 1
 * @param entryHash of that entry
 * @param transactionId as proposed
 * @param storeEpoch of the entry
 * @param policyEpoch in force after it
 * @param time of the transaction
 * @param changes what was written, in the order of the mutations
 */
public record Receipt(
        long sequence,
        Hash256 entryHash,
        TransactionId transactionId,
        long storeEpoch,
        long policyEpoch,
        Instant time,
        List<Change> changes) {
    /** Copies the list. */
    public Receipt {
        changes = List.copyOf(changes);
    }
}
