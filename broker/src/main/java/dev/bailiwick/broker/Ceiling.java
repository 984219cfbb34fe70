package dev.bailiwick.broker;

import dev.bailiwick.profiles.Slot;
import dev.bailiwick.profiles.SlotAccess;
import java.util.Optional;

/**
 * The most that sessions of each kind may ever hold, whatever profiles and roles select (ARCHITECTURE 6, the table; seed
 * 002, "Default Session Resources"). Fragments are data that an administrator may get wrong; that a guest has no durable
 * home is not theirs to get wrong.
 */
final class Ceiling {
    private Ceiling() {}

    /** The highest access to that slot; empty if sessions of that kind never hold it. */
    static Optional<SlotAccess> of(SessionKind kind, Slot slot) {
        return switch (kind) {
            case LOCAL, OPERATOR -> resident(slot);
            case GUEST -> guest(slot);
            case ANONYMOUS -> anonymous(slot);
            case EXTERNAL -> external(slot);
            case SERVICE -> service(slot);
            case RECOVERY -> recovery(slot);
        };
    }

    /** The access that remains of {@code wanted} below {@code most}: a narrowed kind of access is had in that form only. */
    static SlotAccess lower(SlotAccess wanted, SlotAccess most) {
        return most == SlotAccess.FULL ? wanted : most;
    }

    /**
     * Whether sessions of that kind hold the slot by a lease only, whatever else selects it: what a supervisor has to approve (ARCHITECTURE
     * 6, the column of services).
     */
    static boolean isByLeaseOnly(SessionKind kind, Slot slot) {
        return switch (kind) {
            case SERVICE -> slot == Slot.CREDENTIALS || slot == Slot.KEYRING;
            case LOCAL, OPERATOR, GUEST, ANONYMOUS, EXTERNAL, RECOVERY -> false;
        };
    }

    private static Optional<SlotAccess> resident(Slot slot) {
        return switch (slot) {
            case TERMINAL,
                    SESSION,
                    HOME,
                    CONFIG,
                    CACHE,
                    LAUNCHER,
                    APPROVAL,
                    CREDENTIALS,
                    KEYRING,
                    STATUS,
                    HELP,
                    ACCOUNT_READER,
                    ACCOUNT_MANAGER,
                    PROFILE_READER,
                    ROLE_DIRECTORY,
                    PLANNER,
                    STORE_INSPECTOR,
                    APPROVAL_REVIEWER,
                    AUDIT_READER,
                    SESSION_DIRECTORY,
                    RESOURCE_PROFILE_MANAGER,
                    POLICY_MANAGER,
                    STORE_MAINTAINER,
                    KEY_BACKUP,
                    IDENTITY,
                    SERVICES,
                    SECURED,
                    SUPERVISOR -> Optional.of(SlotAccess.FULL);
            case LOGIN -> Optional.empty();
            case TMP -> Optional.of(SlotAccess.EPHEMERAL);
            case LOGS -> Optional.of(SlotAccess.OWN_ONLY);
            case LOG_SINK -> Optional.of(SlotAccess.WRITE_ONLY);
        };
    }

    private static Optional<SlotAccess> guest(Slot slot) {
        return switch (slot) {
            case TERMINAL, SESSION, LAUNCHER, APPROVAL, HELP, IDENTITY, SERVICES, SECURED ->
                Optional.of(SlotAccess.FULL);
            case HOME, TMP -> Optional.of(SlotAccess.EPHEMERAL);
            case LOGS -> Optional.of(SlotAccess.OWN_ONLY);
            case LOG_SINK -> Optional.of(SlotAccess.WRITE_ONLY);
            case CONFIG,
                    CACHE,
                    CREDENTIALS,
                    KEYRING,
                    STATUS,
                    LOGIN,
                    ACCOUNT_READER,
                    ACCOUNT_MANAGER,
                    PROFILE_READER,
                    ROLE_DIRECTORY,
                    PLANNER,
                    STORE_INSPECTOR,
                    APPROVAL_REVIEWER,
                    AUDIT_READER,
                    SESSION_DIRECTORY,
                    RESOURCE_PROFILE_MANAGER,
                    POLICY_MANAGER,
                    STORE_MAINTAINER,
                    KEY_BACKUP,
                    SUPERVISOR -> Optional.empty();
        };
    }

