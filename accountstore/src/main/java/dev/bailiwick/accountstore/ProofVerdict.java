package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.RecordId;
import java.time.Instant;

/** What checking a proof comes to. */
public sealed interface ProofVerdict {
    /** Why what a proof says can be believed. */
    enum Trust {
        /** A key that was given has signed it, or one that was named by it. */
        KEY,
        /** It is, or is linked to, a checkpoint that was given. */
        CHECKPOINT,
        /** It holds together, but nothing was given to compare it with: whoever made it may have made all of it. */
        NOTHING
    }

    /**
     * A version was committed by that size of the journal. That it is the newest is not shown.
     *
     * @param kind of the record
     * @param recordId of the record
     * @param version of the record
     * @param contentHash of that version
     * @param sequence of the journal entry that committed it
     * @param time of that entry
     * @param checkpoint whose tree the entry is in
     * @param trust why
     */
    record Included(
            RecordKind kind,
            RecordId recordId,
            long version,
            Hash256 contentHash,
            long sequence,
            Instant time,
            Checkpoint checkpoint,
            Trust trust)
            implements ProofVerdict {}

    /**
     * The smaller journal is the beginning of the greater one: between them nothing was taken away or changed.
     *
     * @param from the smaller
     * @param to the greater
     * @param trust why
     */
    record Consistent(Checkpoint from, Checkpoint to, Trust trust) implements ProofVerdict {}

    /**
     * The proof shows nothing.
     *
     * @param code why, stable
     * @param message why, for people
     */
    record Refused(Code code, String message) implements ProofVerdict {}

    /** Why a proof is refused. */
    enum Code {
        /** It is no proof file of a version known to this build. */
        MALFORMED("proof-malformed"),
        /** The record's bytes are not canonical, or not those of the version it names. */
        RECORD("proof-record"),
        /** The journal entry did not commit that version. */
        ENTRY("proof-entry"),
        /** The hashes do not lead from the entry to the root. */
        PATH("proof-path"),
        /** No key of the chain has signed the checkpoint, or not while it signed for the store. */
        SIGNATURE("proof-signature"),
        /** The keys are not linked by their statements. */
        KEYS("proof-keys"),
        /** It is of another store or epoch than what it is compared with. */
        ORIGIN("proof-origin"),
        /** The key that was given is none of the store's. */
        OTHER_KEY("proof-other-key"),
        /** The checkpoint that was given is of the same size and has another root: there are two histories. */
        FORKED("proof-forked"),
        /** The checkpoint that was given is of another size, and no consistency proof links the two. */
        UNLINKED("proof-unlinked");

        private final String text;

        Code(String text) {
            this.text = text;
        }

        /** The stable code. */
        public String text() {
            return text;
        }
    }
}
