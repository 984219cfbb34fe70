package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AccountStoreReader;
import dev.bailiwick.accountstore.BindingState;
import dev.bailiwick.accountstore.CredentialReader;
import dev.bailiwick.accountstore.Page;
import dev.bailiwick.accountstore.PolicyProfileContent;
import dev.bailiwick.accountstore.PolicyVersion;
import dev.bailiwick.accountstore.ResourceProfileContent;
import dev.bailiwick.accountstore.RoleBinding;
import dev.bailiwick.accountstore.StoreSnapshot;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.PrincipalKind;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.profiles.ResourceProfile;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.RecordId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Reads dossiers out of the account store, each from one published state. Thread-safe. */
final class StoreRecords implements Records {
    /** Applies a function to one published state. */
    interface Snapshots {
        <T> T read(Function<StoreSnapshot, T> reader);
    }

    private final Snapshots snapshots;
    private final CredentialReader credentials;
    // Manifests seed these before a daemon starts, and records are never deleted: what was found stays so.
    private final Map<PrincipalKind, RecordId> seeded = new ConcurrentHashMap<>();

    StoreRecords(Snapshots snapshots, CredentialReader credentials) {
        this.snapshots = snapshots;
        this.credentials = credentials;
    }

    @Override
    public Optional<Dossier> byName(NameKey name) {
        return dossier(accounts -> accounts.byName(name));
    }

    @Override
    public Optional<Dossier> byId(RecordId account) {
        return dossier(accounts -> accounts.byId(account));
    }

    /** The facts are of one state; the credentials may be of a later one, and are compared by version where it matters. */
    private Optional<Dossier> dossier(Function<AccountStoreReader, Optional<Stored<Account>>> lookup) {
        record Read(Stored<Account> account, Facts facts) {}
        return snapshots
                .read(snapshot ->
                        lookup.apply(snapshot.accounts()).map(account -> new Read(account, facts(snapshot, account))))
                .map(read -> new Dossier(read.account(), credentials.credentials(read.account()), read.facts()));
    }

    @Override
    public Optional<RecordId> seededOf(PrincipalKind kind) {
        RecordId known = seeded.get(kind);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<RecordId> found = snapshots.read(snapshot -> firstOf(kind, snapshot.accounts()));
        found.ifPresent(record -> seeded.put(kind, record));
        return found;
    }

    private static Optional<RecordId> firstOf(PrincipalKind kind, AccountStoreReader accounts) {
        Optional<NameKey> after = Optional.empty();
        do {
            Page<Stored<Account>, NameKey> page = accounts.list(after, AccountStoreReader.PAGE);
            for (Stored<Account> account : page.items()) {
                if (account.content().kind() == kind) {
                    return Optional.of(account.recordId());
                }
            }
            after = page.next();
        } while (after.isPresent());
        return Optional.empty();
    }

    /** What the planner sees of that account in that state. */
    static Facts facts(StoreSnapshot snapshot, Stored<Account> account) {
        List<Facts.Binding> bindings = new ArrayList<>();
        for (Stored<RoleBinding> binding :
                snapshot.accounts().roleBindings(account.content().principalId())) {
            if (binding.content().state() == BindingState.ACTIVE) {
                bindings.add(new Facts.Binding(
                        source(binding, binding.content().role()),
                        binding.content().role(),
                        binding.content().expiresAt()));
            }
        }
        return new Facts(
                account(account, bindings),
                resourceProfile(snapshot, account.content().resourceProfile()),
                policyProfile(snapshot, account.content().policyProfile()),
                catalogue(snapshot.policy().policy()),
                snapshot.head().journalSize());
    }

    static Facts.Account account(Stored<Account> stored, List<Facts.Binding> bindings) {
        Account account = stored.content();
        return new Facts.Account(
                source(stored, account.name()),
                account.principalId(),
                account.name(),
                account.displayName(),
                account.kind(),
                account.status(),
                bindings);
    }

    private static Facts.Lookup<ResourceProfile> resourceProfile(StoreSnapshot snapshot, ProfileRef reference) {
        Optional<Stored<ResourceProfileContent>> found =
                snapshot.resourceProfiles().resolve(reference);
        return found.isPresent()
                ? resourceProfile(found.get())
                : missing(
                        "resource profile",
                        snapshot.resourceProfiles()
                                .resolve(ProfileRef.following(reference.profileId()))
                                .isPresent());
    }

    static Facts.Lookup<ResourceProfile> resourceProfile(Stored<ResourceProfileContent> stored) {
        ResourceProfile profile = stored.content().profile();
        return new Facts.Lookup.Found<>(
                profile, source(stored, profile.name()), stored.content().versionId());
    }

    private static Facts.Lookup<PolicyProfile> policyProfile(StoreSnapshot snapshot, ProfileRef reference) {
        Optional<Stored<PolicyProfileContent>> found = snapshot.policy().resolve(reference);
        return found.isPresent()
                ? policyProfile(found.get())
                : missing(
                        "policy profile",
                        snapshot.policy()
                                .resolve(ProfileRef.following(reference.profileId()))
                                .isPresent());
    }

    static Facts.Lookup<PolicyProfile> policyProfile(Stored<PolicyProfileContent> stored) {
        PolicyProfile profile = stored.content().profile();
        return new Facts.Lookup.Found<>(
                profile, source(stored, profile.name()), stored.content().versionId());
    }

    private static <T> Facts.Lookup<T> missing(String what, boolean otherVersionExists) {
        return otherVersionExists
                ? new Facts.Lookup.Missing<>(
                        PlanCode.STALE_PROFILE,
                        "the account's " + what + " is not of a version that the account accepts")
                : new Facts.Lookup.Missing<>(PlanCode.UNKNOWN_PROFILE, "the account's " + what + " does not exist");
    }

    static Facts.Lookup<PolicyCatalogue> catalogue(Stored<PolicyVersion> stored) {
        return new Facts.Lookup.Found<>(
                stored.content().catalogue(),
                source(stored, "policy version " + stored.version()),
                stored.content().versionId());
    }

    /** As if the catalogue were the content of that version: for what would be, if it were published. */
    static Facts.Lookup<PolicyCatalogue> catalogue(Stored<PolicyVersion> stored, PolicyCatalogue other) {
        return new Facts.Lookup.Found<>(
                other,
                source(stored, "policy version " + stored.version()),
                stored.content().versionId());
    }

    private static Source source(Stored<?> stored, String name) {
        return new Source(
                stored.content().recordKind(), stored.recordId(), stored.version(), stored.contentHash(), name);
    }
}
