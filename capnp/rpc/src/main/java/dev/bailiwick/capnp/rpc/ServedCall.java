package dev.bailiwick.capnp.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.capnproto.FromPointerBuilder;
import org.capnproto.FromPointerReader;
import org.jspecify.annotations.Nullable;

/** One call on an object of this process, from the mailbox to its completion. */
final class ServedCall extends PromisedCall implements Runnable {
    private final long interfaceId;
    private final int methodId;
    private final LocalClient object;
    private final @Nullable VatConnection resultsFor;
    private List<Runnable> cancellationActions = List.of(); // an immutable one until there are any; guarded by this
    private volatile boolean cancelled;
    private boolean started; // guarded by this
    private @Nullable Runnable onStart; // guarded by this
    private @Nullable Parcel params; // guarded by this
    private @Nullable CompletableFuture<?> heldBy; // the serving thread's
    private @Nullable Draft draft; // the serving thread's
    private boolean forwarding; // guarded by this
    private @Nullable CallHandle tail; // guarded by this

    ServedCall(LocalClient object, long interfaceId, int methodId, Parcel params, @Nullable VatConnection resultsFor) {
        this.object = object;
        this.interfaceId = interfaceId;
        this.methodId = methodId;
        this.params = params;
        this.resultsFor = resultsFor;
    }

    /** Lets the object's next call wait for this one's stage. */
    void holdBack(CompletableFuture<?> stage) {
        heldBy = stage;
    }

    /** Runs the action when the next call may begin, and says that it will; false if that is now. On the serving thread. */
    boolean holdsBack(Runnable action) {
        CompletableFuture<?> stage = heldBy;
        heldBy = null;
        if (stage == null || stage.isDone()) {
            return false;
        }
        var _ = stage.whenComplete((ignored, failure) -> action.run());
        return true;
    }

    long interfaceId() {
        return interfaceId;
    }

    int methodId() {
        return methodId;
    }

    /** Runs the method; returns when it returned, which may be before the call is complete. */
    @Override
    public void run() {
        Runnable starting;
        synchronized (this) {
            if (cancelled) {
                return;
            }
            started = true;
            starting = onStart;
            onStart = null;
        }
        if (starting != null) {
            starting.run();
        }
        CompletionStage<?> stage;
        try {
            stage = object.server().dispatch(new IncomingCall(this));
        } catch (Throwable failure) {
            // Whatever a method throws is its caller's answer; even an Error must not leave it waiting.
            finish(failure);
            return;
        }
        if (stage.equals(Calls.DONE)) {
            finish(null);
        } else {
            stage.whenComplete((ignored, failure) -> finish(failure));
        }
    }

    @Override
    void whenStarted(Runnable action) {
        synchronized (this) {
            if (!started && !cancelled) {
                onStart = both(onStart, action);
                return;
            }
        }
        action.run();
    }

    private void finish(@Nullable Throwable failure) {
        releaseParams();
        CallHandle forwarded;
        synchronized (this) {
            forwarded = tail;
        }
        Draft built = draft;
        if (failure != null) {
            if (built != null) {
                built.discard();
            }
            fail(RpcException.of(failure));
        } else if (forwarded != null) {
            forwarded.passOn(this, forwarded::close);
        } else {
            complete(built == null ? Parcel.empty() : Parcel.of(built));
        }
        if (forwarded != null && failure != null) {
            forwarded.close();
        }
    }

    <P> P params(FromPointerReader<P> factory) {
        synchronized (this) {
            if (params == null) {
                throw new IllegalStateException("parameters were released; read them before");
            }
            return params.read(factory);
        }
    }

    void releaseParams() {
        Parcel released;
        synchronized (this) {
            released = params;
            params = null;
        }
        if (released != null) {
            released.close();
        }
    }

    <R> R results(FromPointerBuilder<R> factory, int words) {
        Draft building = draft;
        if (building == null) {
            building = Draft.results(words);
            draft = building;
        }
        return building.init(factory);
    }

    /** Sends the request, and makes its outcome this call's; the stage completes with it. */
    CompletionStage<?> tailCall(Request<?, ?, ?> request) {
        synchronized (this) {
            if (forwarding) {
                throw new IllegalStateException("call was already forwarded");
            }
            forwarding = true;
        }
        CallHandle handle = request.start(resultsFor);
        boolean abandon;
        synchronized (this) {
            tail = handle;
            abandon = cancelled;
        }
        settle(handle.pipeline());
        if (abandon) {
            handle.cancel();
        }
        handle.attend();
        return handle.results();
    }

    boolean isCancelled() {
        return cancelled;
    }

    void onCancel(Runnable action) {
        synchronized (this) {
            if (!cancelled) {
                if (cancellationActions.isEmpty()) {
                    cancellationActions = new ArrayList<>(2);
                }
                cancellationActions.add(action);
                return;
            }
        }
        object.executor().execute(action);
    }

    @Override
    void cancel(RpcException why) {
        List<Runnable> actions;
        boolean neverRuns;
        CallHandle forwarded;
        synchronized (this) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            neverRuns = !started;
            forwarded = tail;
            actions = cancellationActions;
            cancellationActions = List.of();
        }
        if (neverRuns) {
            releaseParams();
            fail(why);
            object.forgetCancelled();
        } else {
            actions.forEach(object.executor()::execute);
        }
        if (forwarded != null) {
            forwarded.cancel(why);
        }
    }
}
