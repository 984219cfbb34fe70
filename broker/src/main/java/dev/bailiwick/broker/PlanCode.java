package dev.bailiwick.broker;

/** The stable reasons of the planner: why a slot is not in a bundle, or why no session starts at all. */
enum PlanCode {
    /** Planned for, but this build has no such object to give. */
    NOT_OFFERED("not-offered"),
    /** Neither the policy profile nor any role in force selects the slot. */
    NOT_SELECTED("not-selected"),
    /** Sessions of this kind never hold the slot, whatever selects it. */
    KIND_FORBIDS("kind-forbids"),
    /** The resource profile's quota for the slot is zero, which means none. */
    NO_QUOTA("no-quota"),
    /** The slot is the caller's own terminal, and the caller brought none. */
    NO_TERMINAL("no-terminal"),

    /** A role that would select the slot is not among those the policy profile allows. */
    ROLE_NOT_ALLOWED("role-not-allowed"),
    /** A role that would select the slot is bound, but the binding has expired. */
    ROLE_EXPIRED("role-expired"),
    /** A role that would select the slot is not for principals of this kind. */
    ROLE_KIND("role-kind"),
    /** A role that would select the slot is administrative, and the session comes from an outside provider. */
    ADMINISTRATIVE_ROLE("administrative-role"),
    /** The role is not in the policy version in force. It selects nothing. */
    UNKNOWN_ROLE("unknown-role"),

    ACCOUNT_DISABLED("account-disabled"),
    ACCOUNT_LOCKED("account-locked"),
    ACCOUNT_RECOVERY_ONLY("account-recovery-only"),
    /** The account's kind does not have sessions of the kind asked for. */
    KIND_MISMATCH("kind-mismatch"),
    /** The session needs a proof of identity that was not given. */
    AUTH_TOO_WEAK("auth-too-weak"),
    /** Recovery sessions start on the local console only. */
    CONSOLE_ONLY("console-only"),
    /** The policy profile does not serve principals of this kind. */
    PROFILE_KIND("profile-kind"),
    /** The account names a profile that is not in the store. */
    UNKNOWN_PROFILE("unknown-profile"),
    /** The profile is older than the account accepts, or not the version it pins. */
    STALE_PROFILE("stale-profile"),
    /** The policy profile names a fragment that the policy version lacks. */
    UNKNOWN_FRAGMENT("unknown-fragment"),
    /** There is no policy version. */
    UNKNOWN_POLICY("unknown-policy");

    private final String text;

    PlanCode(String text) {
        this.text = text;
    }

    /** The code as callers see it. */
    String text() {
        return text;
    }
}
