package dev.bailiwick.broker;

import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.profiles.SlotRule;
import dev.bailiwick.schema.ApprovalId;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.RecordId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asking for leases, and deciding about them (docs/approval.md). What is decided becomes grants by the same way as everything else: the
 * session is planned again with its leases among the circumstances, and the minter makes of the plan what it makes of every plan.
 *
 * <p>A step that gives something is in the audit chain before it has an effect; a step that takes something away has its effect first.
 * Thread-safe; methods wait for the store and are meant for virtual threads.
 */
final class Approvals {
    /** The label of a policy profile that says how long its sessions' leases last at most. */
    static final String LIMIT_LABEL = "lease-limit";

    private static final Pattern LIMIT = Pattern.compile("([1-9]\\d{0,8})([smh])");

    /** What came of a step. */
    sealed interface Outcome {
        /** The request, as it stands now. */
        record Done(LeaseRequest request) implements Outcome {}

        /** It was not taken. */
        record Refused(Refusal refusal) implements Outcome {}
    }

    private static final Outcome UNKNOWN = new Outcome.Refused(
            new Refusal("not-found", "there is no such request, or not any more", "list the requests"));

    private static final Outcome DECIDED = new Outcome.Refused(
            new Refusal("already-decided", "the request does not wait for a decision", "list the requests"));

    private static final Outcome NOT_RUNNING =
            new Outcome.Refused(new Refusal("not-running", "there is no such lease in force", "list the requests"));

    private final Leases leases;
    private final Records records;
    private final Planner planner;
    private final Minter minter;
    private final Set<Slot> offered;
    private final AuditTrail audit;
    private final InstantSource clock;
    private final RandomGenerator random;

    /** @param random request ids come from it */
    Approvals(
            Leases leases,
            Records records,
            Planner planner,
            Minter minter,
            Set<Slot> offered,
            AuditTrail audit,
            InstantSource clock,
            RandomGenerator random) {
        this.leases = leases;
        this.records = records;
        this.planner = planner;
        this.minter = minter;
        this.offered = Set.copyOf(offered);
        this.audit = audit;
        this.clock = clock;
        this.random = random;
    }

    // ---- what a session asks for ----

    /** The requests of the session that are remembered, oldest first. */
    List<LeaseRequest> of(Session session) {
        leases.settle(clock.instant());
        return leases.of(session);
    }

    /** Asks for a lease; {@code Duration.ZERO} asks for the longest that policy allows. */
    Outcome ask(Session session, String fragment, String reason, Duration duration) {
        Optional<Refusal> bad = badReason(reason);
        if (bad.isPresent()) {
            return refused(session, "lease.request", bad.get());
        }
        return switch (terms(session, fragment, duration)) {
            case Terms.Not(Refusal refusal) -> refused(session, "lease.request", refusal);
            case Terms.Allowed(List<SlotRule> slots, Duration allowed, Duration age) ->
                ask(request(session, fragment, slots, reason, allowed, age));
        };
    }

    private LeaseRequest request(
            Session session, String fragment, List<SlotRule> slots, String reason, Duration allowed, Duration age) {
        return new LeaseRequest(
                new ApprovalId(new Id128(random.nextLong(), random.nextLong())),
                session,
                fragment,
                slots,
                reason,
                allowed,
                clock.instant(),
                session.authentication().strength(),
                age,
                new LeaseRequest.State.Waiting(clock.instant().plus(Limits.REQUEST)));
    }

    private Outcome ask(LeaseRequest request) {
        Session session = request.session();
        leases.settle(clock.instant());
        Leases.Admission admission = leases.admit(request);
        if (admission != Leases.Admission.ADMITTED) {
            return refused(session, "lease.request", full(admission, request.fragment()));
        }
        boolean noted = false;
        try {
            audit.lease(request, "lease.request", Optional.of(session), "", LeaseWords.after(request));
            noted = true;
        } finally {
            if (!noted) {
                leases.withdraw(request);
            }
        }
        // The session may have ended, and been cleared away, before its request was there to be cleared away too.
        session.endedAt(clock.instant()).ifPresent(why -> leases.forget(session, clock.instant(), why));
        return new Outcome.Done(request);
    }

