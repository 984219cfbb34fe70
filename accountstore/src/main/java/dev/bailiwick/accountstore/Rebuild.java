package dev.bailiwick.accountstore;

import dev.bailiwick.accountstore.RecoverySource.Found;
import dev.bailiwick.accountstore.RecoverySource.Standing;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.TransactionId;
import dev.bailiwick.schema.VersionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Writes the records of a recovered epoch. Each is a new record of version 1 under the id it had, written by ordinary transactions, so
 * that every rule of the store holds of what comes out.
 *
 * <pre>
 * record             current        committed once, or unproved       the manifest's, and nothing readable
 * policy             as it is       the manifest's                    the manifest's
 * profile            as it is       the manifest's, or as found       the manifest's
 * account            as it is       recovery only, no roles, no       as the manifest states, with a code;
 *                                   credentials; the manifest's:      recovery only if it was there once
 *                                   active if it was, roles that both
 *                                   have, a code
 * role binding       as it is       revoked                           as the manifest states, with its account
 * external binding   as it is       revoked
 * credential         as it is       left out
 * </pre>
 *
 * Used by one thread.
 */
final class Rebuild {
    private static final int MUTATIONS_AT_ONCE = 256;

    private final Engine target;
    private final IdSource ids;
    private final Actor actor;
    private final String operation;
    private final Instant now;
    private final Seeds seeds;

    /** What belongs together, waiting to be written. */
    private final List<Unit> waiting = new ArrayList<>();

    private int waitingMutations;
    private Set<String> roles = Set.of();
    private final Set<VersionId> profileVersions = new HashSet<>();

    private long kept;
    private long restricted;
    private long revoked;
    private final List<String> restrictedNames = new ArrayList<>();
    private final List<String> seededNames = new ArrayList<>();
    private final Set<RecordId> enrolling = new HashSet<>();
    private final List<String> notes = new ArrayList<>();

    /**
     * Records that are written together or not at all.
     *
     * @param what they are, for a note when they cannot be written
     * @param written what is counted when they are
     */
    private record Unit(String what, List<Mutation> mutations, Runnable written) {}

    /** The manifest's records, sorted by what they belong to. */
    private static final class Seeds {
        private final Map<RecordId, RecordContent> profiles = new LinkedHashMap<>();
        private final Map<RecordId, Account> accounts = new LinkedHashMap<>();
        private final Map<PrincipalId, List<Mutation>> bindings = new HashMap<>();
        private final Map<PrincipalId, List<Mutation>> credentials = new HashMap<>();
        private final List<Mutation> policies = new ArrayList<>();
        private final List<Mutation> manifests = new ArrayList<>();

        Seeds(List<Mutation> seeds) {
            for (Mutation seed : seeds) {
                switch (seed.content()) {
                    case Account account -> accounts.put(seed.recordId(), account);
                    case RoleBinding binding -> add(bindings, binding.principalId(), seed);
                    case Credential credential -> add(credentials, credential.principalId(), seed);
                    case PolicyVersion policy -> policies.add(seed);
                    case ResourceProfileContent profile -> profiles.put(seed.recordId(), profile);
                    case PolicyProfileContent profile -> profiles.put(seed.recordId(), profile);
                    case SeedManifestContent manifest -> manifests.add(seed);
                    case ExternalBinding binding ->
                        throw new IllegalArgumentException("a manifest states no external bindings");
                    case StoreKeyContent key -> throw new IllegalArgumentException("a manifest states no keys");
                }
            }
        }

        private static void add(Map<PrincipalId, List<Mutation>> to, PrincipalId principal, Mutation seed) {
            to.computeIfAbsent(principal, id -> new ArrayList<>()).add(seed);
        }

        List<Mutation> bindingsOf(Account account) {
            return bindings.getOrDefault(account.principalId(), List.of());
        }

        List<Mutation> credentialsOf(Account account) {
            return credentials.getOrDefault(account.principalId(), List.of());
        }
    }

    Rebuild(Engine target, IdSource ids, Actor actor, String operation, Instant now, List<Mutation> seeds) {
        this.target = target;
        this.ids = ids;
        this.actor = actor;
        this.operation = operation;
        this.now = now;
        this.seeds = new Seeds(seeds);
    }

    RecoverySummary summary(RecoverySummary.Scope scope, Optional<AnchoredHead> predecessor, AnchoredHead head) {
        return new RecoverySummary(
                scope, predecessor, head, kept, restrictedNames, restricted, seededNames, enrolling, revoked, notes);
    }

    // ---- a store that was taken over whole ----

