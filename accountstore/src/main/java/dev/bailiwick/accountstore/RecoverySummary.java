package dev.bailiwick.accountstore;

import dev.bailiwick.schema.RecordId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What came of a recovery.
 *
 * @param scope how much of the store could be proved to be the newest
 * @param predecessor what the new epoch follows; empty if nothing of the store was known
 * @param head the head of the new epoch
 * @param accountsKept accounts as they were
 * @param accountsRestricted names of accounts that may be used for recovery only, until somebody enables them; at most
 *     {@value #LISTED}
 * @param restricted how many those are
 * @param accountsSeeded names of accounts made from the manifest
 * @param enrolling accounts that were given the manifest's one-time codes
 * @param bindingsRevoked role and external bindings that are no longer in force
 * @param notes what was left out, and why, a sentence each; at most {@value #LISTED}
 */
public record RecoverySummary(
        Scope scope,
        Optional<AnchoredHead> predecessor,
        AnchoredHead head,
        long accountsKept,
        List<String> accountsRestricted,
        long restricted,
        List<String> accountsSeeded,
        Set<RecordId> enrolling,
        long bindingsRevoked,
        List<String> notes) {
    /** Names and notes told one by one. */
    public static final int LISTED = 100;

    /** How much could be proved. */
    public enum Scope {
        /** All of it, with its history. */
        WHOLE("whole"),
        /** The newest version of most records; what was damaged is restricted. */
        NEWEST("newest"),
        /** Only that records existed once: everything that is not the manifest's is restricted. */
        OLDER("older"),
        /** Nothing could be read. */
        NOTHING("nothing");

        private final String word;

        Scope(String word) {
            this.word = word;
        }

        /** The stable word. */
        public String word() {
            return word;
        }
    }

    /** Copies the collections. */
    public RecoverySummary {
        accountsRestricted = List.copyOf(accountsRestricted);
        accountsSeeded = List.copyOf(accountsSeeded);
        enrolling = Set.copyOf(enrolling);
        notes = List.copyOf(notes);
    }
}
