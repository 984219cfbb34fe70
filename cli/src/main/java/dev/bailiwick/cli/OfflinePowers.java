package dev.bailiwick.cli;

import dev.bailiwick.broker.OfflineAuthority;
import dev.bailiwick.daemon.OfflineStore;
import dev.bailiwick.daemon.StoreLocation;
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
 * The capabilities of whoever opened the store's directory. Takes the store over.
 *
 * @param store opened for what is about to be done
 */
record OfflinePowers(OfflineStore store) implements Powers {
    /** Opens the store for that use by that operating-system user. */
    static OfflinePowers open(StoreLocation location, Use use, int uid) {
        OfflineStore.Use mode = switch (use) {
            case READ -> OfflineStore.Use.READ;
            case CHANGE -> OfflineStore.Use.CHANGE;
        };
        return new OfflinePowers(OfflineStore.open(location, mode, uid, Version.number()));
    }

    private OfflineAuthority authority() {
        return store.authority();
    }

    @Override
    public AccountStoreReader.Client accountReader() {
        return authority().accountReader();
    }

    @Override
    public AccountStoreManager.Client accountManager() {
        return authority().accountManager();
    }

    @Override
    public ResourceProfileReader.Client profileReader() {
        return authority().profileReader();
    }

    @Override
    public RoleDirectory.Client roleDirectory() {
        return authority().roleDirectory();
    }

    @Override
    public AuthorityBroker.Client planner() {
        return authority().planner();
    }

    @Override
    public StoreInspector.Client storeInspector() {
        return authority().storeInspector();
    }

    @Override
    public SessionDirectory.Client sessionDirectory() {
        throw CommandFailure.usage(
                "a store that no daemon serves has no sessions",
                "leave --store out to act through a daemon, with your own login");
    }

    @Override
    public ServiceSupervisor.Client supervisor() {
        throw CommandFailure.usage(
                "a store that no daemon serves runs no services",
                "leave --store out to act through a daemon, with your own login");
    }

    @Override
    public ServiceSupervisor.Client supervisorIfHeld() {
        return ServiceSupervisor.factory.nullClient();
    }

    @Override
    public StoreMaintainer.Client storeMaintainer() {
        return authority().storeMaintainer();
    }

    @Override
    public AuditReader.Client auditReader() {
        return authority().auditReader();
    }

    @Override
    public PolicyManager.Client policyManager() {
        return authority().policyManager();
    }

    @Override
    public ResourceProfileManager.Client resourceProfileManager() {
        try (AccountStoreManager.Client accounts = accountManager();
                var managing = accounts.resourceProfilesRequest().send().join()) {
            return managing.get().getManager();
        }
    }

    @Override
    public PolicyProfileManager.Client policyProfileManager() {
        try (AccountStoreManager.Client accounts = accountManager();
                var managing = accounts.policyProfilesRequest().send().join()) {
            return managing.get().getManager();
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
