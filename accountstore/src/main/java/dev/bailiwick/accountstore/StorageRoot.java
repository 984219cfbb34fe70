package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.RootId;

/**
 * A persistent reference that the broker resolves into a live namespace (seed 002, {@code StorageRootRef} of kind
 * {@code namespace}). It is not itself a capability.
 *
 * @param storageServiceId the trusted storage service
 * @param rootObjectId the namespace root within it
 * @param schemaVersion encoding of the reference, from 1; an unknown one fails closed
 * @param generation the root's generation when it was bound, from 0
 */
public record StorageRoot(Id128 storageServiceId, RootId rootObjectId, int schemaVersion, long generation) {
    /** The encoding this build writes. */
    public static final int SCHEMA_VERSION = 1;

    /** Refuses numbers below their bounds. */
    public StorageRoot {
        if (schemaVersion < 1 || generation < 0) {
            throw new IllegalArgumentException("a storage root has a schema version from 1 and a generation from 0");
        }
    }
}
