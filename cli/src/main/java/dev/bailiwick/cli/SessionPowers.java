package dev.bailiwick.cli;

import dev.bailiwick.schema.gen.AccountStoreManager;
import dev.bailiwick.schema.gen.AccountStoreReader;
import dev.bailiwick.schema.gen.AuthorityBroker;
import dev.bailiwick.schema.gen.ResourceProfileReader;
import dev.bailiwick.schema.gen.RoleDirectory;
import dev.bailiwick.schema.gen.StoreInspector;
import dev.bailiwick.schema.gen.StoreMaintainer;

/**
 * The capabilities of a session's bundle. Takes the session over.
 *
 * @param session whose bundle
 */
record SessionPowers(LiveSession session) implements Powers {
    @Override
    public AccountStoreReader.Client accountReader() {
        return session.held("accountReader", session.bundle().getAccountReader());
    }

    @Override
    public AccountStoreManager.Client accountManager() {
        return session.held("accountManager", session.bundle().getAccountManager());
    }

    @Override
    public ResourceProfileReader.Client profileReader() {
        return session.held("profileReader", session.bundle().getProfileReader());
    }

    @Override
    public RoleDirectory.Client roleDirectory() {
        return session.held("roleDirectory", session.bundle().getRoleDirectory());
    }

    @Override
    public AuthorityBroker.Client planner() {
        return session.held("planner", session.bundle().getPlanner());
    }

    @Override
    public StoreInspector.Client storeInspector() {
        return session.held("storeInspector", session.bundle().getStoreInspector());
    }

    @Override
    public StoreMaintainer.Client storeMaintainer() {
        throw CommandFailure.denied(
                "not-selected",
                "no session holds the maintenance of the store",
                "stop the daemon and name the store's directory: --store DIR");
    }

    @Override
    public void close() {
        session.close();
    }
}