    private static Refusal full(Leases.Admission admission, String fragment) {
        return switch (admission) {
            case ADMITTED -> throw new IllegalArgumentException("an admitted request is not refused");
            case ASKED_BEFORE ->
                new Refusal(
                        "already-requested",
                        "this session has asked for \"" + fragment + "\" already, or holds a lease of it",
                        "wait for the decision, renew the lease, or give it back first");
            case SESSION_FULL, PRINCIPAL_FULL ->
                new Refusal(
                        "request-limit",
                        "there are as many requests and leases of yours as there may be",
                        "give one back first");
            case DAEMON_FULL ->
                new Refusal("request-limit", "the daemon holds as many requests as it can", "try again later");
        };
    }

    /** Under which terms a session may have a lease. */
    private sealed interface Terms {
        record Allowed(List<SlotRule> slots, Duration duration, Duration authAge) implements Terms {}

        record Not(Refusal refusal) implements Terms {}
    }

    private Terms terms(Session session, String fragment, Duration wanted) {
        Instant now = clock.instant();
        Optional<Dossier> dossier = records.byId(session.identity().account());
        Optional<BundlePlan> plan = dossier.map(found -> planned(session, found, now));
        if (plan.isEmpty()
                || !(dossier.orElseThrow().facts().policyProfile()
                        instanceof Facts.Lookup.Found<PolicyProfile>(var policy, var _, var _))
                || !(dossier.orElseThrow().facts().catalogue()
                        instanceof Facts.Lookup.Found<PolicyCatalogue>(var catalogue, var _, var _))) {
            return new Terms.Not(Refusal.because("not-eligible", "the session may lease nothing"));
        }
        if (!plan.get().leases().contains(fragment)) {
            return new Terms.Not(new Refusal(
                    "not-eligible",
                    "no role in force lets this session ask for " + Refusal.quoted(fragment),
                    plan.get().leases().isEmpty()
                            ? "it may ask for nothing"
                            : "it may ask for " + String.join(", ", plan.get().leases())));
        }
        List<SlotRule> slots = catalogue.fragment(fragment).orElseThrow().slots().stream()
                .filter(rule -> offered.contains(rule.slot())
                        && Ceiling.of(session.identity().kind(), rule.slot()).isPresent())
                .toList();
        if (slots.isEmpty()) {
            return new Terms.Not(new Refusal(
                    "not-offered",
                    "\"" + fragment + "\" holds nothing that this build can give to such a session",
                    "nobody can grant it"));
        }
        Duration age = Duration.between(session.authentication().at(), now);
        Optional<Refusal> weak = tooWeak(session, slots, age, policy.freshAuth());
        if (weak.isPresent()) {
            return new Terms.Not(weak.get());
        }
        return limited(policy, slots, wanted, age);
    }

    private static Optional<Refusal> tooWeak(Session session, List<SlotRule> rules, Duration age, Duration fresh) {
        List<Slot> slots = rules.stream().map(SlotRule::slot).toList();
        if (session.authentication().strength().compareTo(Reviewing.strengthFor(slots)) < 0) {
            return Optional.of(new Refusal(
                    "auth-too-weak",
                    "asking for this needs a login with a password or a key",
                    "log in with your password, and ask again"));
        }
        return Reviewing.isSensitive(slots) && age.compareTo(fresh) >= 0
                ? Optional.of(new Refusal(
                        "fresh-auth-required",
                        "asking for this needs a proof of identity that is not older than " + LeaseWords.text(fresh),
                        "show again who you are, or log in again, and ask again"))
                : Optional.empty();
    }

