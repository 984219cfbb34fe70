package dev.bailiwick.accountstore;

import dev.bailiwick.accountstore.RecoverySource.Found;
import dev.bailiwick.accountstore.RecoverySource.Standing;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.ProfileId;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.TransactionId;
import dev.bailiwick.schema.VersionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * Writes the records of a recovered epoch. Each is a new record of version 1 under the id it had, written by ordinary transactions, so
 * that every rule of the store holds of what comes out.
 *
 * <pre>
 * record             current             committed once, or unproved        the manifest's, and nothing known of it
 * policy             as it is            the manifest's                     the manifest's
 * profile            as it is            the manifest's, or as found        the manifest's
 * account            as it is            recovery only, no roles, no        as the manifest states, with a code
 *                                        credentials; the manifest's: see
 *                                        below
 * role binding       as it is            revoked                            as the manifest states, with its account
 * external binding   as it is            revoked
 * credential         as it is            left out
 * </pre>
 *
 * <p>A profile or policy is <em>settled</em> if it is current, or if what the manifest states is what the newest version known of it says.
 * An account that relies on anything else is not kept as it is: what it may do could be more than it was.
 *
 * <p>An account of the manifest that is not kept as it is is confirmed if the newest version known of it can be read and says that it is
 * active with the profiles that the manifest gives it, and all is settled. It then has the roles of those of the manifest's bindings of
 * which the newest version known can be read, was committed, and is in force; no longer than that says; and a new code.
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
    private boolean isPolicySettled;
    private final Map<ProfileId, RecordKind> profiles = new HashMap<>();
    private final Set<VersionId> profileVersions = new HashSet<>();
    private final Set<ProfileId> settled = new HashSet<>();

    /** Whether anything can be current. */
    private boolean isIntact;

    /** Of accounts that did not keep what they had, where others do. */
    private final Set<PrincipalId> lessened = new HashSet<>();

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
            if (isThere(profile.recordKind(), id)) {
                present(profile, true);
            } else {
                write(new Unit("profile " + id, List.of(Mutation.create(id, profile)), () -> present(profile, true)));
            }
        });
        flush();
        present(target.read(view -> new ViewSnapshot(view).policy().policy().content()), true);
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
        isIntact = source.filter(RecoverySource::isIntact).isPresent();
        policy(source);
        profiles(source);
        // What is proved goes first, so that nothing takes its names; what nobody vouches for goes last.
        if (isIntact) {
            proved(source.orElseThrow());
        }
        seeds.accounts.forEach((id, seed) -> {
            if (!isThere(RecordKind.ACCOUNT, id)) {
                seedOrKeep(source, id, seed);
            }
        });
        flush();
        source.ifPresent(this::others);
        flush();
        manifest();
    }

    private void proved(RecoverySource source) {
        source.each(RecordKind.ACCOUNT, found -> {
            if (found.isCurrent()) {
                if (isSettled((Account) found.stored().content())) {
                    keep(source, found);
                } else if (!seeds.accounts.containsKey(found.stored().recordId())) {
                    restrict(
                            found.stored().recordId(),
                            strictest(source, found),
                            "its profiles or the policy are not proved");
                }
            }
        });
        flush();
    }

    private void others(RecoverySource source) {
        for (boolean isVouchedFor : List.of(true, false)) {
            source.each(RecordKind.ACCOUNT, found -> {
                if ((found.standing() != Standing.UNVOUCHED) == isVouchedFor
                        && !isThere(RecordKind.ACCOUNT, found.stored().recordId())
                        && !seeds.accounts.containsKey(found.stored().recordId())) {
                    restrict(found.stored().recordId(), strictest(source, found), "");
                }
            });
            flush();
        }
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

    private void policy(Optional<RecoverySource> source) {
        source.ifPresent(from -> from.each(RecordKind.POLICY_VERSION, found -> {
            if (found.isCurrent()) {
                create("the policy", found.stored().recordId(), found.stored().content(), true);
            }
        }));
        flush();
        if (roles.isEmpty()) {
            seeds.policies.forEach(seed -> create(
                    "the manifest's policy",
                    seed.recordId(),
                    seed.content(),
                    agrees(source, seed.recordId(), seed.content())));
            flush();
        }
    }

    private void profiles(Optional<RecoverySource> source) {
        eachProfile(source, (from, found) -> {
            if (found.isCurrent()) {
                versions(from, found);
            }
        });
        seeds.profiles.forEach((id, profile) -> {
            if (!isThere(profile.recordKind(), id)) {
                create("profile " + id, id, profile, agrees(source, id, profile));
            }
        });
        flush();
        eachProfile(source, (from, found) -> {
            RecordId id = found.stored().recordId();
            if (found.standing() != Standing.UNVOUCHED
                    && !isThere(found.stored().kind(), id)) {
                create("profile " + id, id, found.stored().content(), false);
            }
        });
        flush();
    }

    private static void eachProfile(Optional<RecoverySource> source, BiConsumer<RecoverySource, Found> visitor) {
        for (RecordKind kind : List.of(RecordKind.RESOURCE_PROFILE, RecordKind.POLICY_PROFILE)) {
            source.ifPresent(from -> from.each(kind, found -> visitor.accept(from, found)));
        }
    }

    /** Writes the versions of a profile that were committed, one after the other: each may be pinned. */
    private void versions(RecoverySource source, Found newest) {
        RecordId id = newest.stored().recordId();
        long[] written = new long[1];
        for (Found one : source.versions(newest.stored().kind(), id)) {
            boolean isNewest = one.stored().version() == newest.stored().version();
            if (one.standing() != Standing.UNVOUCHED
                    && one.stored().version() <= newest.stored().version()) {
                RecordContent content = one.stored().content();
                write(new Unit(
                        "a version of profile " + id,
                        List.of(new Mutation(id, Expected.version(written[0]), content)),
                        () -> {
                            written[0]++;
                            present(content, isNewest);
                        }));
                flush();
            }
        }
    }

    private void create(String what, RecordId id, RecordContent content, boolean isSettled) {
        write(new Unit(what, List.of(Mutation.create(id, content)), () -> present(content, isSettled)));
    }

    /** Whether the newest version known of a record says what the manifest does, or nothing is known of it. */
    private static boolean agrees(Optional<RecoverySource> source, RecordId id, RecordContent seed) {
        RecordKind kind = seed.recordKind();
        return source.isEmpty()
                || !source.get().isKnown(kind, id)
                || source.get()
                        .findNewestKnown(kind, id)
                        .filter(found -> found.stored().content().equals(seed))
                        .isPresent();
    }

    private void present(RecordContent content, boolean isSettled) {
        switch (content) {
            case ResourceProfileContent(var versionId, var profile) ->
                present(profile.profileId(), content.recordKind(), versionId, isSettled);
            case PolicyProfileContent(var versionId, var profile) ->
                present(profile.profileId(), content.recordKind(), versionId, isSettled);
            case PolicyVersion policy -> {
                roles = Set.copyOf(policy.catalogue().roles().keySet());
                isPolicySettled = isSettled;
            }
            case Account account -> {}
            case Credential credential -> {}
            case ExternalBinding binding -> {}
            case RoleBinding binding -> {}
            case SeedManifestContent manifest -> {}
            case StoreKeyContent key -> {}
        }
    }

    private void present(ProfileId profile, RecordKind kind, VersionId version, boolean isSettled) {
        profiles.put(profile, kind);
        profileVersions.add(version);
        if (isSettled) {
            settled.add(profile);
        }
    }

    private boolean isSettled(Account account) {
        return isPolicySettled
                && isSettled(account.resourceProfile(), RecordKind.RESOURCE_PROFILE)
                && isSettled(account.policyProfile(), RecordKind.POLICY_PROFILE);
    }

    private boolean isSettled(ProfileRef reference, RecordKind kind) {
        return settled.contains(reference.profileId())
                && profiles.get(reference.profileId()) == kind
                && reference.versionId().map(profileVersions::contains).orElse(true);
    }

    // ---- accounts ----

    private void seedOrKeep(Optional<RecoverySource> source, RecordId id, Account seed) {
        Optional<Found> found = source.flatMap(from -> from.find(RecordKind.ACCOUNT, id));
        if (found.isEmpty()) {
            if (source.isPresent() && isKnown(source.get(), id, seed)) {
                // It was there and says nothing any more: it may have been disabled.
                restrict(id, seed, "its record cannot be read");
            } else {
                seed(id, seed);
            }
            return;
        }
        RecoverySource from = source.orElseThrow();
        Account old = strictest(from, found.get());
        if (from.findNewestKnown(RecordKind.ACCOUNT, id).isEmpty()) {
            restrict(id, old, "its newest version cannot be read, or was never committed");
        } else {
            confirm(from, id, seed, old);
        }
    }

    private boolean isKnown(RecoverySource source, RecordId id, Account seed) {
        return source.isKnown(RecordKind.ACCOUNT, id)
                || seeds.bindingsOf(seed).stream()
                        .anyMatch(binding -> source.isKnown(RecordKind.ROLE_BINDING, binding.recordId()));
    }

    private void seed(RecordId id, Account seed) {
        if (isSettled(seed)) {
            enrol(id, seed, seeds.bindingsOf(seed), seeds.credentialsOf(seed));
        } else {
            restrict(id, seed, "its profiles or the policy are not proved");
        }
    }

    /** An account that both the manifest and the store have: never more than either of them says. */
    private void confirm(RecoverySource source, RecordId id, Account seed, Account old) {
        if (old.status() != AccountStatus.ACTIVE) {
            restrict(id, old, "it was not active");
        } else if (!old.resourceProfile().equals(seed.resourceProfile())
                || !old.policyProfile().equals(seed.policyProfile())) {
            restrict(id, old, "its profiles are not the manifest's");
        } else if (!isSettled(old)) {
            restrict(id, old, "its profiles or the policy are not proved");
        } else {
            List<Mutation> bindings = new ArrayList<>();
            for (Mutation binding : seeds.bindingsOf(seed)) {
                RoleBinding stated = (RoleBinding) binding.content();
                if (old.roles().contains(stated.role())) {
                    confirmed(source, binding.recordId(), stated)
                            .ifPresentOrElse(
                                    both -> bindings.add(Mutation.create(binding.recordId(), both)),
                                    () -> noteUnproved(stated.role(), old));
                }
            }
            lessen(old);
            enrol(id, old, bindings, seeds.credentialsOf(seed));
        }
    }

    /** What both the manifest and the store bind, for as long as both do. */
    private static Optional<RoleBinding> confirmed(RecoverySource source, RecordId id, RoleBinding stated) {
        return source.findNewestKnown(RecordKind.ROLE_BINDING, id)
                .map(found -> (RoleBinding) found.stored().content())
                .filter(found -> found.principalId().equals(stated.principalId())
                        && found.role().equals(stated.role())
                        && found.state() == BindingState.ACTIVE)
                .map(found -> new RoleBinding(
                        found.principalId(),
                        found.role(),
                        BindingState.ACTIVE,
                        Stream.concat(found.expiresAt().stream(), stated.expiresAt().stream())
                                .min(Comparator.naturalOrder()),
                        found.grantedBy()));
    }

    /** Writes an account of the manifest with these of its bindings, as far as the policy knows their roles, and with its codes. */
    private void enrol(RecordId id, Account account, List<Mutation> bindings, List<Mutation> credentials) {
        List<Mutation> unit = new ArrayList<>();
        SortedSet<String> bound = new TreeSet<>();
        for (Mutation binding : bindings) {
            String role = ((RoleBinding) binding.content()).role();
            if (roles.contains(role)) {
                bound.add(role);
                unit.add(binding);
            } else {
                noteUnproved(role, account);
            }
        }
        SortedSet<RecordId> refs = new TreeSet<>();
        credentials.forEach(credential -> refs.add(credential.recordId()));
        unit.addAll(credentials);
        unit.add(Mutation.create(id, account.withRoles(bound).withCredentialRefs(refs)));
        write(new Unit("account '" + account.name() + "'", unit, () -> {
            seededNames.add(account.name());
            if (!credentials.isEmpty()) {
                enrolling.add(id);
            }
        }));
    }

    private void noteUnproved(String role, Account account) {
        note("role '" + role + "' of '" + account.name() + "' is not proved; it is left out");
    }

    /** Writes an account that is current and relies on what is settled. */
    private void keep(RecoverySource source, Found found) {
        Account account = (Account) found.stored().content();
        RecordId id = found.stored().recordId();
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
                noteUnproved(role, account);
            }
        }
        unit.add(Mutation.create(id, account.withCredentialRefs(credentials).withRoles(bound)));
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
                placed(account).withStatus(status).withRoles(new TreeSet<>()).withCredentialRefs(new TreeSet<>());
        lessen(account);
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

    private void lessen(Account account) {
        if (isIntact) {
            lessened.add(account.principalId());
        }
    }

    /** An account without authority whose profiles are lost has those of an account of the manifest, so that its id stays. */
    private Account placed(Account account) {
        boolean resource = isThere(account.resourceProfile(), RecordKind.RESOURCE_PROFILE);
        boolean policy = isThere(account.policyProfile(), RecordKind.POLICY_PROFILE);
        Optional<Account> like = seeds.accounts.values().stream()
                .filter(seed -> seed.kind() == account.kind())
                .findFirst()
                .or(() -> seeds.accounts.values().stream().findFirst());
        if (!(resource && policy) && like.isPresent()) {
            note("account '" + account.name() + "': a profile of it is lost; it has that of '"
                    + like.get().name() + "' until you set another");
        }
        return account.withProfiles(
                unpinned(
                        resource
                                ? account.resourceProfile()
                                : like.map(Account::resourceProfile).orElse(account.resourceProfile())),
                unpinned(
                        policy
                                ? account.policyProfile()
                                : like.map(Account::policyProfile).orElse(account.policyProfile())));
    }

    private boolean isThere(ProfileRef reference, RecordKind kind) {
        return profiles.get(reference.profileId()) == kind;
    }

    /** A pinned version that is lost gives way to the newest, where nothing is in force any more. */
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
        boolean stands = found.isCurrent()
                && !lessened.contains(binding.principalId())
                && isSettled(binding.policyProfile(), RecordKind.POLICY_PROFILE)
                && isSettled(binding.resourceProfile(), RecordKind.RESOURCE_PROFILE);
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
                stands ? binding.state() : BindingState.REVOKED);
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
                        List.of(Mutation.create(seed.recordId(), stated.withAccounts(there))),
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
