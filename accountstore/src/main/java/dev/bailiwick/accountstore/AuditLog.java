package dev.bailiwick.accountstore;

import java.util.List;

/** The audit chain: a second append-only, hash-chained sequence beside the journal. Thread-safe. */
public interface AuditLog {
    /** Most entries of one {@link #read}. */
    int PAGE = 1000;

    /** Appends events and waits until they are durable; answers the sequence of the last. */
    long append(List<AuditEvent> events);

    /**
     * Entries from {@code fromSequence} on, oldest first.
     *
     * @param limit from 1 to {@link #PAGE}
     */
    List<AuditEntry> read(long fromSequence, int limit);
}
