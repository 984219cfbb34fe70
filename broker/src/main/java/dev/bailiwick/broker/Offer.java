package dev.bailiwick.broker;

import dev.bailiwick.profiles.Slot;

/** The interface that each slot is an object of. */
final class Offer {
    private Offer() {}

    /** Its name in the schema, or the one reserved for it. */
    static String interfaceName(Slot slot) {
        return switch (slot) {
            case TERMINAL -> "TerminalSession";
            case SESSION -> "UserSession";
            case HOME, CONFIG, CACHE, TMP -> "Namespace";
            case LOGS -> "LogReader";
            case LOG_SINK -> "LogSink";
            case LAUNCHER -> "Launcher";
            case APPROVAL -> "ApprovalClient";
            case CREDENTIALS -> "Credentials";
            case KEYRING -> "Keyring";
            case STATUS -> "SystemStatus";
            case LOGIN -> "SessionManager";
            case HELP -> "Help";
            case ACCOUNT_READER -> "AccountStoreReader";
            case ACCOUNT_MANAGER -> "AccountStoreManager";
            case PROFILE_READER -> "ResourceProfileReader";
            case ROLE_DIRECTORY -> "RoleDirectory";
            case PLANNER -> "AuthorityBroker";
            case STORE_INSPECTOR -> "StoreInspector";
            case APPROVAL_REVIEWER -> "ApprovalReviewer";
            case AUDIT_READER -> "AuditReader";
            case SESSION_DIRECTORY -> "SessionDirectory";
            case RESOURCE_PROFILE_MANAGER -> "ResourceProfileManager";
            case POLICY_MANAGER -> "PolicyManager";
            case STORE_MAINTAINER -> "StoreMaintainer";
            case KEY_BACKUP -> "KeyBackup";
        };
    }
}
