package dev.bailiwick.broker;

import dev.bailiwick.accountstore.SignedStatement;
import dev.bailiwick.accountstore.StorageRoot;
import dev.bailiwick.capnp.rpc.CapabilityClient;
import dev.bailiwick.capnp.rpc.CapabilityFactory;
import dev.bailiwick.capnp.rpc.CapabilityServer;
import dev.bailiwick.capnp.rpc.InterfaceSchema;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.profiles.SlotAccess;
import dev.bailiwick.schema.RootId;
import dev.bailiwick.schema.gen.AccountStoreManager;
import dev.bailiwick.schema.gen.AccountStoreReader;
import dev.bailiwick.schema.gen.ApprovalClient;
import dev.bailiwick.schema.gen.ApprovalReviewer;
import dev.bailiwick.schema.gen.AuditReader;
import dev.bailiwick.schema.gen.AuthorityBroker;
import dev.bailiwick.schema.gen.Credentials;
import dev.bailiwick.schema.gen.Help;
import dev.bailiwick.schema.gen.KeyBackup;
import dev.bailiwick.schema.gen.Keyring;
import dev.bailiwick.schema.gen.Launcher;
import dev.bailiwick.schema.gen.LogReader;
import dev.bailiwick.schema.gen.LogSink;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.PolicyManager;
import dev.bailiwick.schema.gen.ResourceProfileManager;
import dev.bailiwick.schema.gen.ResourceProfileReader;
import dev.bailiwick.schema.gen.RoleDirectory;
import dev.bailiwick.schema.gen.SessionDirectory;
import dev.bailiwick.schema.gen.SessionManager;
import dev.bailiwick.schema.gen.Sharing;
import dev.bailiwick.schema.gen.StoreInspector;
import dev.bailiwick.schema.gen.StoreMaintainer;
import dev.bailiwick.schema.gen.SystemStatus;
import dev.bailiwick.schema.gen.TerminalSession;
import dev.bailiwick.schema.gen.UserSession;
import dev.bailiwick.storage.CorruptStorageException;
import dev.bailiwick.storage.DenialCode;
import dev.bailiwick.storage.Denied;
import dev.bailiwick.storage.Durability;
import dev.bailiwick.storage.EnsureResult;
import dev.bailiwick.storage.LogId;
import dev.bailiwick.storage.LogQuota;
import dev.bailiwick.storage.LogStore;
import dev.bailiwick.storage.NamespaceStore;
import dev.bailiwick.storage.OpenResult;
import dev.bailiwick.storage.Overflow;
import dev.bailiwick.storage.Quota;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes the object behind each slot. What a capability can do was decided here, by what its object was given; no object asks
 * who calls.
 */
final class SlotObjects {
    /** Makes the objects that reach beyond the session's own storage. */
    interface Services {
        Credentials.Server credentials(Grant grant);

        SessionManager.Server login(Grant grant);

        /** What the session holds and why, signed. */
        SignedStatement receipts(Session session);

        SystemStatus.Server status(Grant grant);

        AccountStoreReader.Server accountReader();

        AccountStoreManager.Server accountManager(Grant grant);

        ResourceProfileReader.Server profileReader();

        RoleDirectory.Server roleDirectory();

        AuthorityBroker.Server planner();

        StoreInspector.Server storeInspector();

        Keyring.Server keyring(Grant grant);

        KeyBackup.Server keyBackup(Grant grant);

        Reauthentication reauthentication();

        SessionDirectory.Server sessionDirectory(Grant grant);

        ApprovalClient.Server approval(Grant grant);

        ApprovalReviewer.Server approvalReviewer(Grant grant);

        AuditReader.Server auditReader();

        ResourceProfileManager.Server resourceProfileManager(Grant grant);

        PolicyManager.Server policyManager(Grant grant);

        StoreMaintainer.Server storeMaintainer(Grant grant);

        UserSessionServer.Refresh refresh();

        Launcher.Server launcher(Grant grant);

        Sharing.Server sharing(Grant grant, dev.bailiwick.storage.Namespace home);
    }

    /** A storage root, and how long it lives. */
    private record Place(RootId root, Durability durability) {}

    private final NamespaceStore namespaces;
    private final LogStore logs;
    private final SessionLog sessionLog;
    private final UserSessionServer.Logout logout;
    private final Services services;

