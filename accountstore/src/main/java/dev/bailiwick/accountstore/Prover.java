package dev.bailiwick.accountstore;

import dev.bailiwick.schema.RecordId;
import java.util.Optional;

/**
 * Makes proofs that others check without the store, see {@link ProofFile} for what they show. Signing one takes about a millisecond.
 * Thread-safe.
 */
public interface Prover {
    /**
     * The proof that a version of a record was committed. It holds the version's bytes: whoever may not read the record may not have it.
     *
     * @param version from 1; 0 for the newest
     * @param size of the journal to prove it in; 0 for all of it
     * @return the proof file, or empty if there is no such version among the first {@code size} entries, or no such size
     */
    Optional<String> inclusion(RecordKind kind, RecordId record, long version, long size);

    /**
     * The proof that the journal of {@code from} entries is the beginning of that of {@code to}.
     *
     * @param to 0 for all of it
     * @return the proof file, or empty unless {@code 1 <= from <= to} and the journal has that many
     */
    Optional<String> consistency(long from, long to);
}
