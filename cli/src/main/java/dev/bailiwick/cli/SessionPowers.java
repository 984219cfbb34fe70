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
    public SessionDirectory.Client sessionDirectory() {
        return session.held("sessionDirectory", session.bundle().getSessionDirectory());
    }

    @Override
    public StoreMaintainer.Client storeMaintainer() {
        return session.held("storeMaintainer", session.bundle().getStoreMaintainer());
    }

    @Override
    public AuditReader.Client auditReader() {
        return session.held("auditReader", session.bundle().getAuditReader());
    }

    @Override
    public PolicyManager.Client policyManager() {
        return session.held("policyManager", session.bundle().getPolicyManager());
    }

    @Override
    public ResourceProfileManager.Client resourceProfileManager() {
        ResourceProfileManager.Client leased = session.bundle().getResourceProfileManager();
        if (!leased.isNull()) {
            return leased;
        }
        leased.close();
        try (AccountStoreManager.Client accounts = accountManager();
                var managing = accounts.resourceProfilesRequest().send().join()) {
            return managing.get().getManager();
        }
    }

    @Override
    public PolicyProfileManager.Client policyProfileManager() {
        try (PolicyManager.Client policy = session.bundle().getPolicyManager()) {
            if (!policy.isNull()) {
                try (var managing = policy.policyProfilesRequest().send().join()) {
                    return managing.get().getManager();
                }
            }
        }
        try (AccountStoreManager.Client accounts = accountManager();
                var managing = accounts.policyProfilesRequest().send().join()) {
            return managing.get().getManager();
        }
    }

    @Override
    public ServiceSupervisor.Client supervisor() {
        return session.held("supervisor", session.bundle().getSupervisor());
    }

    @Override
    public ServiceSupervisor.Client supervisorIfHeld() {
        return session.bundle().getSupervisor();
    }

    @Override
    public void close() {
        session.close();
    }
}
