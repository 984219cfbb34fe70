package dev.bailiwick.identity;

/** The stable code of a refusal. */
public enum RefusalCode {
    /** A privilege is needed that is not both present and enabled. */
    PRIVILEGE_NOT_HELD("privilege-not-held"),
    /** A privilege that the token does not have was to be enabled. */
    PRIVILEGE_ABSENT("privilege-absent"),
    /** There is no such privilege. */
    UNKNOWN_PRIVILEGE("unknown-privilege"),
    /** There is no such change. */
    INVALID_CHANGE("invalid-change"),
    /** One request names something twice. */
    DUPLICATE_ENTRY("duplicate-entry"),
    /** The token does not have the group. */
    GROUP_ABSENT("group-absent"),
    /** A mandatory group cannot be disabled. */
    GROUP_MANDATORY("group-mandatory"),
    /** A group for denials only cannot be enabled. */
    GROUP_DENY_ONLY("group-deny-only"),
    /** More than a limit allows. */
    LIMIT_EXCEEDED("limit-exceeded"),
    /** The duplicate would have a higher level than the original. */
    LEVEL_RAISED("level-raised"),
    /** The level is too low for what was asked. */
    LEVEL_TOO_LOW("level-too-low"),
    /** The client chose not to be known. */
    ANONYMOUS_CLIENT("anonymous-client"),
    /** No identity source knows the name. */
    UNKNOWN_IDENTITY("unknown-identity"),
    /** A source that has to be asked does not answer. */
    IDENTITY_UNAVAILABLE("identity-unavailable"),
    /** A source named a SID that is not its own to name. */
    OUTSIDE_DOMAIN("outside-domain"),
    /** A token of SYSTEM is made from a token of SYSTEM only. */
    NOT_SYSTEM("not-system"),
    /** A definition or a specification contradicts itself. */
    INVALID("invalid");

    private final String text;

    RefusalCode(String text) {
        this.text = text;
    }

    /** The code as callers see it. */
    public String text() {
        return text;
    }
}
