package dev.bailiwick.identity;

/**
 * The four privilege masks of a token. They are independent: restricting a token takes privileges out of {@code present} and leaves the other
 * masks as their source set them (seed 004), so {@code enabled} may name what is no longer there. Therefore nothing is ever decided by
 * {@code enabled} alone: {@link #holds} asks both.
 *
 * @param present what the token has
 * @param enabled what is switched on, of what is present
 * @param enabledByDefault what a reset switches on, of what is present
 * @param used what has been made use of; only grows
 */
public record Privileges(PrivilegeSet present, PrivilegeSet enabled, PrivilegeSet enabledByDefault, PrivilegeSet used) {
    /** No privilege at all. */
    public static final Privileges NONE =
            new Privileges(PrivilegeSet.NONE, PrivilegeSet.NONE, PrivilegeSet.NONE, PrivilegeSet.NONE);

    /** These are present, of which those are enabled, by default too; none has been used. */
    public static Privileges of(PrivilegeSet present, PrivilegeSet enabled) {
        return new Privileges(present, enabled, enabled, PrivilegeSet.NONE);
    }

    // INVARIANT (privilege checks): a privilege counts only if it is present AND enabled.
    /** Whether the privilege may be made use of now: it is present, and it is enabled. */
    public boolean holds(Privilege privilege) {
        return present.has(privilege) && enabled.has(privilege);
    }

    /** What may be made use of now. */
    public PrivilegeSet held() {
        return present.and(enabled);
    }

    /** Only these stay present; the other masks are left as they are (seed 004, privilege restriction). Nothing is added. */
    public Privileges restrictedTo(PrivilegeSet required) {
        return new Privileges(present.and(required), enabled, enabledByDefault, used);
    }

    /** Enabled is what is enabled by default, of what is present: what was removed does not come back. */
    public Privileges reset() {
        return new Privileges(present, enabledByDefault.and(present), enabledByDefault, used);
    }

    Privileges usedToo(PrivilegeSet more) {
        return new Privileges(present, enabled, enabledByDefault, used.or(more));
    }

    Privileges usedToo(Privilege privilege) {
        return new Privileges(present, enabled, enabledByDefault, used.with(privilege));
    }
}
