package dev.bailiwick.identity;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One flow of execution, and under whose identity it acts: its process's primary token, or a client's while it impersonates one.
 *
 * <p>Impersonating and reverting are not lexical: a service impersonates in one call and reverts in another. So the flow is a small mutable
 * object, and it is the object that a {@link ScopedValue} binds to the thread that runs it (ADR 0072). A new flow starts on the primary token.
 * The binding counts on the thread that made it only: threads forked below it find no flow, and start one of their own.
 *
 * <p>A second impersonation replaces the first; one revert lands on the primary token. Thread-safe; when two threads use one flow as an object, the
 * later call counts.
 */
public final class ExecutionFlow {
    private static final ScopedValue<Binding> CURRENT = ScopedValue.newInstance();

    private final FlowId id;
    private final LiveToken primary;
    private final AtomicReference<@Nullable LiveToken> impersonation = new AtomicReference<>();
    private final AtomicReference<@Nullable Thread> runner = new AtomicReference<>();

    /** A flow and the one thread it is bound on. */
    record Binding(ExecutionFlow flow, Thread thread) {
        /** The flow, if that thread is the one. */
        Optional<ExecutionFlow> on(Thread asking) {
            return asking.equals(thread) ? Optional.of(flow) : Optional.empty();
        }
    }

    private ExecutionFlow(FlowId id, LiveToken primary) {
        this.id = id;
        this.primary = primary;
    }

    /** A new flow, on the primary token. */
    public static ExecutionFlow start(FlowId id, LiveToken primary) {
        return new ExecutionFlow(id, primary);
    }

    /** A new flow of the same process: on its primary token, whomever this one impersonates. */
    public ExecutionFlow fork(FlowId other) {
        return new ExecutionFlow(other, primary);
    }

    /** The flow bound on the calling thread. Without one there is no identity to decide by: deny. */
    public static Optional<ExecutionFlow> current() {
        return CURRENT.isBound() ? CURRENT.get().on(Thread.currentThread()) : Optional.empty();
    }

    /**
     * Runs the body with this flow bound on the calling thread, and reverts when it ends, however it ends.
     *
     * @throws IllegalStateException if another thread is running this flow
     */
    public void run(Runnable body) {
        enter(() -> {
            body.run();
            return Boolean.TRUE;
        });
    }

    /**
     * As {@link #run}, with an answer.
     *
     * @throws Exception whatever the body throws
     */
    public <T> T call(Callable<T> body) throws Exception {
        Thread thread = Thread.currentThread();
        boolean outermost = take(thread);
        try {
            return ScopedValue.where(CURRENT, new Binding(this, thread)).call(body::call);
        } finally {
            leave(outermost);
        }
    }

    private void enter(ScopedValue.CallableOp<Boolean, RuntimeException> body) {
        Thread thread = Thread.currentThread();
        boolean outermost = take(thread);
        try {
            var _ = ScopedValue.where(CURRENT, new Binding(this, thread)).call(body);
        } finally {
            leave(outermost);
        }
    }

    private boolean take(Thread thread) {
        if (runner.compareAndSet(null, thread)) {
            return true;
        }
        if (!thread.equals(runner.get())) {
            throw new IllegalStateException("flow " + id + " runs on another thread; fork it");
        }
        return false;
    }

    private void leave(boolean outermost) {
        if (outermost) {
            revert();
            runner.set(null);
        }
    }

    /** Its number. */
    public FlowId id() {
        return id;
    }

    /** The identity of its process. */
    public LiveToken primary() {
        return primary;
    }

    /** The client's token, while it impersonates one. */
    public Optional<LiveToken> impersonation() {
        return Optional.ofNullable(impersonation.get());
    }

    /** The token that everything this flow does is judged by now: the client's while it impersonates one, else the primary. */
    public LiveToken effective() {
        LiveToken client = impersonation.get();
        return client == null ? primary : client;
    }

    /**
     * Acts as the client from now on, at the level and with the identity that the connection recorded, and never with more integrity than the
     * primary token. It takes SeImpersonatePrivilege, present and enabled in the primary token, whatever the level (seed 001); without it nothing
     * changes. The client's privileges count meanwhile, and the service's own do not.
     */
    public ImpersonateResult impersonate(ClientConnection connection, TokenIds ids) {
        if (!primary.use(Privilege.IMPERSONATE)) {
            return new Refused(
                    RefusalCode.PRIVILEGE_NOT_HELD,
                    "to impersonate a client takes " + Privilege.IMPERSONATE + ", present and enabled",
                    "require it in the service's definition, and enable it if it was disabled");
        }
        LiveToken client = connection.actFor(primary.token(), ids);
        impersonation.set(client);
        return new ImpersonateResult.Impersonating(client);
    }

    /** Acts under the primary token again, from however many impersonations. Whether it had impersonated anyone. */
    public boolean revert() {
        return impersonation.getAndSet(null) != null;
    }

    /** Connects on to another service as whoever this flow acts as: while it impersonates, that service sees the client (seed 001). */
    public ConnectResult connect(ImpersonationLevel level, TokenIds ids) {
        return ClientConnection.open(effective(), level, ids);
    }

    /** Says which flow, and whom it acts as. */
    @Override
    public String toString() {
        return "flow " + id + " as " + effective();
    }
}
