package dev.bailiwick.broker;

import dev.bailiwick.accountstore.OpaqueBytes;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.RootId;
import dev.bailiwick.schema.SessionId;
import dev.bailiwick.schema.gen.TerminalSession;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Turns plans into live sessions: the only place where a {@link PolicyDecision} becomes a capability.
 *
 * <p>The order is what makes revocation free of gaps (see {@link Session}): register for the records a plan will rest on, read
 * them, plan, make the objects, publish them if nothing moved meanwhile, or else start over. Thread-safe; methods wait for the
 * store and are meant for virtual threads.
 */
final class Minter {
    /** Bytes of a session reference: as hard to guess as a key. */
    static final int REFERENCE_BYTES = 32;

    /** What came of asking for a session. */
    sealed interface Outcome {
        /**
         * It lives, and holds what it should.
         *
         * @param reference the way back into it; empty if there is none. Shown once: only its hash is kept
         */
        record Started(Session session, OpaqueBytes reference) implements Outcome {}

        /** There is none, for that reason. */
        record Refused(Refusal refusal) implements Outcome {}
    }

    private final Records records;
    private final Sessions sessions;
    private final Plans plans;
    private final SlotObjects objects;
    private final Roots roots;
    private final Janitor janitor;
    private final Leases leases;
    private final AuditTrail audit;
    private final InstantSource clock;
    private final RandomGenerator random;

