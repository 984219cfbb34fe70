package dev.bailiwick.accountstore;

import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Looks records of every kind up by their ids, in every version. It changes nothing. Credentials have their verifiers: whoever shows
 * them to somebody leaves those out.
 */
public interface RecordReader {
    /** Most ids of one {@link #ids}. */
    int PAGE = 1000;

    /**
     * The records of a kind, in the order of their ids.
     *
     * @param after only ids above this one
     * @param limit from 1 to {@link #PAGE}
     */
    Page<RecordId, RecordId> ids(RecordKind kind, Optional<RecordId> after, int limit);

    /**
     * The records of a kind that are about a principal, or were: its account, its role bindings in force or not, and credentials that its account
     * ever had. Empty for other kinds.
     */
    List<RecordId> idsOf(RecordKind kind, PrincipalId principal);

    /** The version that was newest after journal entry {@code sequence}, with the entry that wrote it. */
    Optional<HistoryEntry<RecordContent>> at(RecordKind kind, RecordId record, long sequence);

    /** When journal entry {@code sequence} was written; empty if there is no such entry. */
    Optional<Instant> timeOf(long sequence);

    /** All versions, oldest first, each checked against its entry and the version before; empty if there is no such record. */
    List<HistoryEntry<RecordContent>> history(RecordKind kind, RecordId record);
}
