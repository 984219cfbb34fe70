package dev.bailiwick.broker;

import dev.bailiwick.accountstore.AccountStatus;
import dev.bailiwick.schema.ApprovalId;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.SessionId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/**
 * All requests for leases, waiting, running and over, for as long as their sessions live. It keeps what was decided and decides
 * nothing itself; {@link Approvals} does.
 *
 * <p>INVARIANT (over is for good): a request that is over never runs again, and when it has become so, what it gave is closed. A step
 * that finds it in another state than it expects does nothing.
 *
 * <p>Thread-safe; nothing here blocks, so that the commit lane may call {@link #moved}. What ended without anybody's call is kept until
 * {@link #takeEnded} is asked for it, to be audited.
 */
final class Leases {
    /** Whether there is room for one more request. */
    enum Admission {
        ADMITTED,
        /** The session has asked for that fragment before, and that waits or runs. */
        ASKED_BEFORE,
        SESSION_FULL,
        PRINCIPAL_FULL,
        DAEMON_FULL
    }

    private final ReentrantLock lock = new ReentrantLock();
    // All guarded by lock.
    private final Map<ApprovalId, LeaseRequest> byId = new LinkedHashMap<>();
    private final Map<SessionId, List<ApprovalId>> bySession = new HashMap<>();
    private final Map<PrincipalId, Integer> openByPrincipal = new HashMap<>();
    private final Map<RecordId, Set<ApprovalId>> restingOn = new HashMap<>();
    private final Map<ApprovalId, List<CompletableFuture<LeaseRequest>>> waiters = new HashMap<>();
    private final Set<ApprovalId> claimed = new HashSet<>();
    private final Deque<LeaseRequest> ended = new ArrayDeque<>();
    private int open;

    /** Takes a new request in, if there is room and its session lives. */
    Admission admit(LeaseRequest request) {
        SessionId session = request.session().identity().id();
        PrincipalId principal = request.session().identity().principalId();
        lock.lock();
        try {
            List<LeaseRequest> own = of(session);
            List<LeaseRequest> live =
                    own.stream().filter(other -> !other.isOver()).toList();
            if (live.stream().anyMatch(other -> other.fragment().equals(request.fragment()))) {
                return Admission.ASKED_BEFORE;
            }
            if (live.size() >= Limits.REQUESTS_PER_SESSION) {
                return Admission.SESSION_FULL;
            }
            if (openByPrincipal.getOrDefault(principal, 0) >= Limits.REQUESTS_PER_PRINCIPAL) {
                return Admission.PRINCIPAL_FULL;
            }
            if (open >= Limits.REQUESTS) {
                return Admission.DAEMON_FULL;
            }
            forgetOldest(own);
            byId.put(request.id(), request);
            bySession.computeIfAbsent(session, id -> new ArrayList<>()).add(request.id());
            openByPrincipal.merge(principal, 1, Integer::sum);
            open++;
            return Admission.ADMITTED;
        } finally {
            lock.unlock();
        }
    }

    /** Of what is over a session's holder sees the latest only. */
    private void forgetOldest(List<LeaseRequest> own) {
        List<LeaseRequest> over = own.stream().filter(LeaseRequest::isOver).toList();
        for (int i = 0; i <= over.size() - Limits.REQUESTS_REMEMBERED; i++) {
            remove(over.get(i));
        }
    }

    private void remove(LeaseRequest request) {
        byId.remove(request.id());
        SessionId session = request.session().identity().id();
        List<ApprovalId> own = bySession.get(session);
        if (own != null) {
            own.remove(request.id());
            if (own.isEmpty()) {
                bySession.remove(session);
            }
        }
    }

    /** Takes a request out that was never told to anybody. */
    void withdraw(LeaseRequest request) {
        lock.lock();
        try {
            LeaseRequest now = byId.get(request.id());
            if (now != null) {
                if (!now.isOver()) {
                    closed(now);
                }
                remove(now);
            }
        } finally {
            lock.unlock();
        }
    }

    /** What is remembered under that id. */
    Optional<LeaseRequest> find(ApprovalId id) {
        lock.lock();
        try {
            return Optional.ofNullable(byId.get(id));
        } finally {
            lock.unlock();
        }
    }

    /** The requests of one session, oldest first. */
    List<LeaseRequest> of(Session session) {
        lock.lock();
        try {
            return of(session.identity().id());
        } finally {
            lock.unlock();
        }
    }

    private List<LeaseRequest> of(SessionId session) {
        List<LeaseRequest> own = new ArrayList<>();
        for (ApprovalId id : bySession.getOrDefault(session, List.of())) {
            LeaseRequest request = byId.get(id);
            if (request != null) {
                own.add(request);
            }
        }
        return own;
    }

