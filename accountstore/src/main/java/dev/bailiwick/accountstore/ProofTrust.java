package dev.bailiwick.accountstore;

import java.util.Optional;

/**
 * What somebody who checks a proof believes already. Nothing at all is possible, and then a proof only holds together.
 *
 * @param key a verifier key line that they have from the store's operator
 * @param checkpoint a checkpoint note that they kept
 * @param link a consistency proof between that checkpoint and the one in the proof
 */
public record ProofTrust(Optional<String> key, Optional<String> checkpoint, Optional<String> link) {
    /** Nothing. */
    public static ProofTrust none() {
        return new ProofTrust(Optional.empty(), Optional.empty(), Optional.empty());
    }
}
