package dev.bailiwick.accountstore;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a full verification read and found.
 *
 * @param journalEntries read
 * @param recordVersions read
 * @param indexRows read
 * @param auditEntries read
 * @param bytes of keys and values read; 0 if damage ended the count
 * @param findings everything wrong, up to a bound; empty means the store is sound
 * @param head of the state that was read; empty if it could not be read at all
 * @param elapsed wall-clock
 */
public record VerifyReport(
        long journalEntries,
        long recordVersions,
        long indexRows,
        long auditEntries,
        long bytes,
        List<Finding> findings,
        Optional<StoreHead> head,
        Duration elapsed) {
    /** Copies the list. */
    public VerifyReport {
        findings = List.copyOf(findings);
    }

    /** Whether nothing is wrong. */
    public boolean sound() {
        return findings.isEmpty();
    }
}
