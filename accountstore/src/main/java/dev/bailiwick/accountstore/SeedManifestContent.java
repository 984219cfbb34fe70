package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.RecordId;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a store was seeded from.
 *
 * @param name of the manifest
 * @param sourceSha256 of the manifest file's bytes
 * @param accounts the accounts it seeded
 */
public record SeedManifestContent(String name, Hash256 sourceSha256, SortedSet<RecordId> accounts)
        implements RecordContent {
    /** Copies the accounts. */
    public SeedManifestContent {
        accounts = Collections.unmodifiableSortedSet(new TreeSet<>(accounts));
    }

    @Override
    public RecordKind recordKind() {
        return RecordKind.SEED_MANIFEST;
    }
}
