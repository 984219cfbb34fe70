package dev.bailiwick.profiles;

import java.util.Optional;

/** A place in a session bundle, in the order bundles are printed in (ARCHITECTURE 6). Ordinals match the schema's. */
public enum Slot {
    /** The client's own terminal, wrapped. */
    TERMINAL("terminal"),
    /** Facts about the session, and logout. */
    SESSION("session"),
    /** The durable namespace of the account. */
    HOME("home"),
    /** The account's configuration namespace. */
    CONFIG("config"),
    /** The account's cache namespace. */
    CACHE("cache"),
    /** A namespace that is deleted when the session ends. */
    TMP("tmp"),
    /** A reader of the principal's own session logs. */
    LOGS("logs"),
    /** A write-only sink for application logs. */
    LOG_SINK("logSink"),
    /** Starts approved applications. */
    LAUNCHER("launcher"),
    /** Asks for leased grants. */
    APPROVAL("approval"),
    /** Self-service credentials; never returns a verifier. */
    CREDENTIALS("credentials"),
    /** Uses and unwraps keys without exporting them. */
    KEYRING("keyring"),
    /** System status, redacted. */
    STATUS("status"),
    /** The login paths of a caller who has not said who they are. */
    LOGIN("login"),
    /** Read-only documentation. */
    HELP("help"),
    /** Looks accounts up. */
    ACCOUNT_READER("accountReader"),
    /** Changes accounts. */
    ACCOUNT_MANAGER("accountManager"),
    /** Looks resource profiles up. */
    PROFILE_READER("profileReader"),
    /** The role catalogue, and who has what. */
    ROLE_DIRECTORY("roleDirectory"),
    /** Explains the bundle a login would get. */
    PLANNER("planner"),
    /** Inspects the store's integrity: sizes and hashes, no content. */
    STORE_INSPECTOR("storeInspector"),
    /** Decides what others ask for. */
    APPROVAL_REVIEWER("approvalReviewer"),
    /** Reads the audit chain. */
    AUDIT_READER("auditReader"),
    /** Lists sessions and ends them. */
    SESSION_DIRECTORY("sessionDirectory"),
    /** Changes resource profiles. */
    RESOURCE_PROFILE_MANAGER("resourceProfileManager"),
    /** Changes roles, fragments, policy profiles, and who has administrative roles. */
    POLICY_MANAGER("policyManager"),
    /** Repairs what is derived in the store, and rotates its key. */
    STORE_MAINTAINER("storeMaintainer"),
    /** Exports keys, wrapped. */
    KEY_BACKUP("keyBackup"),
    /** The session's token, and its privileges. */
    IDENTITY("identity"),
    /** The services that run, and connections to them. */
    SERVICES("services"),
    /** The data directories of services, as far as a token is let in. */
    SECURED("secured"),
    /** Starts and stops services. */
    SUPERVISOR("supervisor");

    private final String text;

    Slot(String text) {
        this.text = text;
    }

    /** The slot spelt as {@link #text} spells it, if there is one. */
    public static Optional<Slot> ofText(String text) {
        for (Slot slot : values()) {
            if (slot.text.equals(text)) {
                return Optional.of(slot);
            }
        }
        return Optional.empty();
    }

    /** The schema's spelling, used in the catalogue and in JSON. */
    public String text() {
        return text;
    }
}
