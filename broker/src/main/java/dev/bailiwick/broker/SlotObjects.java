package dev.bailiwick.broker;

import dev.bailiwick.accountstore.SignedStatement;
import dev.bailiwick.accountstore.StorageRoot;
import dev.bailiwick.capnp.rpc.AnyCapability;
import dev.bailiwick.capnp.rpc.CapabilityClient;
import dev.bailiwick.capnp.rpc.CapabilityServer;
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
import dev.bailiwick.schema.gen.TerminalSession;
import dev.bailiwick.schema.gen.TokenHolder;
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

        TokenHolder.Server identity(Grant grant);

        ServiceDirectory.Server services(Grant grant);

        SecuredDirectories.Server secured(Grant grant);

        ServiceSupervisor.Server supervisor(Grant grant);

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

    /** Puts the object of the grant's slot behind its membrane: most are made when somebody calls them (ADR 0068). */
    void fill(Grant grant, Dossier dossier) {
        Slot slot = grant.decision().slot();
        if (slot == Slot.LOGIN) {
            // Not through the membrane: what a login through it gives is the new session's, and must not end with this
            // one.
            grant.hold(SessionManager.client(services.login(grant)));
        } else if (slot == Slot.TERMINAL) {
            // If it is gone meanwhile, what is given out is broken as it would be a moment later.
            grant.guard(
                    grant.session()
                            .terminal()
                            .orElseGet(() -> TerminalSession.factory.broken(
                                    RpcException.disconnected("the terminal is gone with its client"))),
                    TerminalSession.factory);
        } else {
            grant.guardLate(() -> AnyCapability.factory.client(
                    CapabilityClient.serve(new LazyServer(grant, Offer.schema(slot), () -> make(grant, dossier)))));
        }
    }

    /** The object of the grant's slot, which is called for the first time. It may wait for the disk. */
    private CapabilityServer make(Grant grant, Dossier dossier) {
        return switch (grant.decision().slot()) {
            case SESSION ->
                new UserSessionServer(
                        grant, logout, services.reauthentication(), services.refresh(), services::receipts);
            case HOME -> namespace(grant, home(grant, dossier));
            case CONFIG -> namespace(grant, durable(dossier.account().content().configRoot()));
            case CACHE -> namespace(grant, durable(dossier.account().content().cacheRoot()));
            case TMP -> namespace(grant, new Place(grant.session().identity().tmp(), Durability.SESSION));
            case LOGS -> reader(grant);
            case LOG_SINK -> sink(grant);
            case CREDENTIALS -> services.credentials(grant);
            case STATUS -> services.status(grant);
            case HELP -> new HelpServer();
            case ACCOUNT_READER -> services.accountReader();
            case ACCOUNT_MANAGER -> services.accountManager(grant);
            case PROFILE_READER -> services.profileReader();
            case ROLE_DIRECTORY -> services.roleDirectory();
            case PLANNER -> services.planner();
            case STORE_INSPECTOR -> services.storeInspector();
            case KEYRING -> services.keyring(grant);
            case KEY_BACKUP -> services.keyBackup(grant);
            case SESSION_DIRECTORY -> services.sessionDirectory(grant);
            case APPROVAL -> services.approval(grant);
            case APPROVAL_REVIEWER -> services.approvalReviewer(grant);
            case AUDIT_READER -> services.auditReader();
            case RESOURCE_PROFILE_MANAGER -> services.resourceProfileManager(grant);
            case POLICY_MANAGER -> services.policyManager(grant);
            case STORE_MAINTAINER -> services.storeMaintainer(grant);
            case LAUNCHER -> services.launcher(grant);
            case IDENTITY -> services.identity(grant);
            case SERVICES -> services.services(grant);
            case SECURED -> services.secured(grant);
            case SUPERVISOR -> services.supervisor(grant);
            case TERMINAL, LOGIN -> throw new IllegalStateException("it is made at login");
        };
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

    private NamespaceServer namespace(Grant grant, Place place) {
        dev.bailiwick.storage.Namespace view = opened(grant, place);
        return new NamespaceServer(view, sharing(grant, place, view));
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

    private LogServers.Reader reader(Grant grant) {
        sessionLog.firstUsed(grant);
        return new LogServers.Reader(logs, log(grant.session()));
    }

    private LogServers.Sink sink(Grant grant) {
        sessionLog.firstUsed(grant);
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