    private static Optional<SlotAccess> anonymous(Slot slot) {
        return switch (slot) {
            case SESSION, LOGIN, HELP, IDENTITY -> Optional.of(SlotAccess.FULL);
            case TERMINAL,
                    HOME,
                    CONFIG,
                    CACHE,
                    TMP,
                    LOGS,
                    LOG_SINK,
                    LAUNCHER,
                    APPROVAL,
                    CREDENTIALS,
                    KEYRING,
                    STATUS,
                    ACCOUNT_READER,
                    ACCOUNT_MANAGER,
                    PROFILE_READER,
                    ROLE_DIRECTORY,
                    PLANNER,
                    STORE_INSPECTOR,
                    APPROVAL_REVIEWER,
                    AUDIT_READER,
                    SESSION_DIRECTORY,
                    RESOURCE_PROFILE_MANAGER,
                    POLICY_MANAGER,
                    STORE_MAINTAINER,
                    KEY_BACKUP,
                    SERVICES,
                    SECURED,
                    SUPERVISOR -> Optional.empty();
        };
    }

    /** Durable namespaces need a binding or an admission rule, which this build has no record of yet. */
    private static Optional<SlotAccess> external(Slot slot) {
        return switch (slot) {
            case TERMINAL, SESSION, LAUNCHER, APPROVAL, KEYRING, HELP, IDENTITY, SERVICES, SECURED ->
                Optional.of(SlotAccess.FULL);
            case TMP -> Optional.of(SlotAccess.EPHEMERAL);
            case LOGS -> Optional.of(SlotAccess.OWN_ONLY);
            case LOG_SINK -> Optional.of(SlotAccess.WRITE_ONLY);
            case STATUS -> Optional.of(SlotAccess.REDACTED);
            case HOME,
                    CONFIG,
                    CACHE,
                    CREDENTIALS,
                    LOGIN,
                    ACCOUNT_READER,
                    ACCOUNT_MANAGER,
                    PROFILE_READER,
                    ROLE_DIRECTORY,
                    PLANNER,
                    STORE_INSPECTOR,
                    APPROVAL_REVIEWER,
                    AUDIT_READER,
                    SESSION_DIRECTORY,
                    RESOURCE_PROFILE_MANAGER,
                    POLICY_MANAGER,
                    STORE_MAINTAINER,
                    KEY_BACKUP,
                    SUPERVISOR -> Optional.empty();
        };
    }

    /** Credentials and keyring wait for a supervisor's approval, which is a lease: {@link #isByLeaseOnly}. */
    private static Optional<SlotAccess> service(Slot slot) {
        return switch (slot) {
            case SESSION, HOME, LAUNCHER, CREDENTIALS, KEYRING, IDENTITY, SERVICES, SECURED ->
                Optional.of(SlotAccess.FULL);
            case LOG_SINK -> Optional.of(SlotAccess.WRITE_ONLY);
            case TERMINAL,
                    CONFIG,
                    CACHE,
                    TMP,
                    LOGS,
                    APPROVAL,
                    STATUS,
                    LOGIN,
                    HELP,
                    ACCOUNT_READER,
                    ACCOUNT_MANAGER,
                    PROFILE_READER,
                    ROLE_DIRECTORY,
                    PLANNER,
                    STORE_INSPECTOR,
                    APPROVAL_REVIEWER,
                    AUDIT_READER,
                    SESSION_DIRECTORY,
                    RESOURCE_PROFILE_MANAGER,
                    POLICY_MANAGER,
                    STORE_MAINTAINER,
                    KEY_BACKUP,
                    SUPERVISOR -> Optional.empty();
        };
    }

    private static Optional<SlotAccess> recovery(Slot slot) {
        return switch (slot) {
            case TERMINAL, SESSION, HELP, IDENTITY -> Optional.of(SlotAccess.FULL);
            case TMP -> Optional.of(SlotAccess.EPHEMERAL);
            case LOGS -> Optional.of(SlotAccess.OWN_ONLY);
            case LOG_SINK -> Optional.of(SlotAccess.WRITE_ONLY);
            case STATUS -> Optional.of(SlotAccess.REDACTED);
            case HOME,
                    CONFIG,
                    CACHE,
                    LAUNCHER,
                    APPROVAL,
                    CREDENTIALS,
                    KEYRING,
                    LOGIN,
                    ACCOUNT_READER,
                    ACCOUNT_MANAGER,
                    PROFILE_READER,
                    ROLE_DIRECTORY,
                    PLANNER,
                    STORE_INSPECTOR,
                    APPROVAL_REVIEWER,
                    AUDIT_READER,
                    SESSION_DIRECTORY,
                    RESOURCE_PROFILE_MANAGER,
                    POLICY_MANAGER,
                    STORE_MAINTAINER,
                    KEY_BACKUP,
                    SERVICES,
                    SECURED,
                    SUPERVISOR -> Optional.empty();
        };
    }
}