    SlotObjects(
            NamespaceStore namespaces,
            LogStore logs,
            SessionLog sessionLog,
            UserSessionServer.Logout logout,
            Services services) {
        this.namespaces = namespaces;
        this.logs = logs;
        this.sessionLog = sessionLog;
        this.logout = logout;
        this.services = services;
    }

    /** Puts the object of the grant's slot behind its membrane. */
    void fill(Grant grant, Dossier dossier) {
        switch (grant.decision().slot()) {
            case SESSION ->
                grant.guard(
                        UserSession.client(new UserSessionServer(
                                grant, logout, services.reauthentication(), services.refresh(), services::receipts)),
                        UserSession.factory);
            case HOME -> namespace(grant, home(grant, dossier));
            case CONFIG -> namespace(grant, durable(dossier.account().content().configRoot()));
            case CACHE -> namespace(grant, durable(dossier.account().content().cacheRoot()));
            case TMP -> namespace(grant, new Place(grant.session().identity().tmp(), Durability.SESSION));
            case LOGS ->
                lazily(grant, LogReader.SCHEMA, LogReader.factory, () -> {
                    sessionLog.firstUsed(grant);
                    return new LogServers.Reader(logs, log(grant.session()));
                });
            case LOG_SINK ->
                lazily(grant, LogSink.SCHEMA, LogSink.factory, () -> {
                    sessionLog.firstUsed(grant);
                    return sink(grant);
                });
            case CREDENTIALS -> grant.guard(Credentials.client(services.credentials(grant)), Credentials.factory);
            case STATUS -> grant.guard(SystemStatus.client(services.status(grant)), SystemStatus.factory);
            // Not through the membrane: what a login through it gives is the new session's, and must not end with this
            // one.
            case LOGIN -> grant.hold(SessionManager.client(services.login(grant)));
            case HELP -> grant.guard(Help.client(new HelpServer()), Help.factory);
            case ACCOUNT_READER ->
                grant.guard(AccountStoreReader.client(services.accountReader()), AccountStoreReader.factory);
            case ACCOUNT_MANAGER ->
                grant.guard(AccountStoreManager.client(services.accountManager(grant)), AccountStoreManager.factory);
            case PROFILE_READER ->
                grant.guard(ResourceProfileReader.client(services.profileReader()), ResourceProfileReader.factory);
            case ROLE_DIRECTORY -> grant.guard(RoleDirectory.client(services.roleDirectory()), RoleDirectory.factory);
            case PLANNER -> grant.guard(AuthorityBroker.client(services.planner()), AuthorityBroker.factory);
            case STORE_INSPECTOR ->
                grant.guard(StoreInspector.client(services.storeInspector()), StoreInspector.factory);
            case KEYRING -> grant.guard(Keyring.client(services.keyring(grant)), Keyring.factory);
            case KEY_BACKUP -> grant.guard(KeyBackup.client(services.keyBackup(grant)), KeyBackup.factory);
            case SESSION_DIRECTORY ->
                grant.guard(SessionDirectory.client(services.sessionDirectory(grant)), SessionDirectory.factory);
            case APPROVAL -> grant.guard(ApprovalClient.client(services.approval(grant)), ApprovalClient.factory);
            case APPROVAL_REVIEWER ->
                grant.guard(ApprovalReviewer.client(services.approvalReviewer(grant)), ApprovalReviewer.factory);
            case AUDIT_READER -> grant.guard(AuditReader.client(services.auditReader()), AuditReader.factory);
            case RESOURCE_PROFILE_MANAGER ->
                grant.guard(
                        ResourceProfileManager.client(services.resourceProfileManager(grant)),
                        ResourceProfileManager.factory);
            case POLICY_MANAGER ->
                grant.guard(PolicyManager.client(services.policyManager(grant)), PolicyManager.factory);
            case STORE_MAINTAINER ->
                grant.guard(StoreMaintainer.client(services.storeMaintainer(grant)), StoreMaintainer.factory);
            case TERMINAL -> {
                // If it is gone meanwhile, what is given out is broken as it would be a moment later.
                grant.guard(
                        grant.session()
                                .terminal()
                                .orElseGet(() -> TerminalSession.factory.broken(
                                        RpcException.disconnected("the terminal is gone with its client"))),
                        TerminalSession.factory);
            }
            case LAUNCHER -> grant.guard(Launcher.client(services.launcher(grant)), Launcher.factory);
        }
    }

