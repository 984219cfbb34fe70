package dev.bailiwick.accountstore;

import java.nio.file.Path;
import java.util.List;

/**
 * What a recovery may rely on.
 *
 * @param before where the damaged store keeps its key and its anchor
 * @param key where the new store's key is to be
 * @param trust whether the store has to be proved the newest
 * @param seeds what the manifest states, as records of a new store
 * @param uid whoever does this, unsigned
 */
public record RecoveryTerms(StoreFiles before, Path key, Trust trust, List<Mutation> seeds, int uid) {
    /** Whose word counts for the store being the newest. */
    public enum Trust {
        /** The anchor's alone. */
        ANCHOR,
        /** That of whoever recovers: they say that nothing newer exists. It is journalled under another operation. */
        OPERATOR
    }

    /** Copies the list. */
    public RecoveryTerms {
        seeds = List.copyOf(seeds);
    }
}
