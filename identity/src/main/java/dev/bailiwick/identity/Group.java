package dev.bailiwick.identity;

/**
 * A group of a token.
 *
 * @param attributes of {@link GroupAttribute}; unknown bits are refused
 */
public record Group(Sid sid, int attributes) {
    /** The attributes of a membership that is always on. */
    public static final int ALWAYS =
            GroupAttribute.MANDATORY | GroupAttribute.ENABLED_BY_DEFAULT | GroupAttribute.ENABLED;

    /** @throws IllegalArgumentException if an attribute is unknown, or the group is mandatory and not enabled */
    public Group {
        if ((attributes & ~GroupAttribute.ALL) != 0) {
            throw new IllegalArgumentException(
                    "no group attribute has the bits 0x" + Integer.toHexString(attributes & ~GroupAttribute.ALL));
        }
        int logon = attributes & GroupAttribute.LOGON_ID;
        if (logon != 0 && logon != GroupAttribute.LOGON_ID) {
            throw new IllegalArgumentException("the attribute of a logon id is 0xc0000000, not half of it");
        }
        if (has(attributes, GroupAttribute.MANDATORY)
                && !has(attributes, GroupAttribute.ENABLED)
                && !has(attributes, GroupAttribute.USE_FOR_DENY_ONLY)) {
            throw new IllegalArgumentException("a mandatory group is enabled, or for denials only");
        }
    }

    /** A membership that is always on. */
    public static Group always(Sid sid) {
        return new Group(sid, ALWAYS);
    }

    /** A membership that only denies: it matches entries that deny, never one that allows. */
    public static Group denyOnly(Sid sid) {
        return new Group(sid, GroupAttribute.USE_FOR_DENY_ONLY);
    }

    /** The SID of the session the token was made for. */
    public static Group logon(LogonSession session) {
        return new Group(session.sid(), ALWAYS | GroupAttribute.LOGON_ID);
    }

    /** The SID of the service the token is for: always on, and able to own objects. */
    public static Group service(Sid sid) {
        return new Group(sid, ALWAYS | GroupAttribute.OWNER);
    }

    /** Whether all bits of that attribute are set. */
    public boolean has(int attribute) {
        return has(attributes, attribute);
    }

    private static boolean has(int attributes, int attribute) {
        return (attributes & attribute) == attribute;
    }

    /** Whether an entry that allows matches it: it is enabled, and not for denials only. */
    public boolean allows() {
        return has(GroupAttribute.ENABLED) && !has(GroupAttribute.USE_FOR_DENY_ONLY);
    }

    /** Whether an entry that denies matches it: it is enabled, or for denials only. */
    public boolean denies() {
        return has(GroupAttribute.ENABLED) || has(GroupAttribute.USE_FOR_DENY_ONLY);
    }

    Group enabled(boolean on) {
        return new Group(sid, on ? attributes | GroupAttribute.ENABLED : attributes & ~GroupAttribute.ENABLED);
    }
}
