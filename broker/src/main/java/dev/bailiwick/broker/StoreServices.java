package dev.bailiwick.broker;

import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.accountstore.SignedStatement;
import dev.bailiwick.launch.Launchpad;
import dev.bailiwick.schema.gen.AccountStoreManager;
import dev.bailiwick.schema.gen.AccountStoreReader;
import dev.bailiwick.schema.gen.ApprovalClient;
import dev.bailiwick.schema.gen.ApprovalReviewer;
import dev.bailiwick.schema.gen.AuditReader;
import dev.bailiwick.schema.gen.AuthorityBroker;
import dev.bailiwick.schema.gen.Credentials;
import dev.bailiwick.schema.gen.KeyBackup;
import dev.bailiwick.schema.gen.Keyring;
import dev.bailiwick.schema.gen.Launcher;
import dev.bailiwick.schema.gen.PolicyManager;
import dev.bailiwick.schema.gen.ResourceProfileManager;
import dev.bailiwick.schema.gen.ResourceProfileReader;
import dev.bailiwick.schema.gen.RoleDirectory;
import dev.bailiwick.schema.gen.SecuredDirectories;
import dev.bailiwick.schema.gen.ServiceDirectory;
import dev.bailiwick.schema.gen.ServiceSupervisor;
import dev.bailiwick.schema.gen.SessionDirectory;
import dev.bailiwick.schema.gen.SessionManager;
import dev.bailiwick.schema.gen.Sharing;
import dev.bailiwick.schema.gen.StoreInspector;
import dev.bailiwick.schema.gen.StoreMaintainer;
import dev.bailiwick.schema.gen.SystemStatus;
import dev.bailiwick.schema.gen.TokenHolder;
import dev.bailiwick.storage.StorageVerifier;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Makes the objects that reach the account store, each with no more of the store than it needs. */
final class StoreServices implements SlotObjects.Services {
    private final AccountStore store;
    private final StorageVerifier storage;
    private final Records records;
    private final Authenticator authenticator;
    private final Planner planner;
    private final StatusServer.Subject status;
    private final BrokerConfig config;
    private final Sessions sessions;
    private final Janitor janitor;
    private final AuditTrail audit;
    private final CompletableFuture<Logins> logins;
    private final Keyrings keyrings;
    private final HashPool pool;
    private final CompletableFuture<Approvals> approvals;
    private final UserSessionServer.Refresh refresh;
    private final Optional<Launchpad> launchpad;
    private final Tickets tickets;
    private final SessionLog log;
    private final Shares shares;
    private final Identities identities;
    private final SecuredData data;
    private final CompletableFuture<ServiceStarts> starts;

    /**
     * @param logins the login paths, which need this in turn; complete before the first session
     * @param approvals likewise
     * @param refresh how a session is planned again
     * @param starts what starts services, which needs this in turn; complete before the first session
     */
    StoreServices(
            AccountStore store,
            StorageVerifier storage,
            Records records,
            Authenticator authenticator,
            Planner planner,
            StatusServer.Subject status,
            BrokerConfig config,
            Sessions sessions,
            Janitor janitor,
            AuditTrail audit,
            CompletableFuture<Logins> logins,
            Keyrings keyrings,
            Shares shares,
            HashPool pool,
            CompletableFuture<Approvals> approvals,
            UserSessionServer.Refresh refresh,
            Optional<Launchpad> launchpad,
            Tickets tickets,
            SessionLog log,
            Identities identities,
            SecuredData data,
            CompletableFuture<ServiceStarts> starts) {
        this.store = store;
        this.storage = storage;
        this.records = records;
        this.authenticator = authenticator;
        this.planner = planner;
        this.status = status;
        this.config = config;
        this.sessions = sessions;
        this.janitor = janitor;
        this.audit = audit;
        this.logins = logins;
        this.keyrings = keyrings;
        this.shares = shares;
        this.pool = pool;
        this.approvals = approvals;
        this.refresh = refresh;
        this.launchpad = launchpad;
        this.tickets = tickets;
        this.log = log;
        this.identities = identities;
        this.data = data;
        this.starts = starts;
    }

    @Override
    public Credentials.Server credentials(Grant grant) {
        return new CredentialsServer(new SelfService(
                grant, records, authenticator, store.accountManager(), config.clock(), config.random()));
    }

