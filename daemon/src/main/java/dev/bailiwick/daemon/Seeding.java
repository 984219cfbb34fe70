package dev.bailiwick.daemon;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AccountStatus;
import dev.bailiwick.accountstore.BindingState;
import dev.bailiwick.accountstore.Credential;
import dev.bailiwick.accountstore.CredentialState;
import dev.bailiwick.accountstore.Mutation;
import dev.bailiwick.accountstore.NewCredential;
import dev.bailiwick.accountstore.PolicyProfileContent;
import dev.bailiwick.accountstore.PolicyVersion;
import dev.bailiwick.accountstore.ResourceProfileContent;
import dev.bailiwick.accountstore.RoleBinding;
import dev.bailiwick.accountstore.SeedManifestContent;
import dev.bailiwick.broker.EnrolmentCode;
import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.ResourceProfile;
import dev.bailiwick.profiles.SeedAccount;
import dev.bailiwick.profiles.SeedPlan;
import dev.bailiwick.profiles.Seeded;
import dev.bailiwick.schema.RecordId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * The first records of a store, and the one-time codes that its people enrol with. The codes exist only here: the records hold their
 * hashes.
 *
 * @param records to be written in one transaction
 * @param codes to be handed to their owners
 */
record Seeding(List<Mutation> records, List<IssuedCode> codes) {
    Seeding {
        records = List.copyOf(records);
        codes = List.copyOf(codes);
    }

    /**
     * What a manifest states, as records.
     *
     * @param now when the store is made; codes are valid from then
     * @param random draws the codes; must be unpredictable
     */
    static Seeding of(SeedPlan plan, Instant now, RandomGenerator random) {
        List<Mutation> records = new ArrayList<>();
        List<IssuedCode> codes = new ArrayList<>();
        Seeded<PolicyCatalogue> catalogue = plan.catalogue();
        records.add(
                Mutation.create(catalogue.recordId(), new PolicyVersion(catalogue.versionId(), catalogue.content())));
        for (Seeded<ResourceProfile> profile : plan.resourceProfiles()) {
            records.add(Mutation.create(
                    profile.recordId(), new ResourceProfileContent(profile.versionId(), profile.content())));
        }
        for (Seeded<PolicyProfile> profile : plan.policyProfiles()) {
            records.add(Mutation.create(
                    profile.recordId(), new PolicyProfileContent(profile.versionId(), profile.content())));
        }
        TreeSet<RecordId> accounts = new TreeSet<>();
        for (SeedAccount seed : plan.accounts()) {
            accounts.add(seed.recordId());
            addAccount(seed, now, random, records, codes);
        }
        records.add(
                Mutation.create(plan.recordId(), SeedManifestContent.of(plan.name(), plan.sourceBytes(), accounts)));
        return new Seeding(records, codes);
    }

    private static void addAccount(
            SeedAccount seed, Instant now, RandomGenerator random, List<Mutation> records, List<IssuedCode> codes) {
        TreeSet<RecordId> credentials = new TreeSet<>();
        for (SeedAccount.EnrolmentCode wanted : seed.credentials()) {
            EnrolmentCode code = EnrolmentCode.draw(random);
            Instant expiresAt = now.plus(wanted.validFor());
            NewCredential hashed = code.credential(wanted.label(), expiresAt);
            credentials.add(wanted.recordId());
            records.add(Mutation.create(
                    wanted.recordId(),
                    new Credential(
                            seed.principalId(),
                            hashed.kind(),
                            CredentialState.ACTIVE,
                            hashed.label(),
                            hashed.algorithm(),
                            hashed.salt(),
                            hashed.verifier(),
                            hashed.expiresAt())));
            codes.add(new IssuedCode(seed.name().text(), code.text(), expiresAt));
        }
        TreeSet<String> roles = new TreeSet<>();
        for (SeedAccount.Binding binding : seed.roles()) {
            roles.add(binding.role());
            records.add(Mutation.create(
                    binding.recordId(),
                    new RoleBinding(
                            seed.principalId(),
                            binding.role(),
                            BindingState.ACTIVE,
                            Optional.empty(),
                            Optional.empty())));
        }
        records.add(Mutation.create(
                seed.recordId(),
                new Account(
                        seed.principalId(),
                        seed.kind(),
                        seed.name().text(),
                        seed.name().key(),
                        seed.name().skeleton(),
                        seed.displayName(),
                        AccountStatus.ACTIVE,
                        credentials,
                        roles,
                        seed.attributes(),
                        seed.resourceProfile(),
                        seed.policyProfile(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        seed.service())));
    }
}