    /** Adds what the manifest states and the store lacks. */
    void addMissing() {
        kept = target.read(view -> {
            long[] count = new long[1];
            byte[] first = {(byte) RecordKind.ACCOUNT.code()};
            view.scan(StoreTables.HEADS, first, Keys.endOf(first), (key, value) -> {
                count[0]++;
                return true;
            });
            return count[0];
        });
        seeds.profiles.forEach((id, profile) -> {
            if (!isThere(profile.recordKind(), id)) {
                write(new Unit("profile " + id, List.of(Mutation.create(id, profile)), () -> {}));
            }
        });
        flush();
        roles = target.read(view -> Set.copyOf(new ViewSnapshot(view)
                .policy()
                .policy()
                .content()
                .catalogue()
                .roles()
                .keySet()));
        seeds.accounts.forEach((id, account) -> {
            if (!isThere(RecordKind.ACCOUNT, id)) {
                seed(id, account);
            }
        });
        flush();
        manifest();
    }

    // ---- a store of which records are left ----

    /** Writes everything that can be found in {@code source}, and the manifest's. */
    void run(Optional<RecoverySource> source) {
        policyAndProfiles(source);
        for (Map.Entry<RecordId, Account> seed : seeds.accounts.entrySet()) {
            seedOrKeep(source, seed.getKey(), seed.getValue());
        }
        flush();
        source.ifPresent(this::others);
        flush();
        manifest();
    }

    private void others(RecoverySource source) {
        // What was committed once goes first: a record that nobody vouches for must not take another one's name.
        source.each(RecordKind.ACCOUNT, found -> {
            if (found.standing() != Standing.UNVOUCHED
                    && !seeds.accounts.containsKey(found.stored().recordId())) {
                keep(source, found);
            }
        });
        flush();
        source.each(RecordKind.ACCOUNT, found -> {
            if (found.standing() == Standing.UNVOUCHED
                    && !seeds.accounts.containsKey(found.stored().recordId())) {
                keep(source, found);
            }
        });
        flush();
        source.each(RecordKind.ROLE_BINDING, found -> {
            if (found.standing() != Standing.UNVOUCHED
                    && !isThere(RecordKind.ROLE_BINDING, found.stored().recordId())) {
                revoke(found);
            }
        });
        source.each(RecordKind.EXTERNAL_BINDING, found -> {
            if (found.standing() != Standing.UNVOUCHED) {
                external(found);
            }
        });
    }

    // ---- policy and profiles ----

    private void policyAndProfiles(Optional<RecoverySource> source) {
        List<Mutation> first = new ArrayList<>();
        List<Mutation> later = new ArrayList<>();
        List<Mutation> policies = new ArrayList<>();
        source.ifPresent(found -> found.each(RecordKind.POLICY_VERSION, policy -> {
            if (policy.isCurrent()) {
                policies.add(Mutation.create(
                        policy.stored().recordId(), policy.stored().content()));
            }
        }));
        first.addAll(policies.isEmpty() ? seeds.policies : policies);
        Set<RecordId> written = new HashSet<>();
        for (RecordKind kind : List.of(RecordKind.RESOURCE_PROFILE, RecordKind.POLICY_PROFILE)) {
            source.ifPresent(from -> from.each(kind, found -> {
                RecordId id = found.stored().recordId();
                if (found.isCurrent()) {
                    long version = 0;
                    for (Found one : from.versions(kind, id)) {
                        Mutation mutation = new Mutation(
                                id,
                                new Expected(version++, Optional.empty()),
                                one.stored().content());
                        (version == 1 ? first : later).add(mutation);
                    }
                    written.add(id);
                } else if (found.standing() == Standing.STALE && !seeds.profiles.containsKey(id)) {
                    first.add(Mutation.create(id, found.stored().content()));
                    written.add(id);
                }
            }));
        }
        seeds.profiles.forEach((id, profile) -> {
            if (!written.contains(id)) {
                first.add(Mutation.create(id, profile));
            }
        });
        for (Mutation mutation : first) {
            note(mutation.content());
        }
        write(new Unit("policy and profiles", first, () -> {}));
        flush();
        for (Mutation mutation : later) {
            note(mutation.content());
            write(new Unit("a version of profile " + mutation.recordId(), List.of(mutation), () -> {}));
            flush();
        }
    }

    private void note(RecordContent content) {
        switch (content) {
            case ResourceProfileContent profile -> profileVersions.add(profile.versionId());
            case PolicyProfileContent profile -> profileVersions.add(profile.versionId());
            case PolicyVersion policy ->
                roles = Set.copyOf(policy.catalogue().roles().keySet());
            case Account account -> {}
            case Credential credential -> {}
            case ExternalBinding binding -> {}
            case RoleBinding binding -> {}
            case SeedManifestContent manifest -> {}
            case StoreKeyContent key -> {}
        }
    }

    // ---- accounts ----

