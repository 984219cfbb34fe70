package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;
import java.util.Optional;

/**
 * Which version of a record a transaction was made for.
 *
 * @param version the newest version; 0 if there must be none
 * @param hash its content hash; empty if any will do
 */
public record Expected(long version, Optional<Hash256> hash) {
    /** Refuses a negative version, and a hash of nothing. */
    public Expected {
        if (version < 0 || (version == 0 && hash.isPresent())) {
            throw new IllegalArgumentException("an expected version is 0 for absence, without a hash, or positive");
        }
    }

    /** There must be no such record. */
    public static Expected absent() {
        return new Expected(0, Optional.empty());
    }

    /** The newest version must be this one. */
    public static Expected version(long version) {
        return new Expected(version, Optional.empty());
    }
}