    private static Place home(Grant grant, Dossier dossier) {
        return grant.decision().access() == SlotAccess.EPHEMERAL
                ? new Place(grant.session().identity().ephemeralHome(), Durability.SESSION)
                : durable(dossier.account().content().homeRoot());
    }

    private static Place durable(Optional<StorageRoot> root) {
        return new Place(
                root.orElseThrow(() -> new IllegalStateException("the account has no such storage root"))
                        .rootObjectId(),
                Durability.DURABLE);
    }

    /** Puts an object behind the membrane that is made when it is first called. */
    private static <T extends CapabilityClient> void lazily(
            Grant grant, InterfaceSchema schema, CapabilityFactory<T> factory, Supplier<CapabilityServer> maker) {
        grant.guard(factory.client(CapabilityClient.serve(new LazyServer(schema, maker))), factory);
    }

    private void namespace(Grant grant, Place place) {
        lazily(grant, Namespace.SCHEMA, Namespace.factory, () -> {
            dev.bailiwick.storage.Namespace view = opened(grant, place);
            return new NamespaceServer(view, sharing(grant, place, view));
        });
    }

    /** Opens the place for the grant, and makes its root if there is none yet. */
    private dev.bailiwick.storage.Namespace opened(Grant grant, Place place) {
        Session.Identity identity = grant.session().identity();
        switch (place.durability()) {
            case DURABLE -> {}
            case SESSION -> grant.session().owns(place.root());
        }
        try {
            switch (namespaces.ensureRoot(place.root(), identity.principalId(), place.durability(), grant)) {
                case EnsureResult.Ready ignored -> {}
                case Denied denied -> throw unusable(place, denied);
            }
            SlotQuota quota = grant.decision().quota().orElseThrow();
            return switch (namespaces.open(
                    place.root(),
                    identity.principalId(),
                    new Quota(quota.name(), quota.bytes(), overflow(grant)),
                    grant)) {
                case OpenResult.Opened(dev.bailiwick.storage.Namespace opened) ->
                    grant.decision().access() == SlotAccess.READ_ONLY ? opened.readOnly() : opened;
                case Denied denied -> throw unusable(place, denied);
            };
        } catch (CorruptStorageException damage) {
            throw new RpcException(
                    RpcException.Type.FAILED, "corrupt: " + Refusal.of(damage).message(), damage);
        }
    }

    /** Only a home that lasts, and that its holder may change, is shared. */
    private Optional<Supplier<Sharing.Server>> sharing(Grant grant, Place place, dev.bailiwick.storage.Namespace home) {
        return grant.decision().slot() == Slot.HOME
                        && grant.decision().access() == SlotAccess.FULL
                        && place.durability() == Durability.DURABLE
                        && isPersonal(grant.session().identity().kind())
                ? Optional.of(() -> services.sharing(grant, home))
                : Optional.empty();
    }

    private static boolean isPersonal(SessionKind kind) {
        return switch (kind) {
            case LOCAL, OPERATOR -> true;
            case GUEST, ANONYMOUS, EXTERNAL, SERVICE, RECOVERY -> false;
        };
    }

    private static RuntimeException unusable(Place place, Denied denied) {
        return denied.code() == DenialCode.REVOKED
                ? Grant.revoked(denied.message())
                : new IllegalStateException("storage root " + place.root() + " cannot be used: " + denied.message());
    }

    /** A cache makes room; what anybody means to keep is never removed for something else. */
    private static Overflow overflow(Grant grant) {
        return grant.decision().slot() == Slot.CACHE ? Overflow.EVICT : Overflow.REFUSE;
    }

    private LogServers.Sink sink(Grant grant) {
        SlotQuota quota = grant.decision().quota().orElseThrow();
        return new LogServers.Sink(
                logs,
                log(grant.session()),
                durability(grant.session()),
                new LogQuota(quota.bytes(), quota.window().orElseThrow().toMillis()),
                grant);
    }

    /** Sessions that share a principal have a log of their own each, which ends with them. */
    static LogId log(Session session) {
        return switch (durability(session)) {
            case DURABLE -> LogId.of(session.identity().principalId());
            case SESSION -> LogId.ofSession(session.identity().id().value());
        };
    }

    static Durability durability(Session session) {
        return switch (session.identity().kind()) {
            case GUEST, ANONYMOUS -> Durability.SESSION;
            case LOCAL, OPERATOR, EXTERNAL, SERVICE, RECOVERY -> Durability.DURABLE;
        };
    }
}
