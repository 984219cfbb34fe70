package dev.bailiwick.accountstore;

import dev.bailiwick.schema.ApprovalId;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.TransactionId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One committed transaction in the journal (ARCHITECTURE 4).
 *
 * @param sequence 1 for the first, without gaps
 * @param storeEpoch the store incarnation
 * @param policyEpoch in force after it
 * @param previousEntryHash of the entry before; empty for the first
 * @param transactionId as proposed
 * @param commandHash of the command as it was ordered
 * @param operation a stable word
 * @param changes what was written
 * @param actor who proposed it
 * @param approval under which approval
 * @param time as proposed, in milliseconds; never before that of the entry before
 * @param predecessor what the epoch follows; in the first entry of an epoch after the first, and in no other
 * @param requestHash what the client asked for that chose the transaction id, if one did
 */
public record JournalEntry(
        long sequence,
        long storeEpoch,
        long policyEpoch,
        Optional<Hash256> previousEntryHash,
        TransactionId transactionId,
        Hash256 commandHash,
        String operation,
        List<Change> changes,
        Actor actor,
        Optional<ApprovalId> approval,
        Instant time,
        Optional<AnchoredHead> predecessor,
        Optional<Hash256> requestHash) {
    /** The Cap'n Proto type id that entry hashes begin with. */
    static final long TYPE_ID = 0xabce7752144dd83eL;

    /** Copies the list. */
    public JournalEntry {
        changes = List.copyOf(changes);
    }
}
