package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.accountstore.Change;
import dev.bailiwick.accountstore.Receipt;
import dev.bailiwick.accountstore.RecordContent;
import dev.bailiwick.accountstore.ResourceProfileContent;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.capnp.rpc.CapabilityClient;
import dev.bailiwick.capnp.rpc.PeerCredentials;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.launch.LaunchSite;
import dev.bailiwick.launch.Launchpad;
import dev.bailiwick.schema.gen.SessionManager;
import dev.bailiwick.storage.KeyTable;
import dev.bailiwick.storage.LogStore;
import dev.bailiwick.storage.NamespaceStore;
import dev.bailiwick.storage.ShareTable;
import dev.bailiwick.storage.StorageLimits;
import dev.bailiwick.storage.StorageVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The authority broker over one account store. What it gives to whoever connects is a {@code SessionManager}, the login paths and
 * nothing else; everything further comes from those (ARCHITECTURE 6).
 *
 * <p>There is one broker over a store at a time, because it knows the live sessions. A program that embeds it holds the same
 * capabilities as one across a socket. Thread-safe.
 */
public final class Broker implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Broker.class.getName());

    private final Sessions sessions;
    private final Janitor janitor;
    private final HashPool pool;
    private final BrokerConfig config;
    private final Logins logins;
    private final Parts parts;
    private final Optional<Launchpad> launchpad;
    private final Tickets tickets;
    private final ServiceStarts starts;
    private final ScheduledThreadPoolExecutor sweeper;

    /** What sessions are made with, one step at a time: for those who measure or test the steps. */
    record Parts(
            Records records,
            Planner planner,
            Minter minter,
            Janitor janitor,
            Sessions sessions,
            ServiceStarts starts) {}

    private Broker(
            Sessions sessions,
            Janitor janitor,
            HashPool pool,
            BrokerConfig config,
            Logins logins,
            Parts parts,
            Optional<Launchpad> launchpad,
            Tickets tickets,
            ServiceStarts starts) {
        this.sessions = sessions;
        this.janitor = janitor;
        this.pool = pool;
        this.config = config;
        this.logins = logins;
        this.parts = parts;
        this.launchpad = launchpad;
        this.tickets = tickets;
        this.starts = starts;
        this.sweeper = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("session-sweeper").daemon().factory());
    }

    /**
     * Starts a broker, after deleting what sessions of an earlier run left behind. Engine and store stay the caller's, to be closed
     * after the broker.
     */
    public static Broker open(Engine engine, AccountStore store, BrokerConfig config) {
        Broker broker = idle(engine, store, config);
        long period = Limits.SWEEP.toMillis();
        var _ = broker.sweeper.scheduleWithFixedDelay(broker::sweepGuarded, period, period, TimeUnit.MILLISECONDS);
        return broker;
    }

    /** As {@link #open}, but expired sessions are cleared away only by {@link #sweep}: for tests that move the clock. */
    static Broker idle(Engine engine, AccountStore store, BrokerConfig config) {
        NamespaceStore namespaces = new NamespaceStore(engine, config.clock(), StorageLimits.DEFAULT);
        LogStore logs = new LogStore(engine, config.clock(), StorageLimits.DEFAULT);
        var _ = namespaces.sweepSessionRoots();
        var _ = logs.sweepSessionLogs();

        StoreRecords records = new StoreRecords(store::read, store.credentials());
        AuditTrail audit = new StoreAudit(store.auditLog(), config.clock());
        HashPool pool = new HashPool(config.hashThreads(), Limits.HASH_QUEUE);
        Authenticator authenticator = new Authenticator(
                records, store.accountManager(), pool, signatureNamespace(engine), config.clock(), config.random());
        Planner planner = new Planner(Planner.OFFERED);
        Shares shares = new Shares(
                new ShareTable(engine),
                namespaces,
                records,
                principal -> store.read(
                        snapshot -> snapshot.accounts().byPrincipal(principal).map(Stored::recordId)),
                planner,
                audit,
                config.clock(),
                config.random());

        CompletableFuture<Logins> loginsLater = new CompletableFuture<>();
        CompletableFuture<Approvals> approvalsLater = new CompletableFuture<>();
        CompletableFuture<Minter> minterLater = new CompletableFuture<>();
        Leases leases = new Leases();
        Sessions sessions = new Sessions(config.sessions());
        SessionLog sessionLog = new SessionLog(logs);
        Optional<Launchpad> launchpad = config.launch().map(site -> new Launchpad(site, config.clock()));
        Tickets tickets = new Tickets(config.clock(), config.random());
        Janitor janitor = new Janitor(sessions, namespaces, logs, audit, sessionLog, leases);
        Identities identities = new Identities(
                store::read,
                AccountStore.headOf(engine).orElseThrow().storeId().toString(),
                config.identitySources(),
                config.clock().millis() << 16);
        SecuredData data = new SecuredData(namespaces, store::read, records, planner, audit, config.clock());
        CompletableFuture<ServiceStarts> startsLater = new CompletableFuture<>();
        SlotObjects objects = new SlotObjects(
                namespaces,
                logs,
                sessionLog,
                janitor,
                new StoreServices(
                        store,
                        new StorageVerifier(engine),
                        records,
                        authenticator,
                        planner,
                        new StatusServer.Subject(
                                engine, store, sessions, config, config.clock().instant()),
                        config,
                        sessions,
                        janitor,
                        audit,
                        loginsLater,
                        new Keyrings(new KeyTable(engine), config.keyringSecret(), config.clock(), config.random()),
                        shares,
                        pool,
                        approvalsLater,
                        session -> minterLater.join().refresh(session),
                        launchpad,
                        tickets,
                        sessionLog,
                        identities,
                        data,
                        startsLater));
        Minter minter = new Minter(
                records,
                sessions,
                planner,
                objects,
                new Roots(store.accountManager(), config.random()),
                janitor,
                leases,
                audit,
                config.clock(),
                config.random());
        minterLater.complete(minter);
        approvalsLater.complete(new Approvals(
                leases, records, planner, minter, Planner.OFFERED, audit, config.clock(), config.random()));
        Logins logins = new Logins(
                records, authenticator, minter, sessions, audit, sessionLog, janitor, tickets, config.clock());
        loginsLater.complete(logins);
        ServiceStarts starts = new ServiceStarts(
                store::read,
                identities,
                data,
                minter,
                janitor,
                launchpad,
                tickets,
                audit,
                sessionLog,
                config.clock(),
                config.launch().map(LaunchSite::uid).orElse(0));
        startsLater.complete(starts);
        store.addCommitListener((receipt, written) -> {
            records.committed();
            List<Moved> moved = movedBy(receipt, written);
            shares.moved(moved);
            data.moved(moved);
            Sessions.Effects effects = sessions.moved(moved);
            leases.moved(moved, config.clock().instant());
            janitor.clearLater(effects.ended());
            janitor.noteLater(effects.closed());
        });
        return new Broker(
                sessions,
                janitor,
                pool,
                config,
                logins,
                new Parts(records, planner, minter, janitor, sessions, starts),
                launchpad,
                tickets,
                starts);
    }

    /** What SSH signatures are made for, such that one made for another store is of no use here. */
    private static String signatureNamespace(Engine engine) {
        return "bailiwick-login/" + AccountStore.headOf(engine).orElseThrow().storeId();
    }

    /** What a commit changed, as far as sessions care. */
    private static List<Moved> movedBy(Receipt receipt, List<RecordContent> written) {
        List<Moved> moved = new ArrayList<>();
        for (int i = 0; i < written.size(); i++) {
            Change change = receipt.changes().get(i);
            switch (change.kind()) {
                case ACCOUNT -> {
                    Account account = (Account) written.get(i);
                    moved.add(new Moved.Account(
                            change.recordId(),
                            change.version(),
                            account.status(),
                            account.resourceProfile(),
                            account.policyProfile()));
                }
                case RESOURCE_PROFILE ->
                    moved.add(new Moved.Resources(
                            change.recordId(),
                            change.version(),
                            CallLimits.of(((ResourceProfileContent) written.get(i)).profile())));
                case POLICY_PROFILE, ROLE_BINDING ->
                    moved.add(new Moved.Other(change.kind(), change.recordId(), change.version()));
                case POLICY_VERSION -> moved.add(new Moved.Policy(change.recordId(), change.version()));
                case CREDENTIAL, EXTERNAL_BINDING, SEED_MANIFEST, STORE_KEY -> {}
            }
        }
        return moved;
    }

    /** The bootstrap capability of whoever connected to a Unix socket, with one reference, which the caller closes. */
    public SessionManager.Client bootstrap(PeerCredentials peer) {
        return bootstrap(new Caller(peer.uid(), peer.pid(), SessionSource.UNIX_SOCKET));
    }

    /**
     * The login paths for a caller of that operating-system user, with one reference, which the caller closes. Whoever calls this
     * vouches for both arguments.
     */
    public SessionManager.Client bootstrap(int uid, SessionSource source) {
        return bootstrap(new Caller(uid, source));
    }

    /**
     * The login paths for that caller. A login waits for the disk or for a hash, so it never runs on the thread that reads everybody's
     * calls, not even until it has turned out to be slow.
     */
    SessionManager.Client bootstrap(Caller caller) {
        return SessionManager.factory.client(CapabilityClient.serve(
                new SessionManagerServer(logins, caller, Optional.empty()),
                login -> Thread.ofVirtual().name("session-login").start(login)));
    }

    /** See {@link Parts}. */
    Parts parts() {
        return parts;
    }

    /** Live sessions now. */
    public int sessions() {
        return sessions.size();
    }

    /** Ends what has expired. */
    void sweep() {
        janitor.sweep(config.clock().instant());
        tickets.sweep(config.clock().instant());
    }

    private void sweepGuarded() {
        try {
            sweep();
        } catch (RuntimeException failure) { // an exception would end the schedule, and with it all expiry
            LOG.log(System.Logger.Level.WARNING, "could not clear expired sessions away", failure);
        }
    }

    /** Ends all sessions and deletes what ends with them. */
    @Override
    public void close() {
        sweeper.shutdownNow();
        List<Session> live = sessions.all();
        live.forEach(session -> janitor.end(session, "the daemon stopped"));
        // One that ended a moment ago may still be being cleared away, on a thread of its own.
        live.forEach(
                session -> session.cleared().handle((done, failure) -> true).join());
        launchpad.ifPresent(Launchpad::close);
        starts.finish();
        janitor.finish(config.clock().instant());
        pool.close();
    }
}
