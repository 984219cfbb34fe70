package dev.bailiwick.broker;

import java.time.Instant;
import java.util.List;

/**
 * What a plan depends on besides stored facts.
 *
 * @param kind the kind of session asked for
 * @param source where the caller sits
 * @param strength how well the caller has shown who they are
 * @param hasTerminal whether the caller brought a terminal of their own
 * @param now when
 * @param leases what the session was granted for a while; none for one that has not begun
 */
record Circumstances(
        SessionKind kind,
        SessionSource source,
        AuthStrength strength,
        boolean hasTerminal,
        Instant now,
        List<Lease> leases) {
    Circumstances {
        leases = List.copyOf(leases);
    }

    /** Those of a session without leases. */
    Circumstances(SessionKind kind, SessionSource source, AuthStrength strength, boolean hasTerminal, Instant now) {
        this(kind, source, strength, hasTerminal, now, List.of());
    }

    /** The circumstances in which a session of that kind usually starts: what a plan for nobody in particular assumes. */
    static Circumstances usual(SessionKind kind, Instant now) {
        return switch (kind) {
            case LOCAL, OPERATOR, EXTERNAL ->
                new Circumstances(kind, SessionSource.UNIX_SOCKET, AuthStrength.PASSWORD, true, now);
            case SERVICE -> new Circumstances(kind, SessionSource.UNIX_SOCKET, AuthStrength.PASSWORD, false, now);
            case GUEST -> new Circumstances(kind, SessionSource.UNIX_SOCKET, AuthStrength.NONE, true, now);
            case ANONYMOUS -> new Circumstances(kind, SessionSource.UNIX_SOCKET, AuthStrength.NONE, false, now);
            case RECOVERY -> new Circumstances(kind, SessionSource.CONSOLE, AuthStrength.PASSWORD, true, now);
        };
    }

    /** The same at another time. */
    Circumstances at(Instant time) {
        return new Circumstances(kind, source, strength, hasTerminal, time, leases);
    }

    /** The same with a terminal. */
    Circumstances withTerminal() {
        return new Circumstances(kind, source, strength, true, now, leases);
    }
}