    private void seedOrKeep(Optional<RecoverySource> source, RecordId id, Account seed) {
        Optional<Found> found = source.flatMap(from -> from.find(RecordKind.ACCOUNT, id));
        boolean isKnown =
                source.map(from -> from.isKnown(RecordKind.ACCOUNT, id)).orElse(false);
        if (found.isPresent() && found.get().isCurrent()) {
            keep(source.orElseThrow(), found.get());
        } else if (found.isPresent() && found.get().standing() == Standing.STALE) {
            confirm(id, seed, strictest(source.orElseThrow(), found.get()));
        } else if (isKnown) {
            // It was there and says nothing any more: it may have been disabled.
            restrict(id, seed, "its record cannot be read");
        } else {
            seed(id, seed);
        }
    }

    private void seed(RecordId id, Account seed) {
        List<Mutation> unit = new ArrayList<>(seeds.bindingsOf(seed));
        List<Mutation> credentials = seeds.credentialsOf(seed);
        unit.addAll(credentials);
        unit.add(Mutation.create(id, seed));
        write(new Unit("account '" + seed.name() + "'", unit, () -> {
            seededNames.add(seed.name());
            if (!credentials.isEmpty()) {
                enrolling.add(id);
            }
        }));
    }

    /** An account that both the manifest and an older version of the store have: never more than either of them says. */
    private void confirm(RecordId id, Account seed, Account old) {
        if (old.status() != AccountStatus.ACTIVE) {
            restrict(id, old, "it was not active");
            return;
        }
        List<Mutation> bindings = seeds.bindingsOf(seed).stream()
                .filter(binding -> old.roles().contains(((RoleBinding) binding.content()).role()))
                .toList();
        SortedSet<String> bound = new TreeSet<>();
        bindings.forEach(binding -> bound.add(((RoleBinding) binding.content()).role()));
        List<Mutation> credentials = seeds.credentialsOf(seed);
        SortedSet<RecordId> refs = new TreeSet<>();
        credentials.forEach(credential -> refs.add(credential.recordId()));
        List<Mutation> unit = new ArrayList<>(bindings);
        unit.addAll(credentials);
        unit.add(Mutation.create(
                id,
                old.withRoles(bound)
                        .withCredentialRefs(refs)
                        .withProfiles(seed.resourceProfile(), seed.policyProfile())));
        write(new Unit("account '" + old.name() + "'", unit, () -> {
            seededNames.add(old.name());
            if (!credentials.isEmpty()) {
                enrolling.add(id);
            }
        }));
    }

    private void keep(RecoverySource source, Found found) {
        Account account = (Account) found.stored().content();
        RecordId id = found.stored().recordId();
        if (!found.isCurrent()) {
            restrict(id, strictest(source, found), "");
            return;
        }
        List<Mutation> unit = new ArrayList<>();
        SortedSet<RecordId> credentials = new TreeSet<>();
        for (RecordId ref : account.credentialRefs()) {
            source.find(RecordKind.CREDENTIAL, ref)
                    .filter(Found::isCurrent)
                    .ifPresentOrElse(
                            credential -> {
                                credentials.add(ref);
                                unit.add(
                                        Mutation.create(ref, credential.stored().content()));
                            },
                            () -> note("a credential of '" + account.name() + "' cannot be read; it is left out"));
        }
        SortedSet<String> bound = new TreeSet<>();
        for (String role : account.roles()) {
            Optional<Found> binding = source.binding(account, role)
                    .filter(Found::isCurrent)
                    .filter(one -> ((RoleBinding) one.stored().content()).state() == BindingState.ACTIVE)
                    .filter(one -> roles.contains(role));
            if (binding.isPresent()) {
                bound.add(role);
                unit.add(Mutation.create(
                        binding.get().stored().recordId(),
                        binding.get().stored().content()));
            } else {
                note("role '" + role + "' of '" + account.name() + "' is not proved; it is left out");
            }
        }
        unit.add(Mutation.create(
                id, unpinned(account).withCredentialRefs(credentials).withRoles(bound)));
        write(new Unit("account '" + account.name() + "'", unit, () -> kept++));
    }

    /** The account as found, but as disabled or locked as any newer version says, though nobody may vouch for that one. */
    private static Account strictest(RecoverySource source, Found found) {
        Account account = (Account) found.stored().content();
        for (Found other : source.versions(RecordKind.ACCOUNT, found.stored().recordId())) {
            AccountStatus status = ((Account) other.stored().content()).status();
            if (other.stored().version() > found.stored().version() && status != AccountStatus.ACTIVE) {
                account = account.withStatus(status);
            }
        }
        return account;
    }

    private void restrict(RecordId id, Account account, String why) {
        AccountStatus status = switch (account.status()) {
            case ACTIVE, RECOVERY_ONLY -> AccountStatus.RECOVERY_ONLY;
            case DISABLED -> AccountStatus.DISABLED;
            case LOCKED -> AccountStatus.LOCKED;
        };
        Account bare =
                unpinned(account).withStatus(status).withRoles(new TreeSet<>()).withCredentialRefs(new TreeSet<>());
        write(new Unit("account '" + account.name() + "'", List.of(Mutation.create(id, bare)), () -> {
            restricted++;
            if (restrictedNames.size() < RecoverySummary.LISTED) {
                restrictedNames.add(account.name());
            }
            if (!why.isEmpty()) {
                note("account '" + account.name() + "': " + why);
            }
        }));
    }

