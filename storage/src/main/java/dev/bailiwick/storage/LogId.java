package dev.bailiwick.storage;

import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.PrincipalId;

/**
 * Names one log: a principal's, or a single session's where sessions share a principal, as guests do.
 */
public record LogId(Id128 value) {
    /** The log of all sessions of one principal. */
    public static LogId of(PrincipalId principal) {
        return new LogId(principal.value());
    }

    /** The log of one session. */
    public static LogId ofSession(Id128 session) {
        return new LogId(session);
    }

    static LogId of(byte[] bytes) {
        return new LogId(Id128.of(bytes));
    }

    /** {@code log-} and 32 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return "log-" + value;
    }
}
