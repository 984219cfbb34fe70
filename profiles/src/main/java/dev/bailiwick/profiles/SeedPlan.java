package dev.bailiwick.profiles;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.RecordId;
import java.util.List;

/**
 * A manifest that was found sound: everything a new store is seeded with, every reference resolved. Only
 * {@link SeedManifest} makes one, so to hold one is to know that the manifest was validated. Immutable.
 */
public final class SeedPlan {
    private final RecordId recordId;
    private final String name;
    private final byte[] source;
    private final Seeded<PolicyCatalogue> catalogue;
    private final List<Seeded<ResourceProfile>> resourceProfiles;
    private final List<Seeded<PolicyProfile>> policyProfiles;
    private final List<SeedAccount> accounts;

    SeedPlan(
            RecordId recordId,
            String name,
            byte[] source,
            Seeded<PolicyCatalogue> catalogue,
            List<Seeded<ResourceProfile>> resourceProfiles,
            List<Seeded<PolicyProfile>> policyProfiles,
            List<SeedAccount> accounts) {
        this.recordId = recordId;
        this.name = name;
        this.source = source.clone();
        this.catalogue = catalogue;
        this.resourceProfiles = List.copyOf(resourceProfiles);
        this.policyProfiles = List.copyOf(policyProfiles);
        this.accounts = List.copyOf(accounts);
    }

    /** Of the record that says what the store was seeded from. */
    public RecordId recordId() {
        return recordId;
    }

    /** The manifest's name, which its derived ids depend on. */
    public String name() {
        return name;
    }

    /** Of the manifest file's bytes. */
    public Hash256 source() {
        return Hash256.sha256(source);
    }

    /** The manifest file's bytes, at most {@link Limits#MANIFEST_BYTES}. */
    public byte[] sourceBytes() {
        return source.clone();
    }

    /** The role catalogue in force from the first sequence on. */
    public Seeded<PolicyCatalogue> catalogue() {
        return catalogue;
    }

    /** In the order of the file. */
    public List<Seeded<ResourceProfile>> resourceProfiles() {
        return resourceProfiles;
    }

    /** In the order of the file. */
    public List<Seeded<PolicyProfile>> policyProfiles() {
        return policyProfiles;
    }

    /** In the order of the file. */
    public List<SeedAccount> accounts() {
        return accounts;
    }

    /** For people and logs; not a format. */
    @Override
    public String toString() {
        return "manifest \"" + name + "\" with " + accounts.size() + " accounts, " + resourceProfiles.size()
                + " resource profiles and " + policyProfiles.size() + " policy profiles";
    }
}
