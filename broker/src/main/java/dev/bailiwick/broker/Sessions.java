package dev.bailiwick.broker;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.SessionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * All sessions of the daemon: by id, by the hash of their reference, and by the records they rest on. Thread-safe; nothing here
 * blocks.
 */
final class Sessions {
    /** Whether there is room for one more session. */
    enum Admission {
        ADMITTED,
        /** The account has as many as its resource profile allows. */
        ACCOUNT_FULL,
        /** This operating-system user has as many anonymous ones as one may have. */
        UID_FULL,
        /** The daemon has as many as it can hold. */
        DAEMON_FULL
    }

    private final ReentrantLock lock = new ReentrantLock();
    // All guarded by lock.
    private final NavigableMap<SessionId, Session> byId = new TreeMap<>(); // in order, to be listed by pages
    private final Map<Hash256, Session> byReference = new HashMap<>();
    private final Map<RecordId, Set<Session>> byAccount = new HashMap<>();
    private final Map<RecordId, Set<Session>> byDependency = new HashMap<>();
    private final Map<SessionId, Set<RecordId>> dependencies = new HashMap<>();
    private final Map<Integer, Integer> anonymousByUid = new HashMap<>();
    private final int limit;

    /**
     * An empty table.
     *
     * @param limit sessions it holds at most
     */
    Sessions(int limit) {
        this.limit = limit;
    }

    /** Takes a session in, if there is room. */
    Admission admit(Session session, int accountLimit) {
        Session.Identity identity = session.identity();
        lock.lock();
        try {
            if (byId.size() >= limit) {
                return Admission.DAEMON_FULL;
            }
            Set<Session> others = byAccount.getOrDefault(identity.account(), Set.of());
            if (others.size() >= accountLimit && live(others, session.now()) >= accountLimit) {
                return Admission.ACCOUNT_FULL;
            }
            if (identity.kind() == SessionKind.ANONYMOUS) {
                if (anonymousByUid.getOrDefault(identity.uid(), 0) >= Limits.ANONYMOUS_SESSIONS_PER_UID) {
                    return Admission.UID_FULL;
                }
                anonymousByUid.merge(identity.uid(), 1, Integer::sum);
            }
            byId.put(identity.id(), session);
            session.referenceHash().ifPresent(hash -> byReference.put(hash, session));
            byAccount
                    .computeIfAbsent(identity.account(), account -> new HashSet<>())
                    .add(session);
            dependencies.put(identity.id(), new HashSet<>());
            return Admission.ADMITTED;
        } finally {
            lock.unlock();
        }
    }

    /** Those that have ended and are still being cleared away hold nothing any more, and do not count. */
    private static long live(Set<Session> sessions, Instant now) {
        return sessions.stream().filter(other -> other.endedAt(now).isEmpty()).count();
    }

    /**
     * Registers the session for changes of those records.
     *
     * @return true if it was registered for all of them before
     */
    boolean depend(Session session, Collection<RecordId> records) {
        lock.lock();
        try {
            Set<RecordId> known = dependencies.get(session.identity().id());
            if (known == null) {
                return true; // Removed meanwhile: there is nothing to be told any more.
            }
            boolean all = true;
            for (RecordId record : records) {
                if (known.add(record)) {
                    all = false;
                    byDependency.computeIfAbsent(record, id -> new HashSet<>()).add(session);
                }
            }
            return all;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Tells every session concerned of a commit's changes; for the commit lane, before the commit is acknowledged.
     *
     * @return the sessions that ended by it, to be cleared away off the lane, and the grants that were cut in others, to be released there
     */
    Effects moved(List<Moved> changes) {
        List<Session> ended = new ArrayList<>();
        List<Grant> closed = new ArrayList<>();
        Cause.Shared causes = new Cause.Shared();
        for (Moved change : changes) {
            for (Session session : concernedBy(change)) {
                Session.Effect effect = session.moved(change, causes);
                closed.addAll(effect.closed());
                effect.end().ifPresent(why -> {
                    if (session.end(causes.of(why))) {
                        ended.add(session);
                    }
                });
            }
        }
        return new Effects(ended, closed);
    }

    /** What a commit did to sessions. */
    record Effects(List<Session> ended, List<Grant> closed) {}

    private List<Session> concernedBy(Moved change) {
        lock.lock();
        try {
            return switch (change) {
                case Moved.Account account -> List.copyOf(byDependency.getOrDefault(account.recordId(), Set.of()));
                case Moved.Resources resources ->
                    List.copyOf(byDependency.getOrDefault(resources.recordId(), Set.of()));
                case Moved.Other other -> List.copyOf(byDependency.getOrDefault(other.recordId(), Set.of()));
                case Moved.Policy ignored -> List.copyOf(byId.values());
            };
        } finally {
            lock.unlock();
        }
    }

    /** The session that this is the reference of, if the caller is the operating-system user it was given to. */
    Optional<Session> byReference(Hash256 referenceHash, int uid) {
        lock.lock();
        try {
            return Optional.ofNullable(byReference.get(referenceHash))
                    .filter(session -> session.identity().uid() == uid);
        } finally {
            lock.unlock();
        }
    }

    /** Those that are past their end, by expiry or by idleness, and not ended yet. */
    List<Session> pastTheirEnd(Instant now) {
        List<Session> past = new ArrayList<>();
        for (Session session : all()) {
            if (session.endedAt(now).isPresent()) {
                past.add(session);
            }
        }
        return past;
    }

    /** The session of that id. */
    Optional<Session> byId(SessionId id) {
        lock.lock();
        try {
            return Optional.ofNullable(byId.get(id));
        } finally {
            lock.unlock();
        }
    }

    /** At most that many live sessions, in the order of their ids, from beyond the one given. */
    List<Session> after(Optional<SessionId> id, int limit) {
        lock.lock();
        try {
            Collection<Session> rest =
                    id.map(start -> byId.tailMap(start, false)).orElse(byId).values();
            return live(rest.stream()).limit(limit).toList();
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #after}, those of one account. */
    List<Session> of(RecordId account, Optional<SessionId> after, int limit) {
        lock.lock();
        try {
            return live(byAccount.getOrDefault(account, Set.of()).stream())
                    .filter(session ->
                            after.isEmpty() || session.identity().id().compareTo(after.get()) > 0)
                    .sorted(Comparator.comparing(session -> session.identity().id()))
                    .limit(limit)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    private static Stream<Session> live(Stream<Session> some) {
        return some.filter(session -> session.endedAt(session.now()).isEmpty());
    }

    List<Session> all() {
        lock.lock();
        try {
            return List.copyOf(byId.values());
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return byId.size();
        } finally {
            lock.unlock();
        }
    }

    /** Takes a session out. Does nothing the second time. */
    void remove(Session session) {
        Session.Identity identity = session.identity();
        lock.lock();
        try {
            if (byId.remove(identity.id()) == null) {
                return;
            }
            session.referenceHash().ifPresent(byReference::remove);
            removeFrom(byAccount, identity.account(), session);
            Set<RecordId> records = dependencies.remove(identity.id());
            if (records != null) {
                records.forEach(record -> removeFrom(byDependency, record, session));
            }
            if (identity.kind() == SessionKind.ANONYMOUS) {
                anonymousByUid.computeIfPresent(identity.uid(), (uid, count) -> count == 1 ? null : count - 1);
            }
        } finally {
            lock.unlock();
        }
    }

    private static void removeFrom(Map<RecordId, Set<Session>> index, RecordId key, Session session) {
        index.computeIfPresent(key, (id, sessions) -> {
            sessions.remove(session);
            return sessions.isEmpty() ? null : sessions;
        });
    }
}