    @Override
    public SessionManager.Server login(Grant grant) {
        Session.Identity identity = grant.session().identity();
        return new SessionManagerServer(
                logins.join(), new Caller(identity.uid(), identity.source()), Optional.of(grant));
    }

    @Override
    public SystemStatus.Server status(Grant grant) {
        return new StatusServer(status, grant);
    }

    @Override
    public SignedStatement receipts(Session session) {
        return store.statement(ReceiptNote.TOPIC, ReceiptNote.text(session));
    }

    @Override
    public AccountStoreReader.Server accountReader() {
        return new AccountReaderServer(store::read, store.prover());
    }

    @Override
    public AccountStoreManager.Server accountManager(Grant grant) {
        return new AccountManagerServer(
                Administrator.holding(grant),
                new OwnBundle(Optional.of(grant), planner),
                store::read,
                records,
                Administrator.Powers.over(store),
                config.clock(),
                config.random());
    }

    @Override
    public ResourceProfileReader.Server profileReader() {
        return new DirectoryServers.Profiles(store::read);
    }

    @Override
    public RoleDirectory.Server roleDirectory() {
        return new DirectoryServers.Roles(store::read);
    }

    @Override
    public AuthorityBroker.Server planner() {
        return new PlannerServer(store::read, planner, config.clock());
    }

    @Override
    public StoreInspector.Server storeInspector() {
        return new InspectorServer(store, storage, config);
    }

    @Override
    public Keyring.Server keyring(Grant grant) {
        return new KeyringServers.Use(grant, keyrings, audit);
    }

    @Override
    public KeyBackup.Server keyBackup(Grant grant) {
        return new KeyringServers.Backup(grant, keyrings, pool, config, audit);
    }

    @Override
    public Reauthentication reauthentication() {
        return new Reauthentication(records, authenticator, audit);
    }

    @Override
    public SessionDirectory.Server sessionDirectory(Grant grant) {
        return new SessionDirectoryServer(grant, store::read, sessions, janitor, audit, identities);
    }

    @Override
    public ApprovalClient.Server approval(Grant grant) {
        return new ApprovalServers.Client(grant, approvals.join());
    }

    @Override
    public ApprovalReviewer.Server approvalReviewer(Grant grant) {
        return new ApprovalServers.Reviewer(grant, approvals.join(), sessions);
    }

    @Override
    public AuditReader.Server auditReader() {
        return new AuditReaderServer(store);
    }

    @Override
    public ResourceProfileManager.Server resourceProfileManager(Grant grant) {
        return new ProfileManagers(
                        Administrator.holding(grant),
                        new OwnBundle(Optional.of(grant), planner),
                        store::read,
                        Administrator.Powers.over(store),
                        config.random())
                .resources();
    }

    @Override
    public PolicyManager.Server policyManager(Grant grant) {
        return new PolicyManagerServer(
                Administrator.holding(grant), Optional.of(grant), planner, store, config.random());
    }

    @Override
    public StoreMaintainer.Server storeMaintainer(Grant grant) {
        return new MaintainerServer(store, Administrator.holding(grant), MaintainerServer.Scope.REPAIR);
    }

    @Override
    public UserSessionServer.Refresh refresh() {
        return refresh;
    }

    @Override
    public Launcher.Server launcher(Grant grant) {
        return new LauncherServer(
                grant,
                launchpad,
                tickets,
                log::noted,
                new Jobs(identities, starts.join().tokens())::prepare);
    }

    /** As whom the session of a grant acts, for as long as the grant is open. */
    private Footing footing(Grant grant) {
        return new Footing(
                grant.session(), grant.session().flows(identities::logon).main(), grant);
    }

    @Override
    public TokenHolder.Server identity(Grant grant) {
        Flows flows = grant.session().flows(identities::logon);
        return new TokenHolderServer(grant.session(), flows, flows.main(), identities::nameOf, audit);
    }

    @Override
    public ServiceDirectory.Server services(Grant grant) {
        return new ServiceDirectoryServer(footing(grant), starts.join().connections());
    }

    @Override
    public SecuredDirectories.Server secured(Grant grant) {
        return new SecuredDirectoriesServer(footing(grant), data);
    }

    @Override
    public ServiceSupervisor.Server supervisor(Grant grant) {
        return new SupervisorServer(grant, store::read, starts.join(), identities);
    }

    @Override
    public Sharing.Server sharing(Grant grant, dev.bailiwick.storage.Namespace home) {
        return new SharingServer(grant, home, shares);
    }
}