    private static Terms limited(PolicyProfile policy, List<SlotRule> slots, Duration wanted, Duration age) {
        Optional<Duration> longest = longestLease(policy);
        if (longest.isEmpty()) {
            return new Terms.Not(new Refusal(
                    "invalid-policy",
                    "policy profile \"" + policy.name() + "\" has the label \"" + LIMIT_LABEL
                            + "\" that is no duration: \"" + policy.labels().get(LIMIT_LABEL) + "\"",
                    "ask a policy administrator to make it such as \"30m\" or \"2h\""));
        }
        Duration most = longest.get();
        Duration duration = wanted.isZero() ? most : wanted;
        if (duration.compareTo(most) > 0 || duration.compareTo(Limits.LEASE_MIN) < 0) {
            return new Terms.Not(new Refusal(
                    "lease-too-long",
                    "a lease lasts " + LeaseWords.text(Limits.LEASE_MIN) + " to " + LeaseWords.text(most),
                    "ask for a time in between"));
        }
        return new Terms.Allowed(slots, duration, age);
    }

    /** How long a lease of that profile's sessions lasts at most; empty, and then there is none, if its label for that is no duration. */
    static Optional<Duration> longestLease(PolicyProfile policy) {
        String label = policy.labels().get(LIMIT_LABEL);
        if (label == null) {
            return Optional.of(Limits.LEASE);
        }
        Matcher limit = LIMIT.matcher(label);
        if (!limit.matches()) {
            return Optional.empty();
        }
        long count = Long.parseLong(limit.group(1));
        Duration own = switch (limit.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            // The pattern admits no fourth unit.
            default -> Duration.ofHours(count);
        };
        return Optional.of(own.compareTo(Limits.LEASE) < 0 ? own : Limits.LEASE);
    }

    private BundlePlan planned(Session session, Dossier dossier, Instant now) {
        Session.Identity identity = session.identity();
        return planner.plan(
                dossier.facts(),
                new Circumstances(
                        identity.kind(),
                        identity.source(),
                        session.authentication().strength(),
                        session.hasTerminal(),
                        now,
                        leases.running(session, now)));
    }

    private static Optional<Refusal> badReason(String reason) {
        boolean good = !reason.isBlank()
                && reason.length() <= Limits.REASON_CHARS
                && reason.codePoints().noneMatch(Character::isISOControl);
        return good
                ? Optional.empty()
                : Optional.of(new Refusal(
                        "invalid-argument",
                        "a reason has 1 to " + Limits.REASON_CHARS + " characters and no control characters",
                        "say in a sentence what for; it is kept in the audit chain, so no secrets"));
    }

    /** Completes when the request is decided; empty if there is none of that session, or too many wait for it already. */
    Optional<CompletableFuture<LeaseRequest>> decision(Session session, ApprovalId id) {
        leases.settle(clock.instant());
        return own(session, id).flatMap(request -> leases.decision(id));
    }

    private Optional<LeaseRequest> own(Session session, ApprovalId id) {
        return leases.find(id).filter(request -> request.session().equals(session));
    }

    /** Asks to have a lease that runs renewed. */
    Outcome renew(Session session, ApprovalId id, Duration duration) {
        Optional<LeaseRequest> found = own(session, id);
        if (found.isEmpty()) {
            return UNKNOWN;
        }
        if (!(found.get().state() instanceof LeaseRequest.State.Running running)
                || !clock.instant().isBefore(running.lease().until())) {
            return NOT_RUNNING;
        }
        if (running.renewal().isPresent()) {
            return refused(
                    session,
                    "lease.renew",
                    full(Leases.Admission.ASKED_BEFORE, found.get().fragment()));
        }
        return switch (terms(session, found.get().fragment(), duration)) {
            case Terms.Not(Refusal refusal) -> refused(session, "lease.renew", refusal);
            case Terms.Allowed(var _, Duration allowed, var _) -> {
                audit.lease(
                        found.get(),
                        "lease.renew",
                        Optional.of(session),
                        LeaseWords.running(running.lease()),
                        "asked to renew it for " + LeaseWords.text(allowed));
                yield changed(
                        id,
                        request -> new LeaseRequest.State.Running(
                                request.lease(),
                                request.approver(),
                                request.decidedAt(),
                                Optional.of(new LeaseRequest.Renewal(
                                        allowed, clock.instant().plus(Limits.REQUEST)))));
            }
        };
    }