    /** A pinned profile version that is not there any more gives way to the newest. */
    private Account unpinned(Account account) {
        return account.withProfiles(unpinned(account.resourceProfile()), unpinned(account.policyProfile()));
    }

    private ProfileRef unpinned(ProfileRef reference) {
        boolean gone = reference.versionId().isPresent()
                && !profileVersions.contains(reference.versionId().get());
        return gone ? new ProfileRef(reference.profileId(), Optional.empty(), reference.epoch()) : reference;
    }

    // ---- bindings ----

    private void revoke(Found found) {
        RoleBinding binding = (RoleBinding) found.stored().content();
        RoleBinding ended = new RoleBinding(
                binding.principalId(), binding.role(), BindingState.REVOKED, binding.expiresAt(), binding.grantedBy());
        boolean wasInForce = binding.state() == BindingState.ACTIVE;
        write(new Unit(
                "role binding " + found.stored().recordId(),
                List.of(Mutation.create(found.stored().recordId(), ended)),
                () -> revoked += wasInForce ? 1 : 0));
    }

    private void external(Found found) {
        ExternalBinding binding = (ExternalBinding) found.stored().content();
        ExternalBinding kept = new ExternalBinding(
                binding.bindingId(),
                binding.provider(),
                binding.subjectHash(),
                binding.principalId(),
                binding.tenant(),
                binding.acceptedClaims(),
                binding.expiresAt(),
                unpinned(binding.policyProfile()),
                unpinned(binding.resourceProfile()),
                found.isCurrent() ? binding.state() : BindingState.REVOKED);
        boolean ends = kept.state() != binding.state();
        write(new Unit(
                "external binding " + found.stored().recordId(),
                List.of(Mutation.create(found.stored().recordId(), kept)),
                () -> revoked += ends ? 1 : 0));
    }

    // ---- the manifest ----

    private void manifest() {
        for (Mutation seed : seeds.manifests) {
            SeedManifestContent stated = (SeedManifestContent) seed.content();
            TreeSet<RecordId> there = new TreeSet<>(stated.accounts());
            there.removeIf(id -> !isThere(RecordKind.ACCOUNT, id));
            if (!isThere(RecordKind.SEED_MANIFEST, seed.recordId())) {
                write(new Unit(
                        "manifest '" + stated.name() + "'",
                        List.of(Mutation.create(
                                seed.recordId(), new SeedManifestContent(stated.name(), stated.sourceSha256(), there))),
                        () -> {}));
            }
        }
        flush();
    }

    // ---- writing ----

    private boolean isThere(RecordKind kind, RecordId id) {
        return target.read(view -> view.get(StoreTables.HEADS, Keys.head(kind, id)) != null);
    }

    private void write(Unit unit) {
        waiting.add(unit);
        waitingMutations += unit.mutations().size();
        if (waitingMutations >= MUTATIONS_AT_ONCE) {
            flush();
        }
    }

    private void flush() {
        if (waiting.isEmpty()) {
            return;
        }
        List<Unit> units = List.copyOf(waiting);
        waiting.clear();
        waitingMutations = 0;
        List<Mutation> all =
                units.stream().flatMap(unit -> unit.mutations().stream()).toList();
        if (commit(all).isEmpty()) {
            units.forEach(unit -> unit.written().run());
            return;
        }
        // One of them breaks a rule; the others go in by themselves.
        for (Unit unit : units) {
            commit(unit.mutations()).ifPresentOrElse(why -> note(unit.what() + " is left out: " + why), unit.written());
        }
    }

    /** Why the store refuses them, if it does. */
    private Optional<String> commit(List<Mutation> mutations) {
        StateMachine.Command command = StateMachine.Command.of(new Transaction(
                TransactionId.of(ids.next()), now, actor, operation, Optional.empty(), mutations, List.of()));
        CommitResult result = target.commit(txn -> {
            StateMachine.Transition transition = StateMachine.apply(txn, command);
            transition.rows().ifPresent(rows -> rows.writeTo(txn));
            return transition.result();
        });
        return switch (result) {
            case CommitResult.Committed committed -> Optional.empty();
            case CommitResult.Conflict conflict -> Optional.of("it is there twice");
            case CommitResult.Rejected(Rejection code, String message) -> Optional.of(code.text() + ": " + message);
        };
    }

    private void note(String text) {
        if (notes.size() < RecoverySummary.LISTED) {
            notes.add(text);
        }
    }
}
