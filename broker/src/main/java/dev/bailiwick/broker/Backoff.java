package dev.bailiwick.broker;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Spaces out password attempts after failures. It counts by the name that was tried and the operating-system user who tried,
 * so that nobody can keep another user's attempts away, and counts names that do not exist like those that do. Kept in memory
 * only. Thread-safe.
 */
final class Backoff {
    private record Attempt(String nameKey, int uid) {}

    private record Failures(int count, Instant until) {}

    private final Map<Attempt, Failures> failures = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Attempt, Failures> eldest) {
            return size() > Limits.BACKOFF_ENTRIES;
        }
    };

    /** How long to wait before the next attempt is looked at; zero if it may be made now. */
    synchronized Duration remaining(String nameKey, int uid, Instant now) {
        Failures known = failures.get(new Attempt(nameKey, uid));
        if (known == null || !now.isBefore(known.until())) {
            return Duration.ZERO;
        }
        return Duration.between(now, known.until());
    }

    /** An attempt failed: from the fourth in a row on, the wait doubles from one second to {@link Limits#BACKOFF_MAX}. */
    synchronized void failed(String nameKey, int uid, Instant now) {
        Attempt attempt = new Attempt(nameKey, uid);
        Failures known = failures.get(attempt);
        int count = known == null ? 1 : known.count() + 1;
        int beyond = count - Limits.FREE_FAILURES;
        Duration wait = Duration.ZERO;
        if (beyond > 0) {
            // Capped before shifting, so that the shift cannot overflow.
            Duration doubled = Duration.ofSeconds(1L << Math.min(beyond - 1, 16));
            wait = doubled.compareTo(Limits.BACKOFF_MAX) > 0 ? Limits.BACKOFF_MAX : doubled;
        }
        failures.put(attempt, new Failures(count, now.plus(wait)));
    }

    synchronized void succeeded(String nameKey, int uid) {
        failures.remove(new Attempt(nameKey, uid));
    }
}