    private interface Step {
        LeaseRequest.State.Running of(LeaseRequest.State.Running running);
    }

    private Outcome changed(ApprovalId id, Step step) {
        return leases.change(
                        id,
                        clock.instant(),
                        request -> request.in(step.of((LeaseRequest.State.Running) request.state())))
                .<Outcome>map(Outcome.Done::new)
                .orElse(NOT_RUNNING);
    }

    /** Ends a lease on its holder's wish, or withdraws a request. */
    Outcome giveBack(Session session, ApprovalId id) {
        return own(session, id).isEmpty()
                ? UNKNOWN
                : ended(
                        leases.end(
                                id,
                                LeaseRequest.How.GIVEN_BACK,
                                clock.instant(),
                                session.identity().name(),
                                "it was given back"),
                        session);
    }

    private Outcome ended(Optional<LeaseRequest> over, Session by) {
        if (over.isEmpty()) {
            return NOT_RUNNING;
        }
        audit.lease(
                over.get(),
                LeaseWords.stepOf(over.get()),
                Optional.of(by),
                LeaseWords.before(over.get()),
                LeaseWords.after(over.get()));
        return new Outcome.Done(over.get());
    }

    // ---- what a reviewer decides ----

    /** What may be seen for review: of others, and what waits first. */
    List<LeaseRequest> forReview() {
        leases.settle(clock.instant());
        return leases.all();
    }

    /**
     * Gives a lease to a session that cannot ask for one: a service's, which holds no {@code ApprovalClient} (ARCHITECTURE 6,
     * "supervisor-approved"). It is a request of that session's which is granted as it is made; all rules for both hold.
     *
     * @param through the reviewer's own grant
     * @param session who is to hold it
     * @param duration {@code Duration.ZERO} for the longest that policy allows
     */
    Outcome give(Grant through, Session session, String fragment, String reason, Duration duration) {
        Optional<Refusal> bad = badReason(reason);
        if (bad.isPresent()) {
            return refused(through.session(), "lease.give", bad.get());
        }
        if (session.identity().kind() != SessionKind.SERVICE) {
            return refused(
                    through.session(),
                    "lease.give",
                    new Refusal(
                            "not-a-service",
                            "only sessions of services are given leases; whoever holds others asks for theirs",
                            "have its holder ask: bailiwick request FRAGMENT --reason TEXT"));
        }
        leases.settle(clock.instant());
        return switch (terms(session, fragment, duration)) {
            case Terms.Not(Refusal refusal) -> refused(through.session(), "lease.give", refusal);
            case Terms.Allowed(List<SlotRule> slots, Duration allowed, Duration age) ->
                give(through, request(session, fragment, slots, reason, allowed, age));
        };
    }

    private Outcome give(Grant through, LeaseRequest request) {
        return switch (decider(through, request)) {
            case Decider.Not(Refusal refusal) -> refused(through.session(), "lease.give", refusal);
            case Decider.Is(LeaseRequest.Approver approver) -> {
                // Before others can see it: this is decided already.
                var _ = leases.claim(request.id());
                try {
                    yield given(through, request, approver);
                } finally {
                    leases.release(request.id());
                }
            }
        };
    }

