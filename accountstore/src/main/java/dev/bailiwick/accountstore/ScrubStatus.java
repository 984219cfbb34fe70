package dev.bailiwick.accountstore;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How far the background check of a store is.
 *
 * @param rows checked in this pass
 * @param passes finished since the store was made
 * @param lastFinished when a pass last came to its end
 * @param position where this pass is: a table and, in hexadecimal, the last key
 * @param findings of this pass and, until this one is through, of the one before, up to a bound
 * @param stopped why it does not go on in the background any more; empty while it does
 */
public record ScrubStatus(
        long rows,
        long passes,
        Optional<Instant> lastFinished,
        String position,
        List<Finding> findings,
        Optional<String> stopped) {
    /** Copies the list. */
    public ScrubStatus {
        findings = List.copyOf(findings);
    }
}
