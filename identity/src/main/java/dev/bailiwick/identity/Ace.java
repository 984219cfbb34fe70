package dev.bailiwick.identity;

/**
 * One entry of a DACL.
 *
 * @param flags of inheritance, below; a check looks at {@link #INHERIT_ONLY} alone
 * @param mask what it allows or denies; generic bits are mapped when it is judged
 * @param sid whom it concerns
 */
public record Ace(Type type, int flags, int mask, Sid sid) {
    /** Files inherit it. */
    public static final int OBJECT_INHERIT = 0x1;

    /** Directories inherit it. */
    public static final int CONTAINER_INHERIT = 0x2;

    /** What inherits it does not pass it on. */
    public static final int NO_PROPAGATE = 0x4;

    /** Only for what inherits it: a check of this object passes it over. */
    public static final int INHERIT_ONLY = 0x8;

    /** It was inherited. */
    public static final int INHERITED = 0x10;

    static final int FLAGS = OBJECT_INHERIT | CONTAINER_INHERIT | NO_PROPAGATE | INHERIT_ONLY | INHERITED;

    /** What an entry does. */
    public enum Type {
        /** It allows. */
        ALLOW,
        /** It denies. */
        DENY
    }

    /** @throws IllegalArgumentException if a flag or a bit of the mask is one that an entry cannot have */
    public Ace {
        if ((flags & ~FLAGS) != 0) {
            throw new IllegalArgumentException("no entry has the flags 0x" + Integer.toHexString(flags & ~FLAGS));
        }
        int known = AccessMask.GRANTABLE | AccessMask.GENERIC;
        if ((mask & ~known) != 0) {
            throw new IllegalArgumentException("no entry has the rights 0x" + Integer.toHexString(mask & ~known));
        }
    }

    /** Allows, for this object only. */
    public static Ace allow(int mask, Sid sid) {
        return new Ace(Type.ALLOW, 0, mask, sid);
    }

    /** Denies, for this object only. */
    public static Ace deny(int mask, Sid sid) {
        return new Ace(Type.DENY, 0, mask, sid);
    }

    boolean inheritOnly() {
        return (flags & INHERIT_ONLY) != 0;
    }
}
