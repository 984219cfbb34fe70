package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;
import java.util.Optional;

/**
 * What a store still says of the manifest that it was made from.
 *
 * @param name of the manifest
 * @param sha256 of the manifest file
 * @param source the file itself; empty if the store did not keep it
 * @param standing how far this can be believed
 */
public record KeptManifest(String name, Hash256 sha256, Optional<OpaqueBytes> source, Standing standing) {
    /** How far it can be believed. */
    public enum Standing {
        /** The journal vouches for it, and the anchor for the journal. */
        ANCHORED("anchored"),
        /** A journal entry vouches for it; whoever can write the store's files could have made both. */
        COMMITTED("committed"),
        /** Nothing but its own hash. */
        UNVOUCHED("unvouched");

        private final String word;

        Standing(String word) {
            this.word = word;
        }

        /** The stable word. */
        public String word() {
            return word;
        }
    }
}