    private Outcome given(Grant through, LeaseRequest request, LeaseRequest.Approver approver) {
        Leases.Admission admission = leases.admit(request);
        if (admission != Leases.Admission.ADMITTED) {
            return refused(through.session(), "lease.give", full(admission, request.fragment()));
        }
        boolean begun = false;
        try {
            Outcome outcome = begin(through, request, approver, Duration.ZERO);
            begun = true;
            // The session may have ended, and been cleared away, before its lease was there to be cleared away too.
            request.session()
                    .endedAt(clock.instant())
                    .ifPresent(why -> leases.forget(request.session(), clock.instant(), why));
            return outcome;
        } finally {
            if (!begun) {
                leases.withdraw(request);
            }
        }
    }

    /**
     * Grants a request, or the renewal of a lease. When it answers, the asker's session holds what was leased.
     *
     * @param through the reviewer's own grant
     * @param wanted at most what was asked for; {@code Duration.ZERO} for just that
     */
    Outcome grant(Grant through, ApprovalId id, Duration wanted) {
        leases.settle(clock.instant());
        if (leases.find(id).isEmpty()) {
            return UNKNOWN;
        }
        if (!leases.claim(id)) {
            return DECIDED;
        }
        try {
            return leases.find(id)
                    .map(request -> granted(through, request, wanted))
                    .orElse(UNKNOWN);
        } finally {
            leases.release(id);
        }
    }

    private Outcome granted(Grant through, LeaseRequest request, Duration wanted) {
        return switch (decider(through, request)) {
            case Decider.Not(Refusal refusal) -> refused(through.session(), "lease.grant", refusal);
            case Decider.Is(LeaseRequest.Approver approver) ->
                switch (request.state()) {
                    case LeaseRequest.State.Waiting _ -> begin(through, request, approver, wanted);
                    case LeaseRequest.State.Running running ->
                        running.renewal().isEmpty() ? DECIDED : prolong(through, request, running, approver, wanted);
                    case LeaseRequest.State.Over _ -> DECIDED;
                };
        };
    }

    private Outcome begin(Grant through, LeaseRequest request, LeaseRequest.Approver approver, Duration wanted) {
        Optional<Refusal> tooLong = tooLong(wanted, request.duration());
        if (tooLong.isPresent()) {
            return refused(through.session(), "lease.grant", tooLong.get());
        }
        Duration duration = wanted.isZero() ? request.duration() : wanted;
        Lease lease = new Lease(
                request.id(), request.fragment(), request.slots(), approver.name(), end(request.session(), duration));
        // Noted before it has an effect; whoever decides has claimed it, so that of two reviewers one does.
        LeaseRequest granted = request.lasting(duration)
                .in(new LeaseRequest.State.Running(lease, approver, clock.instant(), Optional.empty()));
        audit.lease(
                granted,
                "lease.grant",
                Optional.of(through.session()),
                LeaseWords.waiting(request),
                LeaseWords.running(lease));
        Optional<LeaseRequest> running =
                leases.run(request.lasting(duration), (LeaseRequest.State.Running) granted.state());
        if (running.isEmpty()) {
            audit.lease(
                    granted,
                    "lease.end",
                    Optional.empty(),
                    LeaseWords.running(lease),
                    "it was taken back or denied before it began");
            return DECIDED;
        }
        return inForce(through, running.get());
    }

    private Outcome prolong(
            Grant through,
            LeaseRequest request,
            LeaseRequest.State.Running running,
            LeaseRequest.Approver approver,
            Duration wanted) {
        Duration asked = running.renewal().orElseThrow().duration();
        Optional<Refusal> tooLong = tooLong(wanted, asked);
        if (tooLong.isPresent()) {
            return refused(through.session(), "lease.grant", tooLong.get());
        }
        Duration duration = wanted.isZero() ? asked : wanted;
        Lease lease = running.lease().lasting(end(request.session(), duration));
        audit.lease(
                request,
                "lease.grant",
                Optional.of(through.session()),
                LeaseWords.running(running.lease()),
                LeaseWords.running(lease));
        Optional<LeaseRequest> renewed = leases.change(
                request.id(),
                clock.instant(),
                now -> now.lasting(duration)
                        .in(new LeaseRequest.State.Running(lease, approver, clock.instant(), Optional.empty())));
        return renewed.isEmpty() ? NOT_RUNNING : inForce(through, renewed.get());
    }

