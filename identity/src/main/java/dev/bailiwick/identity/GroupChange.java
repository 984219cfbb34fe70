package dev.bailiwick.identity;

/** One entry of a request to adjust groups: that group is to be enabled, or disabled. */
public sealed interface GroupChange {
    /** Which group. */
    Sid sid();

    /** Refused if the token does not have the group, or has it for denials only. */
    record Enable(Sid sid) implements GroupChange {}

    /** Refused if the group is mandatory; does nothing if the token does not have it. */
    record Disable(Sid sid) implements GroupChange {}
}
