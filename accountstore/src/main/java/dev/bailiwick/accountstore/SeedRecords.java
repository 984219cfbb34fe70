package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.SeedAccount;
import dev.bailiwick.profiles.SeedPlan;
import dev.bailiwick.schema.RecordId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The first records of a store, out of a manifest that was found sound. Stateless. */
public final class SeedRecords {
    private SeedRecords() {}

    /**
     * What {@link AccountStore#create} is given.
     *
     * @param now from which the codes' validity counts
     * @param verifierOf draws a one-time code and answers its verifier; called once for each code, in the order of the accounts
     * @param codeAlgorithm how those verifiers are made, such as {@code sha256}
     */
    public static List<Mutation> of(
            SeedPlan plan,
            Instant now,
            Function<SeedAccount.EnrolmentCode, OpaqueBytes> verifierOf,
            String codeAlgorithm) {
        List<Mutation> seeds = new ArrayList<>();
        seeds.add(Mutation.create(
                plan.catalogue().recordId(),
                new PolicyVersion(plan.catalogue().versionId(), plan.catalogue().content())));
        plan.resourceProfiles()
                .forEach(seed -> seeds.add(Mutation.create(
                        seed.recordId(), new ResourceProfileContent(seed.versionId(), seed.content()))));
        plan.policyProfiles()
                .forEach(seed -> seeds.add(
                        Mutation.create(seed.recordId(), new PolicyProfileContent(seed.versionId(), seed.content()))));
        for (SeedAccount account : plan.accounts()) {
            addAccount(account, now, verifierOf, codeAlgorithm, seeds);
        }
        SortedSet<RecordId> accounts =
                plan.accounts().stream().map(SeedAccount::recordId).collect(Collectors.toCollection(TreeSet::new));
        seeds.add(Mutation.create(plan.recordId(), SeedManifestContent.of(plan.name(), plan.sourceBytes(), accounts)));
        return seeds;
    }

    private static void addAccount(
            SeedAccount seed,
            Instant now,
            Function<SeedAccount.EnrolmentCode, OpaqueBytes> verifierOf,
            String codeAlgorithm,
            List<Mutation> seeds) {
        SortedSet<RecordId> credentials = new TreeSet<>();
        for (SeedAccount.EnrolmentCode code : seed.credentials()) {
            credentials.add(code.recordId());
            seeds.add(Mutation.create(
                    code.recordId(),
                    new Credential(
                            seed.principalId(),
                            CredentialKind.ENROLMENT_CODE,
                            CredentialState.ACTIVE,
                            code.label(),
                            codeAlgorithm,
                            OpaqueBytes.NONE,
                            verifierOf.apply(code),
                            Optional.of(now.plus(code.validFor())))));
        }
        SortedSet<String> roles = new TreeSet<>();
        for (SeedAccount.Binding binding : seed.roles()) {
            roles.add(binding.role());
            seeds.add(Mutation.create(
                    binding.recordId(),
                    new RoleBinding(
                            seed.principalId(),
                            binding.role(),
                            BindingState.ACTIVE,
                            Optional.empty(),
                            Optional.empty())));
        }
        seeds.add(Mutation.create(
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