    /** A lease ends with its session, whatever was asked for. */
    private Instant end(Session session, Duration duration) {
        Instant end = clock.instant().plus(duration);
        return session.expiresAt().isBefore(end) ? session.expiresAt() : end;
    }

    private static Optional<Refusal> tooLong(Duration wanted, Duration asked) {
        return wanted.compareTo(asked) > 0 || (!wanted.isZero() && wanted.compareTo(Limits.LEASE_MIN) < 0)
                ? Optional.of(new Refusal(
                        "lease-too-long",
                        "it was asked for " + LeaseWords.text(asked) + "; a reviewer may grant that or less",
                        "grant " + LeaseWords.text(asked) + " or less"))
                : Optional.empty();
    }

    /** Makes grants of a lease that has begun to run, unless its ground has gone in between. */
    private Outcome inForce(Grant through, LeaseRequest request) {
        // INVARIANT (no lease outlives its approver's right): the lease is known to Leases.moved by now. Whatever
        // closed this grant
        // before is seen here; whatever closes it later finds the lease.
        Optional<String> closed = through.closed();
        if (closed.isPresent()) {
            leases.end(
                            request.id(),
                            LeaseRequest.How.GROUND_GONE,
                            clock.instant(),
                            "",
                            "whoever approved it lost the right to: " + closed.get())
                    .ifPresent(over -> audit.lease(
                            over,
                            LeaseWords.stepOf(over),
                            Optional.empty(),
                            LeaseWords.before(over),
                            LeaseWords.after(over)));
            throw Grant.revoked(closed.get());
        }
        Optional<Refusal> refusal = minter.refresh(request.session());
        if (refusal.isPresent()) {
            return new Outcome.Refused(new Refusal(
                    "not-granted",
                    "the session that asked cannot hold it: " + refusal.get().message(),
                    "its holder may have to log in again"));
        }
        return leases.find(request.id())
                .filter(now -> !now.isOver())
                .<Outcome>map(Outcome.Done::new)
                .orElseGet(() -> new Outcome.Refused(new Refusal(
                        "not-granted", "the session that asked may not hold it any more", "list the requests")));
    }

    /** Denies a request, or the renewal of a lease, which then goes on until it lapses. */
    Outcome deny(Grant through, ApprovalId id, String reason) {
        leases.settle(clock.instant());
        Session reviewer = through.session();
        Optional<LeaseRequest> found = leases.find(id);
        if (found.isEmpty()) {
            return UNKNOWN;
        }
        Optional<Refusal> bad = badReason(reason);
        if (bad.isPresent()) {
            return refused(reviewer, "lease.deny", bad.get());
        }
        return switch (decider(through, found.get())) {
            case Decider.Not(Refusal refusal) -> refused(reviewer, "lease.deny", refusal);
            case Decider.Is(LeaseRequest.Approver approver) ->
                switch (found.get().state()) {
                    case LeaseRequest.State.Waiting _ ->
                        ended(
                                leases.end(id, LeaseRequest.How.DENIED, clock.instant(), approver.name(), reason),
                                reviewer);
                    case LeaseRequest.State.Running running ->
                        running.renewal().isEmpty() ? DECIDED : unrenewed(reviewer, found.get(), running, reason);
                    case LeaseRequest.State.Over _ -> DECIDED;
                };
        };
    }

    private Outcome unrenewed(
            Session reviewer, LeaseRequest request, LeaseRequest.State.Running running, String reason) {
        Outcome outcome = changed(
                request.id(),
                now -> new LeaseRequest.State.Running(now.lease(), now.approver(), now.decidedAt(), Optional.empty()));
        audit.lease(
                request,
                "lease.deny",
                Optional.of(reviewer),
                "asked to renew it for "
                        + LeaseWords.text(running.renewal().orElseThrow().duration()),
                reason);
        return outcome;
    }

