package dev.bailiwick.storage;

import java.util.Optional;

/**
 * Whether an effect may still land. It is asked inside the commit lane, just before the effect, so that a revocation
 * acknowledged earlier cannot be overtaken (ARCHITECTURE 6, "Revocation has no gap").
 *
 * <p>It runs on the lane: it must be short and must not block or call storage.
 */
@FunctionalInterface
public interface EffectGate {
    /** Empty while effects may land; otherwise why not, for people. */
    Optional<String> closed();

    /** A gate that nobody closes. */
    static EffectGate alwaysOpen() {
        return Optional::empty;
    }
}