    /** All requests, oldest first. */
    List<LeaseRequest> all() {
        lock.lock();
        try {
            return List.copyOf(byId.values());
        } finally {
            lock.unlock();
        }
    }

    /** The leases of that session that run now. */
    List<Lease> running(Session session, Instant now) {
        List<Lease> leases = new ArrayList<>();
        for (LeaseRequest request : of(session)) {
            if (request.state() instanceof LeaseRequest.State.Running(Lease lease, var _, var _, var _)
                    && now.isBefore(lease.until())) {
                leases.add(lease);
            }
        }
        return leases;
    }

    /** Whether nobody else is granting it: whoever is told so grants it or not, and then {@link #release}s it. */
    boolean claim(ApprovalId id) {
        lock.lock();
        try {
            return claimed.add(id);
        } finally {
            lock.unlock();
        }
    }

    void release(ApprovalId id) {
        lock.lock();
        try {
            claimed.remove(id);
        } finally {
            lock.unlock();
        }
    }

    /** A request that waits begins to run; empty if it does not wait any more. */
    Optional<LeaseRequest> run(LeaseRequest request, LeaseRequest.State.Running state) {
        lock.lock();
        try {
            LeaseRequest now = byId.get(request.id());
            if (now == null || !(now.state() instanceof LeaseRequest.State.Waiting)) {
                return Optional.empty();
            }
            LeaseRequest next = request.in(state);
            byId.put(next.id(), next);
            rest(next.id(), state.approver());
            decided(next);
            return Optional.of(next);
        } finally {
            lock.unlock();
        }
    }

    private void rest(ApprovalId id, LeaseRequest.Approver approver) {
        Set<RecordId> grounds = new HashSet<>(approver.bindings());
        grounds.add(approver.account());
        grounds.forEach(record ->
                restingOn.computeIfAbsent(record, r -> new HashSet<>()).add(id));
    }

    /** Changes a lease that runs, which goes on running; empty if it does not run any more. */
    Optional<LeaseRequest> change(ApprovalId id, Instant now, UnaryOperator<LeaseRequest> step) {
        lock.lock();
        try {
            LeaseRequest before = byId.get(id);
            if (before == null
                    || !(before.state() instanceof LeaseRequest.State.Running(Lease lease, var approver, var _, var _))
                    || !now.isBefore(lease.until())) {
                return Optional.empty();
            }
            unrest(id, approver);
            LeaseRequest next = step.apply(before);
            byId.put(id, next);
            if (next.state() instanceof LeaseRequest.State.Running(var _, var after, var _, var _)) {
                rest(id, after);
            }
            return Optional.of(next);
        } finally {
            lock.unlock();
        }
    }

    private void unrest(ApprovalId id, LeaseRequest.Approver approver) {
        Set<RecordId> grounds = new HashSet<>(approver.bindings());
        grounds.add(approver.account());
        for (RecordId record : grounds) {
            Set<ApprovalId> resting = restingOn.get(record);
            if (resting != null) {
                resting.remove(id);
                if (resting.isEmpty()) {
                    restingOn.remove(record);
                }
            }
        }
    }

    /**
     * Ends a request, and closes what it gave before it answers.
     *
     * @return the request as it is now; empty if it was over before or is not remembered
     */
    Optional<LeaseRequest> end(ApprovalId id, LeaseRequest.How how, Instant now, String by, String why) {
        return end(id, how, now, by, why, Grant::close);
    }

    private Optional<LeaseRequest> end(
            ApprovalId id,
            LeaseRequest.How how,
            Instant now,
            String by,
            String why,
            BiConsumer<Grant, String> closing) {
        lock.lock();
        try {
            LeaseRequest before = byId.get(id);
            if (before == null || before.isOver()) {
                return Optional.empty();
            }
            Optional<Lease> lease = before.state() instanceof LeaseRequest.State.Running running
                    ? Optional.of(running.lease())
                    : Optional.empty();
            LeaseRequest over = before.in(new LeaseRequest.State.Over(how, now, by, why, lease));
            closed(before);
            byId.put(id, over);
            // Under this lock, so that whoever finds the request over finds the capabilities closed.
            before.session().endLease(id, why, closing);
            decided(over);
            return Optional.of(over);
        } finally {
            lock.unlock();
        }
    }

    /** It counts against no limit any more. */
    private void closed(LeaseRequest before) {
        open--;
        openByPrincipal.computeIfPresent(
                before.session().identity().principalId(), (id, count) -> count == 1 ? null : count - 1);
        if (before.state() instanceof LeaseRequest.State.Running running) {
            unrest(before.id(), running.approver());
        }
    }

