package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.BindingState;
import dev.bailiwick.accountstore.HistoryEntry;
import dev.bailiwick.accountstore.PolicyProfileContent;
import dev.bailiwick.accountstore.RecordContent;
import dev.bailiwick.accountstore.RecordKind;
import dev.bailiwick.accountstore.ResourceProfileContent;
import dev.bailiwick.accountstore.RoleBinding;
import dev.bailiwick.accountstore.StoreSnapshot;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.profiles.ResourceProfile;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a plan would have been made from after a journal entry of the past: each record in the version that was newest then. A plan
 * from them is the one that a login at that moment would have got, to the last source it cites.
 */
final class PastFacts {
    private final StoreSnapshot snapshot;
    private final long sequence;

    /** @param sequence an entry that is there */
    PastFacts(StoreSnapshot snapshot, long sequence) {
        this.snapshot = snapshot;
        this.sequence = sequence;
    }

    /** Those of the account in the version that was newest then. */
    Facts of(Stored<Account> account) {
        return new Facts(
                StoreRecords.account(account, bindings(account)),
                resourceProfile(account.content().resourceProfile()),
                policyProfile(account.content().policyProfile()),
                snapshot.policy()
                        .policyAt(sequence)
                        .map(StoreRecords::catalogue)
                        .orElseGet(() -> new Facts.Lookup.Missing<PolicyCatalogue>(
                                PlanCode.UNKNOWN_POLICY, "there was no policy version at that sequence")),
                sequence);
    }

    private List<Facts.Binding> bindings(Stored<Account> account) {
        List<Facts.Binding> bindings = new ArrayList<>();
        for (RecordId record : snapshot.records()
                .idsOf(RecordKind.ROLE_BINDING, account.content().principalId())) {
            then(RecordKind.ROLE_BINDING, record).ifPresent(stored -> {
                RoleBinding binding = (RoleBinding) stored.content();
                if (binding.state() == BindingState.ACTIVE) {
                    bindings.add(StoreRecords.binding(stored, binding));
                }
            });
        }
        return bindings;
    }

    private Facts.Lookup<ResourceProfile> resourceProfile(ProfileRef reference) {
        Optional<RecordId> record = snapshot.resourceProfiles()
                .resolve(ProfileRef.following(reference.profileId()))
                .map(Stored::recordId);
        return lookup(
                "resource profile",
                record.flatMap(id -> version(
                        RecordKind.RESOURCE_PROFILE,
                        id,
                        reference,
                        stored -> ((ResourceProfileContent) stored.content()).versionId())),
                reference,
                stored -> StoreRecords.resourceProfile(as(ResourceProfileContent.class, stored)));
    }

    private Facts.Lookup<PolicyProfile> policyProfile(ProfileRef reference) {
        Optional<RecordId> record = snapshot.policy()
                .resolve(ProfileRef.following(reference.profileId()))
                .map(Stored::recordId);
        return lookup(
                "policy profile",
                record.flatMap(id -> version(
                        RecordKind.POLICY_PROFILE,
                        id,
                        reference,
                        stored -> ((PolicyProfileContent) stored.content()).versionId())),
                reference,
                stored -> StoreRecords.policyProfile(as(PolicyProfileContent.class, stored)));
    }

    /** The version that the reference pins, or else the newest of then; empty if there was none of either yet. */
    private Optional<Then> version(
            RecordKind kind,
            RecordId record,
            ProfileRef reference,
            Function<Stored<RecordContent>, VersionId> versionOf) {
        Optional<Stored<RecordContent>> newest = then(kind, record);
        if (newest.isEmpty() || reference.versionId().isEmpty()) {
            return newest.map(stored -> new Then(newest));
        }
        Optional<Stored<RecordContent>> pinned = snapshot.records().history(kind, record).stream()
                .filter(entry -> entry.entry().sequence() <= sequence)
                .map(HistoryEntry::record)
                .filter(stored ->
                        versionOf.apply(stored).equals(reference.versionId().get()))
                .findFirst();
        return Optional.of(new Then(pinned));
    }

    /** There was some version of it; the one that is meant, if that was there too. */
    private record Then(Optional<Stored<RecordContent>> meant) {}

    private static <T> Facts.Lookup<T> lookup(
            String what,
            Optional<Then> then,
            ProfileRef reference,
            Function<Stored<RecordContent>, Facts.Lookup<T>> found) {
        return then.flatMap(Then::meant)
                .filter(stored -> stored.policyEpoch() >= reference.epoch())
                .map(found)
                .orElseGet(() -> StoreRecords.missing(what, then.isPresent()));
    }

    private Optional<Stored<RecordContent>> then(RecordKind kind, RecordId record) {
        return snapshot.records().at(kind, record, sequence).map(HistoryEntry::record);
    }

    private static <C extends RecordContent> Stored<C> as(Class<C> type, Stored<RecordContent> stored) {
        return new Stored<>(
                stored.recordId(),
                stored.version(),
                stored.schemaVersion(),
                stored.storeEpoch(),
                stored.policyEpoch(),
                stored.previousHash(),
                stored.contentHash(),
                stored.createdAt(),
                stored.updatedAt(),
                type.cast(stored.content()));
    }
}
