package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.InterfaceSchema;
import dev.bailiwick.profiles.Slot;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/** The interface that each slot is an object of. */
final class Offer {
    private static final Map<Slot, InterfaceSchema> SCHEMAS = schemas();

    private Offer() {}

    private static Map<Slot, InterfaceSchema> schemas() {
        Map<Slot, InterfaceSchema> schemas = new EnumMap<>(Slot.class);
        for (Slot slot : Slot.values()) {
            Grant.CATALOGUE.stream()
                    .filter(schema -> schema.displayName().equals(interfaceName(slot)))
                    .findFirst()
                    .ifPresent(schema -> schemas.put(slot, schema));
        }
        return Collections.unmodifiableMap(schemas);
    }

    /** What the schema says of it; for slots whose object is behind a membrane. */
    static InterfaceSchema schema(Slot slot) {
        InterfaceSchema schema = SCHEMAS.get(slot);
        if (schema == null) {
            throw new IllegalArgumentException("the catalogue lacks the interface of slot " + slot.text());
        }
        return schema;
    }

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
            case IDENTITY -> "TokenHolder";
            case SERVICES -> "ServiceDirectory";
            case SECURED -> "SecuredDirectories";
            case SUPERVISOR -> "ServiceSupervisor";
        };
    }
}
