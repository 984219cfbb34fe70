package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.AnyCapability;
import dev.bailiwick.capnp.rpc.CapabilityClient;
import dev.bailiwick.capnp.rpc.CapabilityFactory;
import dev.bailiwick.capnp.rpc.InterfaceSchema;
import dev.bailiwick.capnp.rpc.Membrane;
import dev.bailiwick.capnp.rpc.MembranePolicy;
import dev.bailiwick.capnp.rpc.MethodSchema;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.profiles.SlotAccess;
import dev.bailiwick.schema.ApprovalId;
import dev.bailiwick.schema.gen.AccountStoreManager;
import dev.bailiwick.schema.gen.AccountStoreReader;
import dev.bailiwick.schema.gen.ActingIdentity;
import dev.bailiwick.schema.gen.Annotations;
import dev.bailiwick.schema.gen.ApprovalClient;
import dev.bailiwick.schema.gen.ApprovalReviewer;
import dev.bailiwick.schema.gen.AuditReader;
import dev.bailiwick.schema.gen.AuthorityBroker;
import dev.bailiwick.schema.gen.Blob;
import dev.bailiwick.schema.gen.BlobWriter;
import dev.bailiwick.schema.gen.Credentials;
import dev.bailiwick.schema.gen.Help;
import dev.bailiwick.schema.gen.IncomingConnection;
import dev.bailiwick.schema.gen.KeyBackup;
import dev.bailiwick.schema.gen.Keyring;
import dev.bailiwick.schema.gen.Launcher;
import dev.bailiwick.schema.gen.LogReader;
import dev.bailiwick.schema.gen.LogSink;
import dev.bailiwick.schema.gen.MethodClass;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.PolicyManager;
import dev.bailiwick.schema.gen.PolicyProfileManager;
import dev.bailiwick.schema.gen.Process;
import dev.bailiwick.schema.gen.ResourceProfileManager;
import dev.bailiwick.schema.gen.ResourceProfileReader;
import dev.bailiwick.schema.gen.RoleDirectory;
import dev.bailiwick.schema.gen.SecuredDirectories;
import dev.bailiwick.schema.gen.ServiceConnection;
import dev.bailiwick.schema.gen.ServiceDirectory;
import dev.bailiwick.schema.gen.ServiceListener;
import dev.bailiwick.schema.gen.ServiceSupervisor;
import dev.bailiwick.schema.gen.SessionDirectory;
import dev.bailiwick.schema.gen.Sharing;
import dev.bailiwick.schema.gen.StoreInspector;
import dev.bailiwick.schema.gen.StoreMaintainer;
import dev.bailiwick.schema.gen.SystemStatus;
import dev.bailiwick.schema.gen.TerminalSession;
import dev.bailiwick.schema.gen.TokenHolder;
import dev.bailiwick.schema.gen.UserSession;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One granted slot of one session: the gate in front of its capability and the membrane around everything that comes from it.
 *
 * <p>A call is asked about twice. {@link #decide} asks as the call enters, so that an ended session is refused at once and
 * using it counts as use. {@link #closed} asks again in the commit lane, just before an effect. {@link #cut} sets the answer to both
 * before it fails the calls in flight; so once it has returned no call enters, no effect lands, and none of the
 * calls in between is answered with anything but the reason. It takes no longer than that, since the commit lane waits for it; what is
 * held inside is given back by {@link #release}, which whoever cuts sees to soon after. {@link #close} is both.
 *
 * <p>The object behind the membrane is made when it is first called (ADR 0068). What it may do was decided before, in
 * {@link #decision}; one that would be made after the grant has closed is not made.
 *
 * <p>INVARIANT (closed is for good): a grant is never opened again. Thread-safe.
 */
final class Grant implements MembranePolicy, Lifetime {
    /**
     * Every interface that a granted capability has or leads to. A call that is pipelined comes before its object is known, and
     * is judged by what the schema says of its method.
     */
    static final List<InterfaceSchema> CATALOGUE = List.of(
            UserSession.SCHEMA,
            Namespace.SCHEMA,
            Sharing.SCHEMA,
            Blob.SCHEMA,
            BlobWriter.SCHEMA,
            LogReader.SCHEMA,
            LogSink.SCHEMA,
            Launcher.SCHEMA,
            Process.SCHEMA,
            Credentials.SCHEMA,
            SystemStatus.SCHEMA,
            TerminalSession.SCHEMA,
            Help.SCHEMA,
            AccountStoreReader.SCHEMA,
            AccountStoreManager.SCHEMA,
            ResourceProfileReader.SCHEMA,
            ResourceProfileManager.SCHEMA,
            PolicyProfileManager.SCHEMA,
            RoleDirectory.SCHEMA,
            AuthorityBroker.SCHEMA,
            StoreInspector.SCHEMA,
            ApprovalClient.SCHEMA,
            ApprovalReviewer.SCHEMA,
            Keyring.SCHEMA,
            KeyBackup.SCHEMA,
            AuditReader.SCHEMA,
            SessionDirectory.SCHEMA,
            PolicyManager.SCHEMA,
            StoreMaintainer.SCHEMA,
            TokenHolder.SCHEMA,
            ServiceDirectory.SCHEMA,
            ServiceConnection.SCHEMA,
            ServiceListener.SCHEMA,
            IncomingConnection.SCHEMA,
            ActingIdentity.SCHEMA,
            SecuredDirectories.SCHEMA,
            ServiceSupervisor.SCHEMA);

    private static final int LOGOUT = UserSession.SCHEMA.methods().stream()
            .filter(method -> method.name().equals("logout"))
            .mapToInt(MethodSchema::ordinal)
            .findFirst()
            .orElseThrow();

    private final Session session;
    private final Membrane membrane = new Membrane(this, CATALOGUE);
    private volatile PolicyDecision.Granted decision;
    private volatile @Nullable Cause closedBecause;
    // All guarded by membrane.
    private @Nullable CapabilityClient client;
    private @Nullable List<Consumer<String>> closing; // null while there is nothing to be done: mostly there never is
    private int answering;
    private boolean noted;

    Grant(Session session, PolicyDecision.Granted decision) {
        this.session = session;
        this.decision = decision;
    }

    /** What was granted. */
    PolicyDecision.Granted decision() {
        return decision;
    }

    Session session() {
        return session;
    }

    /** Puts an object behind the membrane that is made when it is first called; the maker must not block. */
    void guardLate(Supplier<CapabilityClient> maker) {
        hold(membrane.wrapLate(maker, AnyCapability.factory));
    }

    /** Puts the object behind the membrane; what bundles carry is the capability that comes out. The client given is consumed. */
    <T extends CapabilityClient> void guard(T inside, CapabilityFactory<T> factory) {
        try (inside) {
            hold(membrane.wrap(inside, factory));
        }
    }

    /** Gives out the capability as it is: for objects that ask {@link #requireOpen} themselves. The client given is consumed. */
    void hold(CapabilityClient capability) {
        synchronized (membrane) {
            client = capability;
        }
    }

    /** The capability as a client of its own, which the caller closes. It may be closed already, and then says why. */
    <T extends CapabilityClient> T capability(CapabilityFactory<T> factory) {
        synchronized (membrane) {
            return client == null
                    ? factory.broken(revoked(closed().orElse("the grant has ended")))
                    : client.castAs(factory);
        }
    }

    /** Whether a later plan gives just this again. Which record versions say so does not matter. */
    boolean isSameAs(PolicyDecision.Granted other) {
        PolicyDecision.Granted mine = decision;
        return mine.slot() == other.slot()
                && mine.access() == other.access()
                && mine.quota().equals(other.quota())
                && approvalOf(mine).equals(approvalOf(other))
                // A lease that is renewed goes on, and so does all that it gave; a binding of another length is another
                // one.
                && (mine.lease().isPresent() || mine.until().equals(other.until()))
                && mine.launch()
                        .map(terms -> terms.isWithin(other.launch()))
                        .orElse(other.launch().isEmpty());
    }

    /** The approval that this rests on, if it was leased. */
    Optional<ApprovalId> approval() {
        return approvalOf(decision);
    }

    private static Optional<ApprovalId> approvalOf(PolicyDecision.Granted granted) {
        return granted.lease().map(Lease::id);
    }

    /**
     * Runs a call that may commit what closes this very grant, such as a policy that its author publishes: the call is still answered.
     * Every other call through it is refused from the commit on, and a change of another one does not land.
     */
    <T> T answering(Callable<T> call) throws Exception {
        count(1);
        try {
            return call.call();
        } finally {
            count(-1);
        }
    }

    private void count(int more) {
        synchronized (membrane) {
            answering += more;
        }
    }

    /** Ends the grant because a commit took its ground away, as {@link #cut}; but a call that is {@link #answering} is answered. */
    void cutByCommit(Cause cause) {
        boolean isAnswering;
        synchronized (membrane) {
            isAnswering = answering > 0;
        }
        if (isAnswering) {
            shut(cause);
        } else {
            cut(cause);
        }
    }

    /** As {@link #cutByCommit}, with {@link #release}. */
    void closeByCommit(String why) {
        cutByCommit(Cause.of(why));
        release();
    }

    /** Whether nobody has noted yet that it has ended: true once. */
    boolean noteEnd() {
        synchronized (membrane) {
            boolean isFirst = !noted;
            noted = true;
            return isFirst;
        }
    }

    /** The same grant now rests on these record versions. */
    void restOn(PolicyDecision.Granted newer) {
        decision = newer;
    }

    /** Ends the grant. Does not block; calls in flight fail with the reason. Only the first reason counts. */
    void close(String why) {
        cut(Cause.of(why));
        release();
    }

    /** Ends the grant for everybody who calls; {@link #release} is to follow. Does not block. Only the first reason counts. */
    void cut(Cause cause) {
        List<Consumer<String>> actions;
        synchronized (membrane) {
            shut(cause);
            actions = closing == null ? List.of() : List.copyOf(closing);
        }
        actions.forEach(action -> action.accept(cause.why()));
        membrane.shut(cause.answer());
    }

    /**
     * Something to be done whenever this is closed, before {@link #cut} returns; at once if it is closed already. It may be done
     * more than once, and must not block.
     */
    @Override
    public void onClose(Consumer<String> action) {
        Cause cause;
        synchronized (membrane) {
            if (closing == null) {
                closing = new ArrayList<>(1);
            }
            closing.add(action);
            cause = closedBecause;
        }
        if (cause != null) {
            action.accept(cause.why());
        }
    }

    @Override
    public void offClose(Consumer<String> action) {
        synchronized (membrane) {
            if (closing != null) {
                closing.remove(action);
            }
        }
    }

    /**
     * Gives back the session's own reference to the capability, and what is held through the membrane once nothing passes it any more. Does
     * not block.
     */
    void release() {
        membrane.release();
        CapabilityClient held;
        synchronized (membrane) {
            held = client;
            client = null;
        }
        if (held != null) {
            held.close();
        }
    }

    /** Lets no further call in and no effect land, and leaves calls in flight to answer: for the call that ends the session. */
    void shut(Cause cause) {
        synchronized (membrane) {
            if (closedBecause == null) {
                closedBecause = cause;
            }
        }
    }

    /** Why nothing may come of this any more; empty while it is live. */
    @Override
    public Optional<String> closed() {
        return closedAt(session.now());
    }

    private Optional<String> closedAt(Instant now) {
        Cause cause = closedBecause;
        if (cause != null) {
            return Optional.of(cause.why());
        }
        Optional<String> ended = session.endedAt(now);
        if (ended.isPresent()) {
            return ended;
        }
        PolicyDecision.Granted granted = decision;
        return granted.until().isPresent() && !now.isBefore(granted.until().get())
                ? Optional.of(granted.lease().isPresent() ? "the lease has lapsed" : "the role binding has expired")
                : Optional.empty();
    }

    /** Fails unless the grant is live: for objects whose calls do not pass the membrane. */
    void requireOpen() {
        Optional<String> why = closed();
        if (why.isPresent()) {
            throw revoked(why.get());
        }
    }

    /** What a caller is told of a capability that is gone. */
    static RpcException revoked(String why) {
        return RpcException.failed("revoked: " + why);
    }

    @Override
    public Decision decide(Crossing crossing) {
        Instant now = session.now();
        Optional<String> why = closedAt(now);
        if (why.isPresent()) {
            return Decision.refuse(revoked(why.get()));
        }
        return switch (crossing.direction()) {
            case OUTWARD -> Decision.PASS;
            case INWARD -> {
                session.used(now);
                yield permits(crossing)
                        ? isLogout(crossing) ? Decision.PASS : session.usage().admit(crossing, waits(crossing))
                        : Decision.refuse(RpcException.failed("denied: this grant is "
                                + decision.access().text() + "; the method is not part of it"));
            }
        };
    }

    @Override
    public Optional<RpcException> handOut() {
        return session.usage().handOut();
    }

    @Override
    public void takenBack() {
        session.usage().takenBack();
    }

    /** The way out stays open whatever is in use: it ends all of that, and works once. */
    private static boolean isLogout(Crossing crossing) {
        return crossing.interfaceId() == UserSession.TYPE_ID && crossing.methodId() == LOGOUT;
    }

    private static boolean waits(Crossing crossing) {
        return crossing.method().isPresent()
                && crossing.method().get().annotations().containsKey(Annotations.WAITS_ANNOTATION);
    }

    /** A method without a class counts as {@code control}, the strictest (annotations.capnp). */
    private boolean permits(Crossing crossing) {
        MethodClass methodClass = crossing.method()
                .flatMap((MethodSchema method) ->
                        method.annotation(Annotations.METHOD_CLASS_ANNOTATION, MethodClass.class))
                .orElse(MethodClass.CONTROL);
        SlotAccess access = decision.access();
        return switch (access) {
            case FULL, OWN_ONLY, REDACTED, EPHEMERAL -> true;
            case READ_ONLY -> methodClass == MethodClass.READ || methodClass == MethodClass.TRANSFER;
            case WRITE_ONLY -> methodClass == MethodClass.WRITE;
        };
    }
}
