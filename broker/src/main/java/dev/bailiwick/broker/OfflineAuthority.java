package dev.bailiwick.broker;

import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.schema.gen.AccountStoreManager;
import dev.bailiwick.schema.gen.AccountStoreReader;
import dev.bailiwick.schema.gen.AuditReader;
import dev.bailiwick.schema.gen.AuthorityBroker;
import dev.bailiwick.schema.gen.PolicyManager;
import dev.bailiwick.schema.gen.ResourceProfileReader;
import dev.bailiwick.schema.gen.RoleDirectory;
import dev.bailiwick.schema.gen.StoreInspector;
import dev.bailiwick.schema.gen.StoreMaintainer;
import dev.bailiwick.storage.StorageVerifier;
import java.util.Optional;

/**
 * The administrative capabilities of whoever opened a store's directory themselves, with no daemon in between. They are the objects
 * that sessions are granted, so an answer offline is the answer a session would get; changes are journalled as the physical authority
 * they are. There are no sessions here that a change could revoke.
 *
 * <p>Each method gives a capability with one reference, which the caller closes. Thread-safe.
 */
public final class OfflineAuthority {
    private final AccountStore store;
    private final StorageVerifier storage;
    private final int uid;
    private final BrokerConfig config;

    /**
     * The authority of that operating-system user over that store, which stays the caller's to close.
     *
     * @param engine what the store is kept in
     * @param uid unsigned
     */
    public OfflineAuthority(Engine engine, AccountStore store, int uid, BrokerConfig config) {
        this.store = store;
        this.storage = new StorageVerifier(engine);
        this.uid = uid;
        this.config = config;
    }

    /** Lookups of accounts. */
    public AccountStoreReader.Client accountReader() {
        return AccountStoreReader.client(new AccountReaderServer(store::read, store.prover()));
    }

    /** Changes of accounts. */
    public AccountStoreManager.Client accountManager() {
        return AccountStoreManager.client(new AccountManagerServer(
                Administrator.offline(uid),
                new OwnBundle(Optional.empty(), new Planner(Planner.OFFERED)),
                store::read,
                new StoreRecords(store::read, store.credentials()),
                Administrator.Powers.over(store),
                config.clock(),
                config.random()));
    }

    /** Lookups of resource profiles. */
    public ResourceProfileReader.Client profileReader() {
        return ResourceProfileReader.client(new DirectoryServers.Profiles(store::read));
    }

    /** The role catalogue and the policy profiles. */
    public RoleDirectory.Client roleDirectory() {
        return RoleDirectory.client(new DirectoryServers.Roles(store::read));
    }

    /** Explanations of bundles. */
    public AuthorityBroker.Client planner() {
        return AuthorityBroker.client(new PlannerServer(store::read, new Planner(Planner.OFFERED), config.clock()));
    }

    /** Maintenance of the store's own workings. */
    public StoreMaintainer.Client storeMaintainer() {
        return StoreMaintainer.client(
                new MaintainerServer(store, Administrator.offline(uid), MaintainerServer.Scope.DIRECTORY));
    }

    /** The audit chain. */
    public AuditReader.Client auditReader() {
        return AuditReader.client(new AuditReaderServer(store));
    }

    /** Changes of policy: also how a store gets its first policy administrator. */
    public PolicyManager.Client policyManager() {
        return PolicyManager.client(new PolicyManagerServer(
                Administrator.offline(uid), Optional.empty(), new Planner(Planner.OFFERED), store, config.random()));
    }

    /** Integrity inspection. */
    public StoreInspector.Client storeInspector() {
        return StoreInspector.client(new InspectorServer(store, storage, config));
    }
}