    /** Ends a lease before its time. What it gave is revoked when this answers. */
    Outcome cut(Grant through, ApprovalId id, String reason) {
        leases.settle(clock.instant());
        Session reviewer = through.session();
        Optional<LeaseRequest> found = leases.find(id);
        if (found.isEmpty()) {
            return UNKNOWN;
        }
        Optional<Refusal> bad = badReason(reason);
        if (bad.isPresent()) {
            return refused(reviewer, "lease.cut", bad.get());
        }
        return switch (decider(through, found.get())) {
            case Decider.Not(Refusal refusal) -> refused(reviewer, "lease.cut", refusal);
            case Decider.Is(LeaseRequest.Approver approver) ->
                found.get().state() instanceof LeaseRequest.State.Running
                        ? ended(
                                leases.end(
                                        id,
                                        LeaseRequest.How.CUT,
                                        clock.instant(),
                                        approver.name(),
                                        "\"" + approver.name() + "\" cut the lease: " + reason),
                                reviewer)
                        : NOT_RUNNING;
        };
    }

    /** Whether somebody may decide a request. */
    private sealed interface Decider {
        record Is(LeaseRequest.Approver approver) implements Decider {}

        record Not(Refusal refusal) implements Decider {}
    }

    private Decider decider(Grant through, LeaseRequest request) {
        Session reviewer = through.session();
        Session.Identity identity = reviewer.identity();
        if (identity.principalId().equals(request.session().identity().principalId())) {
            return new Decider.Not(new Refusal(
                    "own-request",
                    "nobody decides what they ask for themselves, in whatever session",
                    "ask another reviewer"));
        }
        List<Slot> slots = request.slots().stream().map(SlotRule::slot).toList();
        if (reviewer.authentication().strength().compareTo(Reviewing.strengthFor(slots)) < 0) {
            return new Decider.Not(new Refusal(
                    "auth-too-weak",
                    "deciding about this needs a login with a password or a key",
                    "log in with your password"));
        }
        Instant now = clock.instant();
        Optional<Dossier> own = records.byId(identity.account());
        Optional<Dossier> asker = records.byId(request.session().identity().account());
        if (own.isEmpty() || asker.isEmpty()) {
            return new Decider.Not(Refusal.because("not-found", "the account does not exist"));
        }
        BundlePlan askerPlan = planned(request.session(), asker.get(), now);
        Optional<Set<RecordId>> basis = Reviewing.basis(
                own.get().facts(),
                planned(reviewer, own.get(), now),
                asker.get().facts(),
                askerPlan,
                request.fragment());
        Optional<Facts.Binding> eligibility = Reviewing.eligibility(asker.get().facts(), askerPlan, request.fragment());
        if (eligibility.isEmpty()) {
            return new Decider.Not(new Refusal(
                    "not-eligible", "whoever asked may not lease \"" + request.fragment() + "\" any more", ""));
        }
        if (basis.isEmpty()) {
            return new Decider.Not(new Refusal(
                    "not-yours-to-decide",
                    "you could neither get \"" + request.fragment() + "\" yourself nor bind a role that leads to it",
                    "ask somebody who could; docs/approval.md has the rule"));
        }
        Set<RecordId> grounds = new HashSet<>(basis.get());
        Reviewing.holding(planned(reviewer, own.get(), now), Slot.APPROVAL_REVIEWER)
                .ifPresent(grounds::addAll);
        grounds.add(eligibility.get().source().recordId());
        return new Decider.Is(new LeaseRequest.Approver(identity.name(), identity.account(), grounds));
    }

    private Outcome refused(Session session, String step, Refusal refusal) {
        audit.refused(session, step, refusal.code());
        return new Outcome.Refused(refusal);
    }
}
