package dev.bailiwick.broker;

import java.time.Instant;
import java.util.List;

/**
 * What a plan depends on besides stored facts.
 *
 * @param kind the kind of session asked for
 * @param source where the caller sits
 * @param strength how well the caller has shown who they are
 * @param now when
 * @param leases what the session was granted for a while; none for one that has not begun
 */
record Circumstances(
        SessionKind kind, SessionSource source, AuthStrength strength, Instant now, List<Lease> leases) {
    Circumstances {
        leases = List.copyOf(leases);
    }

    /** Those of a session without leases. */
    Circumstances(SessionKind kind, SessionSource source, AuthStrength strength, Instant now) {
        this(kind, source, strength, now, List.of());
    }

    /** The same at another time. */
    Circumstances at(Instant time) {
        return new Circumstances(kind, source, strength, time, leases);
    }
}
