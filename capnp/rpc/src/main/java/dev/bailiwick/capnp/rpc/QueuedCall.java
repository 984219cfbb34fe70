package dev.bailiwick.capnp.rpc;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A call made on a promise, waiting for it to settle. */
final class QueuedCall extends PromisedCall {
    private final long interfaceId;
    private final int methodId;
    private final @Nullable VatConnection resultsFor;
    private volatile PromiseClient queue;
    private @Nullable Parcel params; // guarded by this
    private @Nullable CallHandle delivered; // guarded by this
    private boolean cancelRequested; // guarded by this
    private @Nullable Runnable onStart; // guarded by this

    QueuedCall(long interfaceId, int methodId, Parcel params, @Nullable VatConnection resultsFor, PromiseClient queue) {
        this.interfaceId = interfaceId;
        this.methodId = methodId;
        this.params = params;
        this.resultsFor = resultsFor;
        this.queue = queue;
    }

    /** It waits for another promise from here on. */
    void movedTo(PromiseClient other) {
        queue = other;
    }

    /** Passes the call on to what the promise settled for, unless it was cancelled meanwhile. */
    void deliver(ClientHook target, Cascade cascade) {
        Parcel taken;
        synchronized (this) {
            taken = params;
            params = null;
        }
        if (taken == null) {
            return;
        }
        CallHandle handle = target.call(interfaceId, methodId, taken, resultsFor);
        boolean cancelledMeanwhile;
        Runnable starting;
        synchronized (this) {
            delivered = handle;
            starting = onStart;
            onStart = null;
            cancelledMeanwhile = cancelRequested;
        }
        if (starting != null) {
            handle.whenStarted(starting);
        }
        cascade.then(() -> {
            settle(handle.pipeline(), cascade);
            // What was pipelined goes out first; whoever learns of the results may call on them directly.
            cascade.then(() -> handle.passOn(this));
        });
        if (cancelledMeanwhile) {
            handle.cancel();
        }
        if (isClosed()) {
            handle.close();
        }
    }

    /** Whether it was cancelled while it waited, and need not be delivered. */
    synchronized boolean isCancelled() {
        return params == null && cancelRequested;
    }

    @Override
    void whenStarted(Runnable action) {
        CallHandle handle;
        synchronized (this) {
            handle = delivered;
            if (handle == null) {
                onStart = both(onStart, action);
                return;
            }
        }
        handle.whenStarted(action);
    }

    @Override
    void cancel(RpcException why) {
        Parcel dropped;
        CallHandle handle;
        synchronized (this) {
            cancelRequested = true;
            dropped = params;
            params = null;
            handle = delivered;
        }
        if (dropped != null) {
            dropped.close();
            fail(why);
            queue.forgetCancelled();
        } else if (handle != null) {
            handle.cancel(why);
        }
    }

    @Override
    void close(Supplier<RpcException> why) {
        super.close(why);
        CallHandle handle;
        synchronized (this) {
            handle = delivered;
        }
        if (handle != null) {
            handle.close(why);
        }
    }
}
