package dev.bailiwick.broker;

import dev.bailiwick.accountstore.AccountStatus;
import dev.bailiwick.accountstore.RecordKind;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.schema.ApprovalId;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.RootId;
import dev.bailiwick.schema.SessionId;
import dev.bailiwick.schema.gen.TerminalSession;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A live context that holds capabilities. It belongs to the daemon: it outlives the connection that started it and ends by
 * logout, by expiry, by a commit that takes its ground away, or with the daemon.
 *
 * <p>Revocation has no gap. Before facts are read for a plan, the session is registered for every record the plan may rest on
 * ({@link Sessions#depend}). The commit lane reports every change to {@link #moved}, which remembers it, and closes the grants
 * that rest on an older version, before the commit is acknowledged. {@link #publish} makes a plan's grants the session's only
 * if nothing it cites has been reported as newer. So a change is seen by the plan, or refuses its publication, or closes its
 * grants.
 *
 * <p>Thread-safe. What the commit lane calls does not block for longer than it takes to look at a few grants.
 */
final class Session {
    /**
     * What never changes about a session.
     *
     * @param id random, for the audit chain
     * @param account the account record
     * @param principalId whose session it is
     * @param name the account's name at login
     * @param displayName for people
     * @param kind the kind of session
     * @param source where its caller sits
     * @param strength how the caller was identified at login; see {@link #authentication} for what they showed since
     * @param uid the operating-system user that may take it up again
     * @param startedAt when it began, which is also when its caller was identified
     * @param tmp the storage root of its tmp, deleted with it
     * @param ephemeralHome likewise of its home, if that ends with it
     */
    record Identity(
            SessionId id,
            RecordId account,
            PrincipalId principalId,
            String name,
            String displayName,
            SessionKind kind,
            SessionSource source,
            AuthStrength strength,
            int uid,
            Instant startedAt,
            RootId tmp,
            RootId ephemeralHome) {}

    /**
     * That the caller showed who they are.
     *
     * @param strength how well, at best so far
     * @param at when they last did
     */
    record Authentication(AuthStrength strength, Instant at) {
        /** The same caller having shown it again. */
        private Authentication again(AuthStrength by, Instant now) {
            return new Authentication(by.compareTo(strength) > 0 ? by : strength, now);
        }
    }

    /** The account's references when the grants were made: what a change of the account is compared with. */
    record Ground(ProfileRef resourceProfile, ProfileRef policyProfile) {}

    /** What came of publishing grants. */
    sealed interface Publication {
        /** They are the session's. */
        record Published() implements Publication {}

        /** Something they rest on has changed since it was read: plan again. */
        record Stale() implements Publication {}

        /** The session is over. */
        record Over(String why) implements Publication {}
    }

    private static final Refusal STALE = new Refusal(
            "fresh-auth-required",
            "this needs an authentication fresher than the session's",
            "run 'bailiwick reauth' and try again");

    private final Identity identity;
    private final Optional<Hash256> referenceHash;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock minting = new ReentrantLock();
    private final CompletableFuture<Void> cleared = new CompletableFuture<>();
    private final Set<RootId> roots = new CopyOnWriteArraySet<>();
    private final AtomicBoolean log = new AtomicBoolean();
    private final Map<Slot, Grant> grants = new EnumMap<>(Slot.class); // guarded by lock
    private final Map<RecordId, Long> newest = new HashMap<>(); // guarded by lock
    private final Set<ApprovalId> endedLeases = new HashSet<>(); // guarded by lock
    private Moved.@Nullable Policy newestPolicy; // guarded by lock
    private @Nullable Ground ground; // guarded by lock; null until the first grants are published
    private volatile Authentication authentication;
    private final Usage usage = new Usage();
    private TerminalSession.@Nullable Client terminal; // guarded by lock; a reference of the session's own
    private volatile @Nullable Flows flows;
    private volatile @Nullable BundlePlan plan;
    private volatile @Nullable String endedBecause;
    private volatile Instant lastUsed;
    private volatile Instant expiresAt = Instant.MAX;
    private volatile Duration idleTimeout = Duration.ofDays(1);

    Session(Identity identity, Optional<Hash256> referenceHash, InstantSource clock) {
        this.identity = identity;
        this.referenceHash = referenceHash;
        this.clock = clock;
        this.lastUsed = identity.startedAt();
        this.authentication = new Authentication(identity.strength(), identity.startedAt());
    }

    Identity identity() {
        return identity;
    }

    /** What the way back into this session hashes to; empty if there is none. */
    Optional<Hash256> referenceHash() {
        return referenceHash;
    }

    Instant now() {
        return clock.instant();
    }

    /** How well its caller has shown who they are, and when last. */
    Authentication authentication() {
        return authentication;
    }

    /** Its caller has shown again who they are. Plans made from now on are made for that. */
    void authenticated(AuthStrength by) {
        lock.lock();
        try {
            authentication = authentication.again(by, now());
        } finally {
            lock.unlock();
        }
    }

    /** Until when its caller's authentication counts as fresh (the policy profile's {@code freshAuth}). */
    Instant freshUntil() {
        BundlePlan planned = plan;
        return planned == null
                ? authentication.at()
                : authentication.at().plus(planned.terms().orElseThrow().freshAuth());
    }

    /** Why what needs fresh authentication is refused now; empty if it need not be. */
    Optional<Refusal> staleness() {
        return authentication.strength() != AuthStrength.NONE && now().isBefore(freshUntil())
                ? Optional.empty()
                : Optional.of(STALE);
    }

    /**
     * Its flows of execution, and as whom they act. Most sessions are never asked.
     *
     * @param making makes those of a login, unless {@link #actAs} gave it others
     */
    Flows flows(Function<Identity, Flows> making) {
        Flows known = flows;
        if (known != null) {
            return known;
        }
        lock.lock();
        try {
            Flows made = flows;
            if (made == null) {
                made = making.apply(identity);
                flows = made;
            }
            return made;
        } finally {
            lock.unlock();
        }
    }

    /** It acts as these from now on: a service, by its start, before anybody holds anything of it. */
    void actAs(Flows others) {
        flows = others;
    }

    /** When somebody last made a call. */
    Instant lastUsed() {
        return lastUsed;
    }

    Instant expiresAt() {
        return expiresAt;
    }

    /** What its calls use. */
    Usage usage() {
        return usage;
    }

    /**
     * Takes a terminal of the caller's over, in place of any before, whose grant closes. Nothing is kept of it once the session is over.
     */
    void bring(TerminalSession.Client brought) {
        TerminalSession.Client unwanted;
        Grant old;
        lock.lock();
        try {
            boolean isOver = endedBecause != null;
            unwanted = isOver ? brought : terminal;
            terminal = isOver ? null : brought;
            old = grants.get(Slot.TERMINAL);
        } finally {
            lock.unlock();
        }
        if (old != null) {
            old.close("the session was taken up with another terminal");
        }
        if (unwanted != null) {
            unwanted.close();
        }
    }

    /** A reference to the terminal that the caller brought, which whoever asks closes; empty if there is none or its client is gone. */
    Optional<TerminalSession.Client> terminal() {
        lock.lock();
        try {
            return Optional.ofNullable(terminal)
                    .filter(client -> endedBecause == null && !client.isBroken())
                    .map(TerminalSession.Client::share);
        } finally {
            lock.unlock();
        }
    }

    /** Whether {@link #terminal} has one now. */
    boolean hasTerminal() {
        lock.lock();
        try {
            return terminal != null && endedBecause == null && !terminal.isBroken();
        } finally {
            lock.unlock();
        }
    }

    /** The plan its grants were made from; empty until they are. */
    Optional<BundlePlan> plan() {
        return Optional.ofNullable(plan);
    }

    /**
     * Held while a plan is made into grants, and while what ends with the session is cleared away: two connections that take the
     * session up do not mint against each other, and nothing is made for a session that was cleared away.
     */
    ReentrantLock minting() {
        return minting;
    }

    /** Somebody made a call: the idle timeout starts afresh. */
    void used(Instant now) {
        lastUsed = now;
    }

    /** Why the session is over at that time; empty while it lives. */
    Optional<String> endedAt(Instant now) {
        String why = endedBecause;
        if (why != null) {
            return Optional.of(why);
        }
        if (!now.isBefore(expiresAt)) {
            return Optional.of("the session has expired");
        }
        return now.isBefore(lastUsed.plus(idleTimeout))
                ? Optional.empty()
                : Optional.of("the session was idle too long");
    }

    /** The live grant of that slot, if there is one. */
    Optional<Grant> grant(Slot slot) {
        lock.lock();
        try {
            return Optional.ofNullable(grants.get(slot));
        } finally {
            lock.unlock();
        }
    }

    /** All grants, live or not. */
    List<Grant> grants() {
        lock.lock();
        try {
            return List.copyOf(grants.values());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Makes these the session's grants, if the plan they were made from still holds. Grants that the plan gives no more are
     * closed. The caller holds {@link #minting}.
     *
     * @param next one for each slot that the plan grants: a new one, or the session's own if it stays as it is
     */
    Publication publish(BundlePlan newPlan, Ground newGround, Map<Slot, Grant> next) {
        List<Grant> replaced = new ArrayList<>();
        lock.lock();
        try {
            String why = endedBecause;
            if (why != null) {
                return new Publication.Over(why);
            }
            if (newPlan.sources().stream().anyMatch(source -> isOutdated(source, newGround))
                    || newPlan.granted().stream().anyMatch(this::restsOnEndedLease)
                    || next.values().stream().anyMatch(grant -> grant.closed().isPresent())) {
                return new Publication.Stale();
            }
            for (Map.Entry<Slot, Grant> entry : Map.copyOf(grants).entrySet()) {
                if (!entry.getValue().equals(next.get(entry.getKey()))) {
                    replaced.add(entry.getValue());
                }
            }
            grants.clear();
            grants.putAll(next);
            for (PolicyDecision.Granted decision : newPlan.granted()) {
                Grant grant = next.get(decision.slot());
                if (grant != null) {
                    grant.restOn(decision);
                }
            }
            ground = newGround;
            plan = newPlan;
            BundlePlan.Terms terms = newPlan.terms().orElseThrow();
            expiresAt = identity.startedAt().plus(terms.lifetime());
            idleTimeout = terms.idleTimeout();
            usage.limit(terms.limits());
        } finally {
            lock.unlock();
        }
        replaced.forEach(grant -> grant.close("the bundle was planned again without it"));
        return new Publication.Published();
    }

    private boolean restsOnEndedLease(PolicyDecision.Granted decision) {
        return decision.lease().map(Lease::id).filter(endedLeases::contains).isPresent();
    }

    /**
     * Closes what rests on that lease, now and from now on: no plan that was made while it ran is published any more. Does not block.
     *
     * @param closing how a grant is closed
     */
    void endLease(ApprovalId lease, String why, BiConsumer<Grant, String> closing) {
        List<Grant> resting;
        lock.lock();
        try {
            endedLeases.add(lease);
            resting = grants.values().stream()
                    .filter(grant -> grant.approval().filter(lease::equals).isPresent())
                    .toList();
        } finally {
            lock.unlock();
        }
        resting.forEach(grant -> closing.accept(grant, why));
    }

    private boolean isOutdated(Source source, @Nullable Ground on) {
        if (isPinned(source.kind(), on)) {
            return false;
        }
        Moved.Policy policy = newestPolicy;
        if (source.kind() == RecordKind.POLICY_VERSION && policy != null) {
            // A policy version may be a record of its own: any other one than the newest is outdated.
            return !source.recordId().equals(policy.recordId()) || source.version() < policy.version();
        }
        Long version = newest.get(source.recordId());
        return version != null && version > source.version();
    }

    /** Whether the account names one version of that profile, so that a later one does not concern it. */
    private static boolean isPinned(RecordKind kind, @Nullable Ground on) {
        return switch (kind) {
            case RESOURCE_PROFILE ->
                on != null && on.resourceProfile().versionId().isPresent();
            case POLICY_PROFILE -> on != null && on.policyProfile().versionId().isPresent();
            case ACCOUNT, ROLE_BINDING, POLICY_VERSION, CREDENTIAL, EXTERNAL_BINDING, SEED_MANIFEST, STORE_KEY -> false;
        };
    }

    /**
     * A commit changed a record this session is registered for. Closes what rested on it; called by the commit lane before the
     * commit is acknowledged.
     *
     * @param causes what is told to callers
     * @return why the whole session must end, if it must, and what was cut if not: the lane leaves it to others to release that
     */
    Effect moved(Moved change, Cause.Shared causes) {
        Map<Grant, String> closing = new HashMap<>();
        lock.lock();
        try {
            newest.merge(change.recordId(), change.version(), Math::max);
            switch (change) {
                case Moved.Account account -> {
                    Optional<String> end = endBy(account.status());
                    if (end.isPresent()) {
                        return new Effect(end, List.of());
                    }
                    Ground now = new Ground(account.resourceProfile(), account.policyProfile());
                    if (ground != null && !ground.equals(now)) {
                        outdatedBy(change).forEach(grant -> closing.put(grant, "the account's profiles were changed"));
                    }
                }
                case Moved.Resources resources -> {
                    outdatedBy(change)
                            .forEach(grant -> closing.put(
                                    grant, changed(RecordKind.RESOURCE_PROFILE, grant, resources.recordId())));
                    limitBy(resources);
                }
                case Moved.Other other ->
                    outdatedBy(change)
                            .forEach(grant -> closing.put(grant, changed(other.kind(), grant, other.recordId())));
                case Moved.Policy policy -> {
                    newestPolicy = policy;
                    grants.values().stream()
                            .filter(grant ->
                                    grant.decision().sources().stream().anyMatch(source -> isOutdated(source, ground)))
                            .forEach(grant -> closing.put(grant, "the role catalogue was changed"));
                }
            }
        } finally {
            lock.unlock();
        }
        closing.forEach((grant, why) -> grant.cutByCommit(causes.of(why)));
        return new Effect(Optional.empty(), List.copyOf(closing.keySet()));
    }

    /** New limits count at once, unless the account pins another version of the profile. */
    private void limitBy(Moved.Resources resources) {
        boolean follows = ground != null && ground.resourceProfile().versionId().isEmpty();
        boolean isMine = Optional.ofNullable(plan)
                .flatMap(BundlePlan::terms)
                .filter(terms -> terms.resources().recordId().equals(resources.recordId())
                        && terms.resources().version() < resources.version())
                .isPresent();
        if (follows && isMine) {
            usage.limit(resources.limits());
        }
    }

    /** What a change does to a session: ends it, or closes some of its grants. */
    record Effect(Optional<String> end, List<Grant> closed) {}

    private Optional<String> endBy(AccountStatus status) {
        return switch (status) {
            case ACTIVE -> Optional.empty();
            case DISABLED -> Optional.of("the account was disabled");
            case LOCKED -> Optional.of("the account was locked");
            case RECOVERY_ONLY ->
                identity.kind() == SessionKind.RECOVERY
                        ? Optional.empty()
                        : Optional.of("the account was restricted to recovery");
        };
    }

    private List<Grant> outdatedBy(Moved change) {
        return grants.values().stream()
                .filter(grant -> grant.decision().sources().stream()
                        .anyMatch(source -> source.recordId().equals(change.recordId())
                                && source.version() < change.version()
                                && !isPinned(source.kind(), ground)))
                .toList();
    }

    private static String changed(RecordKind kind, Grant grant, RecordId recordId) {
        String name = grant.decision().sources().stream()
                .filter(source -> source.recordId().equals(recordId))
                .map(Source::name)
                .findFirst()
                .orElse("");
        return switch (kind) {
            case ROLE_BINDING -> "the binding of role \"" + name + "\" was changed";
            case RESOURCE_PROFILE -> "resource profile \"" + name + "\" was changed";
            case POLICY_PROFILE -> "policy profile \"" + name + "\" was changed";
            case ACCOUNT, POLICY_VERSION, CREDENTIAL, EXTERNAL_BINDING, SEED_MANIFEST, STORE_KEY ->
                "a record this grant rests on was changed";
        };
    }

    /**
     * Ends the session: cuts every grant. Does not block. {@link #release} is to follow.
     *
     * @return false if it was over before
     */
    boolean end(Cause cause) {
        return end(cause, Optional.empty());
    }

    /** As {@link #end(Cause)}, for the call through {@code last} that ends it: that grant is only shut, so the call can answer. */
    boolean end(Cause cause, Optional<Grant> last) {
        List<Grant> closing;
        lock.lock();
        try {
            if (endedBecause != null) {
                return false;
            }
            endedBecause = cause.why();
            closing = List.copyOf(grants.values());
        } finally {
            lock.unlock();
        }
        for (Grant grant : closing) {
            if (last.isPresent() && last.get().equals(grant)) {
                grant.shut(cause);
            } else {
                grant.cut(cause);
            }
        }
        return true;
    }

    /** Gives back what an ended session held. Does not block. */
    void release() {
        TerminalSession.Client brought;
        lock.lock();
        try {
            brought = terminal;
            terminal = null;
        } finally {
            lock.unlock();
        }
        grants().forEach(Grant::release);
        if (brought != null) {
            brought.close();
        }
    }

    /** Notes that there is a log which ends with the session, before it is begun; false if it was noted before. */
    boolean ownsLog() {
        return !log.getAndSet(true);
    }

    /** Whether there is a log which ends with the session. */
    boolean hasOwnLog() {
        return log.get();
    }

    /** Notes a storage root that ends with the session, before it is made. */
    void owns(RootId root) {
        roots.add(root);
    }

    /** The storage roots that end with the session. */
    Set<RootId> roots() {
        return Set.copyOf(roots);
    }

    /** Completes when everything that ends with the session is gone: its storage, its place in the table. */
    CompletableFuture<Void> cleared() {
        return cleared;
    }
}
