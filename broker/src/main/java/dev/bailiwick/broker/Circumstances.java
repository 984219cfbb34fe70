package dev.bailiwick.broker;

import java.time.Instant;

/**
 * What a plan depends on besides stored facts.
 *
 * @param kind the kind of session asked for
 * @param source where the caller sits
 * @param strength how well the caller has shown who they are
 * @param authenticatedAt when they last did
 * @param now when
 */
record Circumstances(
        SessionKind kind, SessionSource source, AuthStrength strength, Instant authenticatedAt, Instant now) {
    /** Those of somebody who has just shown who they are. */
    Circumstances(SessionKind kind, SessionSource source, AuthStrength strength, Instant now) {
        this(kind, source, strength, now, now);
    }
}
