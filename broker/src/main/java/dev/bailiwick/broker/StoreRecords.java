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
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads dossiers out of the account store, each from one published state. Thread-safe.
 *
 * <p>Facts are kept in memory until the next commit; verifiers never are.
 *
 * <p>INVARIANT (facts): what is kept was read after the last commit that {@link #committed} was told of, and so is never older than
 * what sessions were told of, which happens after it. A session that has registered for a record before it reads either sees a
 * change or is told of it.
 */
final class StoreRecords implements Records {
    /** Applies a function to one published state. */
    interface Snapshots {
        <T> T read(Function<StoreSnapshot, T> reader);
    }

    private final Snapshots snapshots;
    private final CredentialReader credentials;
    // Manifests seed these before a daemon starts, and records are never deleted: what was found stays so.
    private final Map<PrincipalKind, RecordId> seeded = new ConcurrentHashMap<>();
    private final Map<RecordId, Known> known = new ConcurrentHashMap<>();
    /** One copy of each version of a profile and of the role catalogue, which many accounts share. */
    private final Map<Source, Facts.Lookup<?>> shared = new ConcurrentHashMap<>();

    private final AtomicLong commits = new AtomicLong();
    private volatile @Nullable SharedFacts newest;

    /** An account and its facts, and how many commits there were when reading them began. */
    private record Known(Stored<Account> account, Facts facts, long commits) {}

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

    @Override
    public Optional<Dossier> withoutCredentials(RecordId account) {
        Known kept = known.get(account);
        if (kept == null || kept.commits() != commits.get()) {
            return read(accounts -> accounts.byId(account)).map(StoreRecords::bare);
        }
        return Optional.of(bare(kept));
    }

    private static Dossier bare(Known read) {
        return new Dossier(read.account(), List.of(), read.facts());
    }

    /** A commit was published: what was read before is not used any more. To be called before sessions are told of the commit. */
    void committed() {
        commits.incrementAndGet();
    }

    /** The facts are of one state; the credentials may be of a later one, and are compared by version where it matters. */
    private Optional<Dossier> dossier(Function<AccountStoreReader, Optional<Stored<Account>>> lookup) {
        return read(lookup)
                .map(read -> new Dossier(read.account(), credentials.credentials(read.account()), read.facts()));
    }

    private Optional<Known> read(Function<AccountStoreReader, Optional<Stored<Account>>> lookup) {
        long before = commits.get();
        Optional<Known> read = snapshots.read(snapshot -> lookup.apply(snapshot.accounts())
                .map(account -> new Known(account, facts(snapshot, account, sharedIn(snapshot)), before)));
        read.ifPresent(this::keep);
        return read;
    }

    private void keep(Known read) {
        if (known.size() >= Limits.KEPT_FACTS) {
            known.clear();
        }
        known.put(read.account().recordId(), read);
    }

    /** What accounts share in one state of the store, decoded once for all of them. The journal's size says which state that is. */
    private final class SharedFacts {
        private final long journalSize;
        private final Facts.Lookup<PolicyCatalogue> catalogue;
        private final Map<ProfileRef, Facts.Lookup<ResourceProfile>> resources = new ConcurrentHashMap<>();
        private final Map<ProfileRef, Facts.Lookup<PolicyProfile>> policies = new ConcurrentHashMap<>();

        SharedFacts(long journalSize, Facts.Lookup<PolicyCatalogue> catalogue) {
            this.journalSize = journalSize;
            this.catalogue = catalogue;
        }

        Facts.Lookup<ResourceProfile> resources(StoreSnapshot snapshot, ProfileRef reference) {
            return kept(resources, reference, wanted -> resourceProfile(snapshot, wanted));
        }

        Facts.Lookup<PolicyProfile> policies(StoreSnapshot snapshot, ProfileRef reference) {
            return kept(policies, reference, wanted -> policyProfile(snapshot, wanted));
        }

        private <T> Facts.Lookup<T> kept(
                Map<ProfileRef, Facts.Lookup<T>> lookups,
                ProfileRef reference,
                Function<ProfileRef, Facts.Lookup<T>> read) {
            if (lookups.size() >= Limits.KEPT_PROFILES) {
                lookups.clear();
            }
            return lookups.computeIfAbsent(reference, wanted -> sharing(read.apply(wanted)));
        }
    }

    private SharedFacts sharedIn(StoreSnapshot snapshot) {
        long journalSize = snapshot.head().journalSize();
        SharedFacts found = newest;
        if (found == null || found.journalSize != journalSize) {
            found = new SharedFacts(
                    journalSize, sharing(catalogue(snapshot.policy().policy())));
            newest = found;
        }
        return found;
    }

    @SuppressWarnings("unchecked") // a source names one record version, which has one content
    private <T> Facts.Lookup<T> sharing(Facts.Lookup<T> lookup) {
        return switch (lookup) {
            case Facts.Lookup.Missing<T> missing -> missing;
            case Facts.Lookup.Found<T> found -> {
                if (shared.size() >= Limits.KEPT_PROFILES) {
                    shared.clear();
                }
                yield (Facts.Lookup<T>) shared.computeIfAbsent(found.source(), source -> found);
            }
        };
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
        return new Facts(
                account(account, bindings(snapshot, account)),
                resourceProfile(snapshot, account.content().resourceProfile()),
                policyProfile(snapshot, account.content().policyProfile()),
                catalogue(snapshot.policy().policy()),
                snapshot.head().journalSize());
    }

    private static Facts facts(StoreSnapshot snapshot, Stored<Account> account, SharedFacts shared) {
        return new Facts(
                account(account, bindings(snapshot, account)),
                shared.resources(snapshot, account.content().resourceProfile()),
                shared.policies(snapshot, account.content().policyProfile()),
                shared.catalogue,
                shared.journalSize);
    }

    private static List<Facts.Binding> bindings(StoreSnapshot snapshot, Stored<Account> account) {
        List<Facts.Binding> bindings = new ArrayList<>();
        for (Stored<RoleBinding> binding :
                snapshot.accounts().roleBindings(account.content().principalId())) {
            if (binding.content().state() == BindingState.ACTIVE) {
                bindings.add(binding(binding, binding.content()));
            }
        }
        return bindings;
    }

    static Facts.Binding binding(Stored<?> stored, RoleBinding binding) {
        return new Facts.Binding(source(stored, binding.role()), binding.role(), binding.expiresAt());
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
                bindings,
                account.service());
    }

    static Facts.Lookup<ResourceProfile> resourceProfile(StoreSnapshot snapshot, ProfileRef reference) {
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

    static Facts.Lookup.Found<ResourceProfile> resourceProfile(Stored<ResourceProfileContent> stored) {
        ResourceProfile profile = stored.content().profile();
        return new Facts.Lookup.Found<>(
                profile, source(stored, profile.name()), stored.content().versionId());
    }

    static Facts.Lookup<PolicyProfile> policyProfile(StoreSnapshot snapshot, ProfileRef reference) {
        Optional<Stored<PolicyProfileContent>> found = snapshot.policy().resolve(reference);
        return found.isPresent()
                ? policyProfile(found.get())
                : missing(
                        "policy profile",
                        snapshot.policy()
                                .resolve(ProfileRef.following(reference.profileId()))
                                .isPresent());
    }

    static Facts.Lookup.Found<PolicyProfile> policyProfile(Stored<PolicyProfileContent> stored) {
        PolicyProfile profile = stored.content().profile();
        return new Facts.Lookup.Found<>(
                profile, source(stored, profile.name()), stored.content().versionId());
    }

    static <T> Facts.Lookup<T> missing(String what, boolean otherVersionExists) {
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
