package dev.bailiwick.broker;

import java.time.Instant;

/**
 * What a plan depends on besides stored facts.
 *
 * @param kind the kind of session asked for
 * @param source where the caller sits
 * @param strength how well the caller has shown who they are
 * @param now when
 */
record Circumstances(SessionKind kind, SessionSource source, AuthStrength strength, Instant now) {}