    /** @param random must be unpredictable: session references come from it */
    Minter(
            Records records,
            Sessions sessions,
            Planner planner,
            SlotObjects objects,
            Roots roots,
            Janitor janitor,
            Leases leases,
            AuditTrail audit,
            InstantSource clock,
            RandomGenerator random) {
        this.records = records;
        this.sessions = sessions;
        this.plans = new Plans(planner);
        this.objects = objects;
        this.roots = roots;
        this.janitor = janitor;
        this.leases = leases;
        this.audit = audit;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Starts a session of that account.
     *
     * @param proof the credential that the caller showed, which must still be the account's; empty if none was needed
     * @param terminal the caller's own, which stays the caller's to close; null if there is none
     */
    Outcome start(
            RecordId account,
            Caller caller,
            AuthStrength strength,
            Optional<Dossier.Proof> proof,
            TerminalSession.Client terminal) {
        Optional<Dossier> found = records.withoutCredentials(account);
        if (found.isEmpty()) {
            return new Outcome.Refused(Refusal.because("not-found", "the account does not exist"));
        }
        Instant now = clock.instant();
        SessionKind kind = SessionKind.of(found.get().account().content().kind());
        BundlePlan first = plans.plan(
                found.get().facts(), new Circumstances(kind, caller.source(), strength, !terminal.isNull(), now));
        if (first.refusal().isPresent()) {
            return new Outcome.Refused(refused(first.refusal().get()));
        }
        OpaqueBytes reference = reference(kind);
        Session session = new Session(
                identity(found.get(), kind, caller, strength, now),
                reference.length() == 0 ? Optional.empty() : Optional.of(Hash256.sha256(reference.toBytes())),
                clock);
        Sessions.Admission admission =
                sessions.admit(session, first.terms().orElseThrow().sessionLimit());
        if (admission != Sessions.Admission.ADMITTED) {
            return new Outcome.Refused(full(admission));
        }
        boolean started = false;
        try {
            bring(session, terminal);
            // INVARIANT (register, then read): mint() reads again; what was read above only says what to register for.
            var _ = sessions.depend(session, recordsOf(first));
            Optional<Refusal> refusal = mint(session, proof);
            started = refusal.isEmpty();
            return refusal.<Outcome>map(Outcome.Refused::new).orElseGet(() -> new Outcome.Started(session, reference));
        } finally {
            if (!started) {
                janitor.discard(session, "the session could not be started");
            }
        }
    }

    /** Plans a live session again and gives it what it should hold now; the reason, if it should hold nothing. */
    Optional<Refusal> refresh(Session session) {
        return refresh(session, TerminalSession.factory.nullClient());
    }

    /**
     * As {@link #refresh(Session)}.
     *
     * @param terminal the caller's own, in place of any before; null leaves that as it is
     */
    Optional<Refusal> refresh(Session session, TerminalSession.Client terminal) {
        session.minting().lock();
        try {
            List<Grant> before = session.grants();
            bring(session, terminal);
            Optional<Refusal> refusal = mint(session, Optional.empty());
            if (refusal.isEmpty()) {
                note(session, before);
            }
            return refusal;
        } finally {
            session.minting().unlock();
        }
    }

    /** Audits what is other than it was, before anybody is given it. */
    private void note(Session session, List<Grant> before) {
        List<Grant> now = session.grants();
        audit.revoked(before.stream()
                .filter(grant -> grant.closed().isPresent()
                        && session.endedAt(session.now()).isEmpty())
                .toList());
        List<Slot> added = now.stream()
                .filter(grant -> !before.contains(grant))
                .map(grant -> grant.decision().slot())
                .toList();
        if (!added.isEmpty()) {
            audit.granted(session, added);
        }
    }

    private static void bring(Session session, TerminalSession.Client terminal) {
        if (!terminal.isNull()) {
            session.bring(terminal.share());
        }
    }

    private Optional<Refusal> mint(Session session, Optional<Dossier.Proof> proof) {
        session.minting().lock();
        try {
            for (int attempt = 0; attempt < Limits.REPLANS; attempt++) {
                RecordId account = session.identity().account();
                Optional<Dossier> dossier =
                        proof.isPresent() ? records.byId(account) : records.withoutCredentials(account);
                if (dossier.isEmpty()) {
                    return Optional.of(Refusal.because("not-found", "the account does not exist"));
                }
                Instant now = clock.instant();
                if (proof.isPresent() && !dossier.get().stillHas(proof.get(), now)) {
                    return Optional.of(Authenticator.FAILED);
                }
                Circumstances circumstances = circumstances(session, now);
                BundlePlan plan = plans.plan(dossier.get().facts(), circumstances);
                if (plan.refusal().isPresent()) {
                    return Optional.of(refused(plan.refusal().get()));
                }
                Optional<String> ended = session.endedAt(now);
                if (ended.isPresent()) {
                    return Optional.of(new Refusal("session-expired", ended.get(), "log in again"));
                }
                if (!sessions.depend(session, recordsOf(plan))) {
                    continue; // Read before it was registered: what changed in between would go unnoticed.
                }
                if (roots.areMissing(dossier.get().account(), plan)) {
                    roots.provide(dossier.get().account());
                    continue; // That is a new version of the account.
                }
                endIneligible(plan, circumstances, now);
                switch (publish(session, dossier.get(), plan)) {
                    case Session.Publication.Published() -> {
                        return Optional.empty();
                    }
                    // If it is over, the next plan says why there is no session, or the check before it.
                    case Session.Publication.Stale(), Session.Publication.Over(var _) -> {}
                }
            }
            return Optional.of(new Refusal(
                    "store-busy", "the records this session rests on keep changing", "try again in a moment"));
        } finally {
            session.minting().unlock();
        }
    }

    private Session.Publication publish(Session session, Dossier dossier, BundlePlan plan) {
        Map<Slot, Grant> next = new EnumMap<>(Slot.class);
        Map<Slot, Grant> fresh = new EnumMap<>(Slot.class);
        boolean published = false;
        try {
            for (PolicyDecision.Granted decision : plan.granted()) {
                Grant grant = session.grant(decision.slot())
                        .filter(old -> old.closed().isEmpty() && old.isSameAs(decision))
                        .orElseGet(() -> {
                            Grant made = new Grant(session, decision);
                            fresh.put(decision.slot(), made);
                            return made;
                        });
                next.put(decision.slot(), grant);
            }
            fresh.values().forEach(grant -> objects.fill(grant, dossier));
            Session.Publication publication = session.publish(plan, dossier.ground(), next);
            published = publication instanceof Session.Publication.Published;
            return publication;
        } finally {
            if (!published) {
                fresh.values().forEach(grant -> grant.close("it was never given out"));
            }
        }
    }

    private Circumstances circumstances(Session session, Instant now) {
        Session.Identity identity = session.identity();
        return new Circumstances(
                identity.kind(),
                identity.source(),
                session.authentication().strength(),
                session.hasTerminal(),
                now,
                leases.running(session, now));
    }

    /** A lease that its session is not eligible for is over, and does not come back with the eligibility. */
    private void endIneligible(BundlePlan plan, Circumstances circumstances, Instant now) {
        for (Lease lease : circumstances.leases()) {
            if (!plan.leases().contains(lease.fragment())) {
                leases.ineligible(lease.id(), now);
            }
        }
    }

    private static List<RecordId> recordsOf(BundlePlan plan) {
        return plan.sources().stream().map(Source::recordId).toList();
    }

    private Session.Identity identity(
            Dossier dossier, SessionKind kind, Caller caller, AuthStrength strength, Instant now) {
        ByteBuffer drawn = draw(3 * Id128.BYTES);
        return new Session.Identity(
                new SessionId(next(drawn)),
                dossier.account().recordId(),
                dossier.account().content().principalId(),
                dossier.account().content().name(),
                dossier.account().content().displayName(),
                kind,
                caller.source(),
                strength,
                caller.uid(),
                now,
                new RootId(next(drawn)),
                new RootId(next(drawn)));
    }

    /** One draw for all that a session needs: a secure generator takes longer for each draw than for each byte. */
    private ByteBuffer draw(int bytes) {
        byte[] drawn = new byte[bytes];
        random.nextBytes(drawn);
        return ByteBuffer.wrap(drawn);
    }

    private static Id128 next(ByteBuffer drawn) {
        return new Id128(drawn.getLong(), drawn.getLong());
    }

    /** Anonymous sessions have no way back: whoever comes again is as anonymous as before. */
    private OpaqueBytes reference(SessionKind kind) {
        return switch (kind) {
            case ANONYMOUS -> OpaqueBytes.NONE;
            case LOCAL, OPERATOR, GUEST, EXTERNAL, SERVICE, RECOVERY ->
                OpaqueBytes.of(draw(REFERENCE_BYTES).array());
        };
    }

    private static Refusal refused(BundlePlan.Refusal refusal) {
        return new Refusal(refusal.code().text(), refusal.message(), hint(refusal.code()));
    }

    private static String hint(PlanCode code) {
        return switch (code) {
            case ACCOUNT_DISABLED, ACCOUNT_LOCKED, ACCOUNT_RECOVERY_ONLY -> "ask an account administrator";
            case CONSOLE_ONLY -> "use the machine's own console";
            case UNKNOWN_PROFILE, STALE_PROFILE, PROFILE_KIND, UNKNOWN_FRAGMENT, UNKNOWN_POLICY ->
                "ask an administrator to correct the account's profiles";
            case NOT_OFFERED,
                    NOT_SELECTED,
                    KIND_FORBIDS,
                    NO_QUOTA,
                    NO_TERMINAL,
                    ROLE_NOT_ALLOWED,
                    ROLE_EXPIRED,
                    ROLE_KIND,
                    ADMINISTRATIVE_ROLE,
                    UNKNOWN_ROLE,
                    KIND_MISMATCH,
                    AUTH_TOO_WEAK -> "";
        };
    }

    private static Refusal full(Sessions.Admission admission) {
        return switch (admission) {
            case ADMITTED -> throw new IllegalArgumentException("an admitted session is not refused");
            case ACCOUNT_FULL ->
                new Refusal(
                        "session-limit",
                        "the account has as many live sessions as its resource profile allows",
                        "log out of one first");
            case UID_FULL ->
                new Refusal(
                        "session-limit",
                        "there are too many anonymous sessions of this operating-system user",
                        "wait for one to expire");
            case DAEMON_FULL ->
                new Refusal("session-limit", "the daemon has as many live sessions as it can hold", "try again later");
        };
    }
}
