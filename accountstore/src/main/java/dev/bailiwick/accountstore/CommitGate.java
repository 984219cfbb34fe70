package dev.bailiwick.accountstore;

import java.util.Optional;

/**
 * Whether a change may still land. It is asked in the commit lane, just before the change is applied, so that a revocation
 * acknowledged earlier cannot be overtaken (ARCHITECTURE 6). It must be short and must not block or call the store.
 */
@FunctionalInterface
public interface CommitGate {
    /** Empty while changes may land; otherwise why not, and the change is rejected with {@link Rejection#REVOKED}. */
    Optional<String> closed();

    /** A gate that nobody closes. */
    static CommitGate alwaysOpen() {
        return Optional::empty;
    }
}