    /**
     * A commit changed records. Ends the leases that rested on them; for the commit lane, before the commit is acknowledged, and after
     * {@link Sessions#moved}: an approver whose own grant was open after their lease had begun to run is found here.
     */
    void moved(List<Moved> changes, Instant now) {
        for (Moved change : changes) {
            switch (change) {
                case Moved.Account(var record, var _, AccountStatus status, var _, var _) -> {
                    if (status != AccountStatus.ACTIVE) {
                        groundGone(record, now, "the account of whoever approved the lease is not active any more");
                    }
                }
                case Moved.Other(var kind, var record, var _) -> {
                    switch (kind) {
                        case ROLE_BINDING ->
                            groundGone(record, now, "the role binding that the lease rested on was changed");
                        case ACCOUNT,
                                RESOURCE_PROFILE,
                                POLICY_PROFILE,
                                EXTERNAL_BINDING,
                                POLICY_VERSION,
                                CREDENTIAL,
                                SEED_MANIFEST,
                                STORE_KEY -> {}
                    }
                }
                case Moved.Resources _, Moved.Policy _ -> {}
            }
        }
    }

    private void groundGone(RecordId record, Instant now, String why) {
        lock.lock();
        try {
            for (ApprovalId id : List.copyOf(restingOn.getOrDefault(record, Set.of()))) {
                end(id, LeaseRequest.How.GROUND_GONE, now, "", why, Grant::closeByCommit)
                        .ifPresent(ended::add);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends a lease that its session is not eligible for any more; to be audited. */
    void ineligible(ApprovalId id, Instant now) {
        lock.lock();
        try {
            end(
                            id,
                            LeaseRequest.How.GROUND_GONE,
                            now,
                            "",
                            "the session may not lease the fragment any more",
                            Grant::closeByCommit)
                    .ifPresent(ended::add);
        } finally {
            lock.unlock();
        }
    }

    /** Ends what is past its time; to be audited. */
    void settle(Instant now) {
        for (LeaseRequest request : all()) {
            switch (request.state()) {
                case LeaseRequest.State.Waiting(Instant until) -> {
                    if (!now.isBefore(until)) {
                        endAndKeep(request, LeaseRequest.How.EXPIRED, until, "nobody decided in time");
                    }
                }
                case LeaseRequest.State.Running(Lease lease, var _, var _, var _) -> {
                    if (!now.isBefore(lease.until())) {
                        endAndKeep(request, LeaseRequest.How.LAPSED, lease.until(), "the lease has lapsed");
                    }
                }
                case LeaseRequest.State.Over _ -> {}
            }
        }
    }

    private void endAndKeep(LeaseRequest request, LeaseRequest.How how, Instant at, String why) {
        lock.lock();
        try {
            // It may have been renewed since it was looked at.
            if (request.equals(byId.get(request.id()))) {
                end(request.id(), how, at, "", why).ifPresent(ended::add);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Forgets the requests of a session that is over; what was not over yet is to be audited. */
    void forget(Session session, Instant now, String why) {
        lock.lock();
        try {
            for (LeaseRequest request : of(session.identity().id())) {
                end(request.id(), LeaseRequest.How.GROUND_GONE, now, "", "the session ended: " + why)
                        .ifPresent(ended::add);
                remove(request);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether anything ended without anybody's call and was not taken yet. */
    boolean hasEnded() {
        lock.lock();
        try {
            return !ended.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** What ended without anybody's call since this was asked last. */
    List<LeaseRequest> takeEnded() {
        lock.lock();
        try {
            List<LeaseRequest> taken = List.copyOf(ended);
            ended.clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Completes with the request once it is decided or over; empty if as many wait for it as may. */
    Optional<CompletableFuture<LeaseRequest>> decision(ApprovalId id) {
        lock.lock();
        try {
            LeaseRequest request = byId.get(id);
            if (request != null && request.isDecided()) {
                return Optional.of(CompletableFuture.completedFuture(request));
            }
            List<CompletableFuture<LeaseRequest>> waiting = waiters.computeIfAbsent(id, key -> new ArrayList<>());
            waiting.removeIf(CompletableFuture::isDone);
            if (waiting.size() >= Limits.REQUEST_WAITERS) {
                return Optional.empty();
            }
            CompletableFuture<LeaseRequest> decided = new CompletableFuture<>();
            waiting.add(decided);
            return Optional.of(decided);
        } finally {
            lock.unlock();
        }
    }

    /** Whoever waits hears of it on a thread of their own: what they do with it may take long. */
    private void decided(LeaseRequest request) {
        List<CompletableFuture<LeaseRequest>> waiting = waiters.remove(request.id());
        if (waiting != null) {
            waiting.forEach(future -> future.completeAsync(() -> request, Leases::onVirtualThread));
        }
    }

    private static void onVirtualThread(Runnable task) {
        Thread.ofVirtual().name("lease-decided").start(task);
    }
}
