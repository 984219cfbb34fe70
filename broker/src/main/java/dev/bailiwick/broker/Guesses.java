package dev.bailiwick.broker;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Slows guessing down, and locks out whoever keeps at it (ADR 0056).
 *
 * <p>An attempt takes its turn before anything is looked at, and counts from then on, so that attempts side by side get no more
 * than attempts one after the other: beyond the free ones, a turn waits until those before it are settled. Failures are counted
 * three times over:
 *
 * <ul>
 *   <li>for a name tried by one operating-system user: from the fourth in a row on, the next is looked at only after a wait that
 *       doubles from one second to {@link Limits#BACKOFF_MAX}; after {@link Limits#LOCKOUT_FAILURES} within
 *       {@link Limits#LOCKOUT_WINDOW} none is for {@link Limits#LOCKOUT};
 *   <li>for a name, whoever tries: locked out after {@link Limits#LOCKOUT_FAILURES_OF_NAME}, more than any one user can make, so
 *       that it takes several users to keep an owner out, and then of their password only;
 *   <li>for a user, whatever names they try: locked out after {@link Limits#LOCKOUT_FAILURES_OF_UID}.
 * </ul>
 *
 * <p>Names that do not exist are counted like those that do. Kept in memory only. Thread-safe; taking a turn may wait for as long
 * as passwords take to be hashed.
 */
final class Guesses {
    /** What is tried. Each is counted by itself, so that a locked-out password leaves keys and codes their turn. */
    enum Secret {
        /** Chosen by people: the one that can be guessed. */
        PASSWORD,
        /** 100 random bits. */
        CODE,
        /** A private key. */
        SSH_KEY;

        /** Whether failures of all users together lock a name out. What nobody can guess, nobody need be kept from trying. */
        private boolean locksNames() {
            return switch (this) {
                case PASSWORD -> true;
                case CODE, SSH_KEY -> false;
            };
        }
    }

    /** What came of asking for a turn. */
    sealed interface Turn {
        /** The attempt may be made. */
        record Taken(Attempt attempt) implements Turn {}

        /** Not now. */
        record Refused(Refusal refusal) implements Turn {}
    }

    private record Tried(Secret secret, String nameKey, int uid) {}

    private record Named(Secret secret, String nameKey) {}

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition settled = lock.newCondition();
    // All guarded by lock.
    private final Map<Tried, Tally> tried = new Remembered<>();
    private final Map<Named, Tally> named = new Remembered<>();
    private final Map<Integer, Tally> users = new Remembered<>();
    private int waiting;

    Guesses(InstantSource clock) {
        this.clock = clock;
    }

    /** Takes a turn at that secret of that name, if the user may try it now. */
    Turn take(Secret secret, String nameKey, int uid) {
        lock.lock();
        try {
            while (true) {
                Instant now = clock.instant();
                Attempt attempt = new Attempt(
                        tried.computeIfAbsent(
                                new Tried(secret, nameKey, uid),
                                key -> new Tally(Limits.LOCKOUT_FAILURES, Limits.FREE_FAILURES)),
                        named.computeIfAbsent(
                                new Named(secret, nameKey),
                                key -> new Tally(
                                        secret.locksNames() ? Limits.LOCKOUT_FAILURES_OF_NAME : Integer.MAX_VALUE,
                                        Integer.MAX_VALUE)),
                        users.computeIfAbsent(
                                uid, key -> new Tally(Limits.LOCKOUT_FAILURES_OF_UID, Integer.MAX_VALUE)));
                Instant until = attempt.lockedUntil();
                if (now.isBefore(until)) {
                    return new Turn.Refused(lockedOut(Duration.between(now, until)));
                }
                if (now.isBefore(attempt.tried.waitUntil)) {
                    return new Turn.Refused(tooFast(Duration.between(now, attempt.tried.waitUntil)));
                }
                if (attempt.mayStart(now)) {
                    attempt.start();
                    return new Turn.Taken(attempt);
                }
                if (waiting >= Limits.WAITING_ATTEMPTS) {
                    return new Turn.Refused(Authenticator.OVERLOADED);
                }
                waiting++;
                try {
                    settled.awaitUninterruptibly();
                } finally {
                    waiting--;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private static Refusal tooFast(Duration wait) {
        return new Refusal("auth-backoff", "too many failed attempts", "wait " + seconds(wait) + " s and try again");
    }

    private static Refusal lockedOut(Duration wait) {
        return new Refusal(
                "locked-out",
                "too many failed attempts; none is looked at for a while",
                "wait " + seconds(wait) + " s, or use another way to log in: an SSH key, or a one-time code");
    }

    private static long seconds(Duration wait) {
        return Math.max(1, wait.plusMillis(999).toSeconds());
    }

    /**
     * One attempt that was let through. Whoever has it says what came of it; closing it without a word counts for nothing, for
     * when the secret could not be checked.
     */
    final class Attempt implements AutoCloseable {
        private final Tally tried;
        private final Tally named;
        private final Tally user;
        private boolean open;

        private Attempt(Tally tried, Tally named, Tally user) {
            this.tried = tried;
            this.named = named;
            this.user = user;
        }

        private Instant lockedUntil() {
            Instant longest = tried.lockedUntil.isAfter(named.lockedUntil) ? tried.lockedUntil : named.lockedUntil;
            return longest.isAfter(user.lockedUntil) ? longest : user.lockedUntil;
        }

        private boolean mayStart(Instant now) {
            return tried.mayStart(now) && named.mayStart(now) && user.mayStart(now);
        }

        private void start() {
            open = true;
            tried.pending++;
            named.pending++;
            user.pending++;
        }

        /** The secret was wrong. */
        void failed() {
            settle(true, false);
        }

        /** The secret was right: the user's failures at it are forgotten, those of others and at other names are not. */
        void succeeded() {
            settle(false, true);
        }

        @Override
        public void close() {
            settle(false, false);
        }

        private void settle(boolean wrong, boolean right) {
            lock.lock();
            try {
                if (!open) {
                    return;
                }
                open = false;
                Instant now = clock.instant();
                for (Tally tally : new Tally[] {tried, named, user}) {
                    tally.pending--;
                    if (wrong) {
                        tally.failed(now);
                    }
                }
                if (right) {
                    tried.forget();
                }
                settled.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** One count. Guarded by the lock. */
    private static final class Tally {
        private final int most;
        private final int free;
        private int pending;
        private int run;
        private int inWindow;
        private Instant windowEnds = Instant.MIN;
        private Instant waitUntil = Instant.MIN;
        private Instant lockedUntil = Instant.MIN;

        private Tally(int most, int free) {
            this.most = most;
            this.free = free;
        }

        /** Whether one more may be under way: as many as are free, or else one at a time, and none beyond what locks out. */
        private boolean mayStart(Instant now) {
            int failures = now.isBefore(windowEnds) ? inWindow : 0;
            return pending == 0 || (run <= free - pending && failures < most - pending);
        }

        private void failed(Instant now) {
            run++;
            if (run > free) {
                // Capped before shifting, so that the shift cannot overflow.
                Duration doubled = Duration.ofSeconds(1L << Math.min(run - free - 1, 16));
                waitUntil = now.plus(doubled.compareTo(Limits.BACKOFF_MAX) > 0 ? Limits.BACKOFF_MAX : doubled);
            }
            if (!now.isBefore(windowEnds)) {
                windowEnds = now.plus(Limits.LOCKOUT_WINDOW);
                inWindow = 0;
            }
            inWindow++;
            if (inWindow >= most) {
                lockedUntil = now.plus(Limits.LOCKOUT);
                windowEnds = Instant.MIN;
            }
        }

        private void forget() {
            run = 0;
            inWindow = 0;
            windowEnds = Instant.MIN;
            waitUntil = Instant.MIN;
        }
    }

    /** Forgets what was not touched for longest. */
    private static final class Remembered<K> extends LinkedHashMap<K, Tally> {
        private static final long serialVersionUID = 1L;

        private Remembered() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, Tally> eldest) {
            return size() > Limits.BACKOFF_ENTRIES;
        }
    }
}
