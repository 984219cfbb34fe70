package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.RecordId;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a store was seeded from.
 *
 * @param name of the manifest
 * @param sourceSha256 of the manifest file's bytes
 * @param source those bytes; empty in stores that did not keep them yet
 * @param accounts the accounts it seeded
 */
public record SeedManifestContent(
        String name, Hash256 sourceSha256, Optional<OpaqueBytes> source, SortedSet<RecordId> accounts)
        implements RecordContent {
    /** Copies the accounts, and refuses bytes that do not have that hash. */
    public SeedManifestContent {
        accounts = Collections.unmodifiableSortedSet(new TreeSet<>(accounts));
        if (source.isPresent() && !Hash256.sha256(source.get().toBytes()).equals(sourceSha256)) {
            throw new IllegalArgumentException("the manifest does not have the hash that is stated of it");
        }
    }

    /** What a manifest file of that name and of those bytes seeded. */
    public static SeedManifestContent of(String name, byte[] source, SortedSet<RecordId> accounts) {
        return new SeedManifestContent(name, Hash256.sha256(source), Optional.of(OpaqueBytes.of(source)), accounts);
    }

    SeedManifestContent withAccounts(SortedSet<RecordId> newAccounts) {
        return new SeedManifestContent(name, sourceSha256, source, newAccounts);
    }

    @Override
    public RecordKind recordKind() {
        return RecordKind.SEED_MANIFEST;
    }
}
