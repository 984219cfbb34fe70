package dev.bailiwick.identity;

/**
 * The logon session a token belongs to. All tokens of a session carry its SID.
 *
 * @param id unique while the machine runs
 */
public record LogonSession(long id, LogonType type) {
    /** {@code S-1-5-5-HIGH-LOW}. */
    public Sid sid() {
        return Sid.logon(id);
    }
}
