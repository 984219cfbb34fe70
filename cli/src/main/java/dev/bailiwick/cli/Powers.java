package dev.bailiwick.cli;

import dev.bailiwick.schema.gen.AccountStoreManager;
import dev.bailiwick.schema.gen.AccountStoreReader;
import dev.bailiwick.schema.gen.AuditReader;
import dev.bailiwick.schema.gen.AuthorityBroker;
import dev.bailiwick.schema.gen.PolicyManager;
import dev.bailiwick.schema.gen.PolicyProfileManager;
import dev.bailiwick.schema.gen.ResourceProfileManager;
import dev.bailiwick.schema.gen.ResourceProfileReader;
import dev.bailiwick.schema.gen.RoleDirectory;
import dev.bailiwick.schema.gen.ServiceSupervisor;
import dev.bailiwick.schema.gen.SessionDirectory;
import dev.bailiwick.schema.gen.StoreInspector;
import dev.bailiwick.schema.gen.StoreMaintainer;

/**
 * The administrative capabilities a command acts with: those of the caller's own session, or those of whoever opens the store
 * directory. Each call gives a reference of its own, to be closed by the caller; one that is not held fails with the reason.
 */
interface Powers extends AutoCloseable {
    /** What a command is about to do. */
    enum Use {
        /** Look, and write nothing. */
        READ,
        /** Change something. */
        CHANGE
    }

    AccountStoreReader.Client accountReader();

    AccountStoreManager.Client accountManager();

    ResourceProfileReader.Client profileReader();

    RoleDirectory.Client roleDirectory();

    AuthorityBroker.Client planner();

    StoreInspector.Client storeInspector();

    /** The live sessions, which only a running daemon has. */
    SessionDirectory.Client sessionDirectory();

    /** Maintenance of the store's own workings; of a session that leased it, repair only. */
    StoreMaintainer.Client storeMaintainer();

    AuditReader.Client auditReader();

    PolicyManager.Client policyManager();

    /** Changes of resource profiles, by whichever capability leads to them. */
    ResourceProfileManager.Client resourceProfileManager();

    /** Changes of policy profiles, by whichever capability leads to them. */
    PolicyProfileManager.Client policyProfileManager();

    /** Starting, stopping and inspecting services, which only a running daemon does. */
    ServiceSupervisor.Client supervisor();

    /** As {@link #supervisor}, null where it is not held. */
    ServiceSupervisor.Client supervisorIfHeld();

    @Override
    void close();
}
