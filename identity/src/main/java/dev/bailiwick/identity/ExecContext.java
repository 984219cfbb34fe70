package dev.bailiwick.identity;

/** In which part a process of a service runs; it decides whose token the process gets (the table in seed 004). */
public sealed interface ExecContext {
    /** The service itself: its identity. */
    record Main() implements ExecContext {}

    /** ExecStartPre: the hook identity if set, otherwise the identity. */
    record StartPre() implements ExecContext {}

    /** ExecStartPost: the hook identity if set, otherwise the identity. */
    record StartPost() implements ExecContext {}

    /** A health check: the identity, always. */
    record HealthCheck() implements ExecContext {}

    /** ExecReload: the identity, always. */
    record Reload() implements ExecContext {}

    /** A job on somebody's behalf: the caller's effective token. */
    record AdHocJob(LiveToken caller) implements ExecContext {}
}
