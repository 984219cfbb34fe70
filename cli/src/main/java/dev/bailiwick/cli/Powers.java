package dev.bailiwick.cli;

import dev.bailiwick.schema.gen.AccountStoreManager;
import dev.bailiwick.schema.gen.AccountStoreReader;
import dev.bailiwick.schema.gen.AuthorityBroker;
import dev.bailiwick.schema.gen.ResourceProfileReader;
import dev.bailiwick.schema.gen.RoleDirectory;
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

    /** Maintenance of the store's own workings, which no session holds. */
    StoreMaintainer.Client storeMaintainer();

    @Override
    void close();
}
