package dev.bailiwick.broker;

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
import dev.bailiwick.schema.gen.Annotations;
import dev.bailiwick.schema.gen.ApprovalClient;
import dev.bailiwick.schema.gen.ApprovalReviewer;
import dev.bailiwick.schema.gen.AuditReader;
import dev.bailiwick.schema.gen.AuthorityBroker;
import dev.bailiwick.schema.gen.Blob;
import dev.bailiwick.schema.gen.BlobWriter;
import dev.bailiwick.schema.gen.Credentials;
import dev.bailiwick.schema.gen.Help;
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
import dev.bailiwick.schema.gen.SessionDirectory;
import dev.bailiwick.schema.gen.Sharing;
import dev.bailiwick.schema.gen.StoreInspector;
import dev.bailiwick.schema.gen.StoreMaintainer;
import dev.bailiwick.schema.gen.SystemStatus;
import dev.bailiwick.schema.gen.TerminalSession;
import dev.bailiwick.schema.gen.UserSession;
import dev.bailiwick.storage.EffectGate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One granted slot of one session: the gate in front of its capability and the membrane around everything that comes from it.
 *
 * <p>A call is asked about twice. {@link #decide} asks as the call enters, so that an ended session is refused at once and
 * using it counts as use. {@link #closed} asks again in the commit lane, just before an effect. Closing sets the answer to both
 * before it fails the calls in flight; so once {@link #close} has returned no call enters, no effect lands, and none of the
 * calls in between is answered with anything but the reason.
 *
 * <p>INVARIANT (closed is for good): a grant is never opened again. Thread-safe.
 */
final class Grant implements MembranePolicy, EffectGate {
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
            StoreMaintainer.SCHEMA);

    private static final int LOGOUT = UserSession.SCHEMA.methods().stream()
            .filter(method -> method.name().equals("logout"))
            .mapToInt(MethodSchema::ordinal)
            .findFirst()
            .orElseThrow();

    private final Session session;
    private final Membrane membrane = new Membrane(this, CATALOGUE);
    private volatile PolicyDecision.Granted decision;
    private volatile @Nullable String closedBecause;
    private @Nullable CapabilityClient client; // guarded by membrane
    private final AtomicInteger answering = new AtomicInteger();
    private final AtomicBoolean noted = new AtomicBoolean();
    private final List<Consumer<String>> closing = new CopyOnWriteArrayList<>();

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
        answering.incrementAndGet();
        try {
            return call.call();
        } finally {
            answering.decrementAndGet();
        }
    }

    /** Ends the grant because a commit took its ground away, as {@link #close}; but a call that is {@link #answering} is answered. */
    void closeByCommit(String why) {
        if (answering.get() > 0) {
            shut(why);
            letGo();
        } else {
            close(why);
        }
    }

    /** Whether nobody has noted yet that it has ended: true once. */
    boolean noteEnd() {
        return noted.compareAndSet(false, true);
    }

    /** The same grant now rests on these record versions. */
    void restOn(PolicyDecision.Granted newer) {
        decision = newer;
    }

    /** Ends the grant. Does not block; calls in flight fail with the reason. Only the first reason counts. */
    void close(String why) {
        shut(why);
        closing.forEach(action -> action.accept(why));
        membrane.revoke(why);
        letGo();
    }

    /**
     * Something to be done whenever this is closed, before {@link #close} returns; at once if it is closed already. It may be done
     * more than once, and must not block.
     */
    void onClose(Consumer<String> action) {
        closing.add(action);
        String why = closedBecause;
        if (why != null) {
            action.accept(why);
        }
    }

    /** Gives back the session's own reference to the capability. */
    void letGo() {
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
    void shut(String why) {
        synchronized (membrane) {
            if (closedBecause == null) {
                closedBecause = why;
            }
        }
    }

    /** Why nothing may come of this any more; empty while it is live. */
    @Override
    public Optional<String> closed() {
        return closedAt(session.now());
    }

    private Optional<String> closedAt(Instant now) {
        String why = closedBecause;
        if (why != null) {
            return Optional.of(why);
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
