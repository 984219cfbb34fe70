package dev.bailiwick.capnp.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.capnproto.AnyPointer;
import org.jspecify.annotations.Nullable;

/** One call on an object of this process, from the mailbox to its completion. */
final class ServedCall extends PromisedCall {
    private final long interfaceId;
    private final int methodId;
    private final Executor executor;
    private final List<Runnable> cancellationActions = new ArrayList<>(0); // guarded by itself
    private volatile boolean cancelled;
    private boolean started; // guarded by cancellationActions
    private @Nullable Parcel params; // guarded by cancellationActions
    private @Nullable Draft draft; // the serving thread's
    private @Nullable CallHandle tail; // guarded by cancellationActions

    ServedCall(long interfaceId, int methodId, Parcel params, Executor executor) {
        this.interfaceId = interfaceId;
        this.methodId = methodId;
        this.params = params;
        this.executor = executor;
    }

    long interfaceId() {
        return interfaceId;
    }

    int methodId() {
        return methodId;
    }

    /** Runs the method; returns when it returned, which may be before the call is complete. */
    void run(CapabilityServer server) {
        synchronized (cancellationActions) {
            if (cancelled) {
                return;
            }
            started = true;
        }
        CompletionStage<?> stage;
        try {
            stage = server.dispatch(new IncomingCall(this));
        } catch (
                Throwable failure) { // whatever a method throws is the caller's answer; even an Error must not leave it
            // waiting
            finish(failure);
            return;
        }
        if (stage.equals(Calls.DONE)) {
            finish(null);
        } else {
            stage.whenComplete((ignored, failure) -> finish(failure));
        }
    }

    private void finish(@Nullable Throwable failure) {
        releaseParams();
        CallHandle forwarded;
        synchronized (cancellationActions) {
            forwarded = tail;
        }
        Draft built = draft;
        if (failure != null) {
            if (built != null) {
                built.caps().release();
            }
            fail(RpcException.of(failure));
        } else if (forwarded != null) {
            complete(forwarded.results().join().retain());
        } else {
            complete(built == null ? Parcel.empty() : Parcel.of(built));
        }
        if (forwarded != null) {
            forwarded.close();
        }
    }

    AnyPointer.Reader params() {
        synchronized (cancellationActions) {
            if (params == null) {
                throw new IllegalStateException("parameters were released; read them before");
            }
            return params.content();
        }
    }

    void releaseParams() {
        Parcel released;
        synchronized (cancellationActions) {
            released = params;
            params = null;
        }
        if (released != null) {
            released.close();
        }
    }

    AnyPointer.Builder results(int words) {
        Draft building = draft;
        if (building == null) {
            building = Draft.results(words);
            draft = building;
        }
        return building.content();
    }

    /** Makes another call's outcome this one's; the stage completes with it. */
    CompletionStage<?> tailCall(CallHandle handle) {
        boolean abandon;
        synchronized (cancellationActions) {
            if (tail != null) {
                throw new IllegalStateException("call was already forwarded");
            }
            tail = handle;
            abandon = cancelled;
        }
        settle(handle.pipeline());
        if (abandon) {
            handle.cancel();
        }
        return handle.results();
    }

    boolean isCancelled() {
        return cancelled;
    }

    void onCancel(Runnable action) {
        synchronized (cancellationActions) {
            if (!cancelled) {
                cancellationActions.add(action);
                return;
            }
        }
        executor.execute(action);
    }

    @Override
    void cancel() {
        List<Runnable> actions;
        boolean neverRuns;
        CallHandle forwarded;
        synchronized (cancellationActions) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            neverRuns = !started;
            forwarded = tail;
            actions = List.copyOf(cancellationActions);
            cancellationActions.clear();
        }
        if (neverRuns) {
            releaseParams();
            fail(cancelled());
        } else {
            actions.forEach(executor::execute);
        }
        if (forwarded != null) {
            forwarded.cancel();
        }
    }
}
