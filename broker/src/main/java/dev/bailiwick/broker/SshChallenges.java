package dev.bailiwick.broker;

import dev.bailiwick.accountstore.OpaqueBytes;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.SessionId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Bytes that were given out to be signed. Each is good for one attempt, for {@link Limits#CHALLENGE_LIFE}, by the operating-system
 * user that asked for it and for what it was asked for. Kept in memory, a bounded number. Thread-safe.
 */
final class SshChallenges {
    /** Bytes of a challenge: none is ever drawn twice. */
    static final int BYTES = 32;

    /** What a challenge was given out for. */
    sealed interface Purpose {
        /** A login under that name; names that no account can have are one. */
        record Login(Optional<NameKey> name) implements Purpose {}

        /** Showing again who holds that session. */
        record Reauthentication(SessionId session) implements Purpose {}
    }

    private record Issued(Purpose purpose, int uid, Instant expiresAt) {}

    private final InstantSource clock;
    private final RandomGenerator random;
    // Both guarded by this. In the order in which they expire, since all last as long.
    private final LinkedHashMap<OpaqueBytes, Issued> issued = new LinkedHashMap<>();
    private final Map<Integer, Integer> byUid = new HashMap<>();

    /** @param random must be unpredictable */
    SshChallenges(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /**
     * A fresh challenge. A user who has as many as one may have loses the oldest; empty if the daemon has as many as it can hold.
     */
    synchronized Optional<byte[]> issue(Purpose purpose, int uid) {
        Instant now = clock.instant();
        forgetExpired(now);
        if (byUid.getOrDefault(uid, 0) >= Limits.CHALLENGES_PER_UID) {
            forgetOldestOf(uid);
        }
        if (issued.size() >= Limits.CHALLENGES) {
            return Optional.empty();
        }
        byte[] challenge = new byte[BYTES];
        random.nextBytes(challenge);
        issued.put(OpaqueBytes.of(challenge), new Issued(purpose, uid, now.plus(Limits.CHALLENGE_LIFE)));
        byUid.merge(uid, 1, Integer::sum);
        return Optional.of(challenge);
    }

    /** Whether that challenge may be answered by that user for that purpose now. It is spent by asking. */
    synchronized boolean spend(byte[] challenge, Purpose purpose, int uid) {
        Instant now = clock.instant();
        forgetExpired(now);
        OpaqueBytes key = OpaqueBytes.of(challenge);
        Issued known = issued.get(key);
        if (known == null || known.uid() != uid) {
            return false; // Nobody spends what another user asked for.
        }
        issued.remove(key);
        forgotten(known);
        return known.purpose().equals(purpose);
    }

    private void forgetExpired(Instant now) {
        Iterator<Issued> all = issued.values().iterator();
        while (all.hasNext()) {
            Issued next = all.next();
            if (now.isBefore(next.expiresAt())) {
                return;
            }
            all.remove();
            forgotten(next);
        }
    }

    private void forgetOldestOf(int uid) {
        Iterator<Issued> all = issued.values().iterator();
        while (all.hasNext()) {
            Issued next = all.next();
            if (next.uid() == uid) {
                all.remove();
                forgotten(next);
                return;
            }
        }
    }

    private void forgotten(Issued one) {
        byUid.computeIfPresent(one.uid(), (uid, count) -> count == 1 ? null : count - 1);
    }
}
