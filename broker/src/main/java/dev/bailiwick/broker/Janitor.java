package dev.bailiwick.broker;

import dev.bailiwick.schema.RootId;
import dev.bailiwick.storage.LogStore;
import dev.bailiwick.storage.NamespaceStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Clears away what ends with a session: its tmp, an ephemeral home, a log of its own, and its place in the table. The grants
 * were closed before, so nobody writes there any more, nor makes any of these: what was not noted by then never comes to be.
 * Thread-safe.
 */
final class Janitor implements UserSessionServer.Logout {
    private static final System.Logger LOG = System.getLogger(Janitor.class.getName());

    private final Sessions sessions;
    private final NamespaceStore namespaces;
    private final LogStore logs;
    private final AuditTrail audit;
    private final SessionLog log;
    private final Leases leases;

    Janitor(
            Sessions sessions,
            NamespaceStore namespaces,
            LogStore logs,
            AuditTrail audit,
            SessionLog log,
            Leases leases) {
        this.leases = leases;
        this.sessions = sessions;
        this.namespaces = namespaces;
        this.logs = logs;
        this.audit = audit;
        this.log = log;
    }

    @Override
    public CompletionStage<?> logout(Session session, Grant last) {
        return end(session, "logged out", last);
    }

    /**
     * As {@link #end(Session, String)}, for the call through {@code last} that ends its own session and still has to answer. It does not
     * wait for the clearing: a thread that reads the calls of many may be running that call.
     */
    CompletionStage<?> end(Session session, String why, Grant last) {
        if (session.end(Cause.of(why), Optional.of(last))) {
            clearLater(session);
        }
        return session.cleared();
    }

    /** Ends a session and clears up after it; waits for both. Does nothing if it was over before. */
    void end(Session session, String why) {
        if (session.end(Cause.of(why))) {
            clear(session);
        }
    }

    /** Clears up after sessions that are over, on threads of their own. The caller is the commit lane, and starts one at most. */
    void clearLater(List<Session> ended) {
        if (!ended.isEmpty()) {
            Thread.ofVirtual().name("session-janitor").start(() -> ended.forEach(this::clearLater));
        }
    }

    private void clearLater(Session session) {
        Thread.ofVirtual().name("session-janitor").start(() -> clear(session));
    }

    /** Releases and notes what a commit cut in sessions that go on, on a thread of its own. */
    void noteLater(List<Grant> closed) {
        if (!closed.isEmpty() || leases.hasEnded()) {
            Thread.ofVirtual().name("session-janitor").start(() -> {
                closed.forEach(Grant::release);
                try {
                    audit.revoked(closed);
                    noteLeases();
                } catch (RuntimeException failure) {
                    LOG.log(System.Logger.Level.WARNING, "could not audit what a commit revoked", failure);
                }
            });
        }
    }

    private void noteLeases() {
        for (LeaseRequest over : leases.takeEnded()) {
            audit.lease(
                    over, LeaseWords.stepOf(over), Optional.empty(), LeaseWords.before(over), LeaseWords.after(over));
        }
    }

    /** Ends whatever has expired or was idle too long, and notes what was counted. */
    void sweep(Instant now) {
        leases.settle(now);
        for (Session session : sessions.pastTheirEnd(now)) {
            end(session, session.endedAt(now).orElse("the session has expired"));
        }
        List<Grant> closed = new ArrayList<>();
        for (Session session : sessions.all()) {
            for (Grant grant : session.grants()) {
                Optional<String> why = grant.closed();
                // Asked last: a session ends before its grants. It closes them itself, but for
                // the one whose call ends it and has still to answer.
                if (why.isPresent() && session.endedAt(session.now()).isEmpty()) {
                    grant.close(why.get());
                    closed.add(grant);
                }
            }
        }
        audit.revoked(closed);
        noteLeases();
        audit.settle(now);
    }

    /** Notes what is still being counted: for the end of the daemon, when all sessions are over. */
    void finish(Instant now) {
        try {
            audit.settle(now.plus(Limits.DENIAL_WINDOW));
        } catch (RuntimeException failure) { // the store may be what the daemon ends for
            LOG.log(System.Logger.Level.WARNING, "could not audit how many refusals were repeated", failure);
        }
    }

    /** Clears up after a session that never began. */
    void discard(Session session, String why) {
        var _ = session.end(Cause.of(why));
        clear(session, Optional.empty());
    }

    private void clear(Session session) {
        clear(session, Optional.of(session.endedAt(session.now()).orElse("")));
    }

    private void clear(Session session, Optional<String> audited) {
        session.release(); // before anything is waited for: whoever is called through it should hear of it
        RuntimeException failed = null;
        session.minting().lock();
        try {
            for (RootId root : session.roots()) {
                var _ = namespaces.deleteRoot(root);
            }
            if (session.hasOwnLog()) {
                logs.delete(SlotObjects.log(session));
            }
            leases.forget(session, session.now(), audited.orElse(""));
            audited.ifPresent(why -> {
                // Both at once: they share a sync.
                CompletableFuture<?> noted = log.ended(session, why);
                audit.ended(session, why);
                noted.join();
            });
            noteLeases();
        } catch (RuntimeException failure) {
            // Whatever went wrong, damage of the audit chain included, the session is over and whoever waits for its
            // end
            // must hear of it. What is left of its storage goes when the daemon starts again.
            LOG.log(System.Logger.Level.WARNING, "could not clear up after a session", failure);
            failed = failure;
        } finally {
            sessions.remove(session);
            session.minting().unlock();
        }
        // Only now: whoever hears of the end finds the session's place free.
        if (failed == null) {
            session.cleared().complete(null);
        } else {
            session.cleared().completeExceptionally(failed);
        }
    }
}
