package dev.bailiwick.identity;

import java.util.ArrayList;
import java.util.List;

/** The attributes of a {@link Group}: bits of one word. Source: IDENTITY-FACTS. */
public final class GroupAttribute {
    /** Cannot be disabled. */
    public static final int MANDATORY = 0x1;

    /** A reset enables it. */
    public static final int ENABLED_BY_DEFAULT = 0x2;

    /** Counts in access checks. */
    public static final int ENABLED = 0x4;

    /** May own objects. */
    public static final int OWNER = 0x8;

    /** Matches entries that deny, and never one that allows. Cannot be enabled. */
    public static final int USE_FOR_DENY_ONLY = 0x10;

    /** Belongs to the domain of the resource. */
    public static final int RESOURCE = 0x2000_0000;

    /** Both bits: the SID of a logon session. */
    public static final int LOGON_ID = 0xC000_0000;

    static final int ALL = MANDATORY | ENABLED_BY_DEFAULT | ENABLED | OWNER | USE_FOR_DENY_ONLY | RESOURCE | LOGON_ID;

    private GroupAttribute() {}

    /** The names of the attributes that are set, such as {@code mandatory}, in the order of their bits. */
    public static List<String> names(int attributes) {
        List<String> names = new ArrayList<>();
        name(names, attributes, MANDATORY, "mandatory");
        name(names, attributes, ENABLED_BY_DEFAULT, "enabled-by-default");
        name(names, attributes, ENABLED, "enabled");
        name(names, attributes, OWNER, "owner");
        name(names, attributes, USE_FOR_DENY_ONLY, "deny-only");
        name(names, attributes, RESOURCE, "resource");
        name(names, attributes, LOGON_ID, "logon-id");
        return List.copyOf(names);
    }

    private static void name(List<String> names, int attributes, int attribute, String name) {
        if ((attributes & attribute) == attribute) {
            names.add(name);
        }
    }
}
