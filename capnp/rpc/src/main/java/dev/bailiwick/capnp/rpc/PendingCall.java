package dev.bailiwick.capnp.rpc;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The handle on a call that somebody will complete, once. Settles the race between completion and the holder's losing interest:
 * whichever comes second closes the results.
 */
abstract class PendingCall extends CallHandle {
    private final CompletableFuture<Parcel> results = new CompletableFuture<>();
    private boolean closed; // guarded by this
    private @Nullable Parcel held; // guarded by this

    @Override
    final CompletableFuture<Parcel> results() {
        return results;
    }

    /** Settles what was taken from the pipeline. Only the first counts. */
    abstract void settle(Pipeline actual);

    /**
     * Completes with these results, whose reference passes to the handle. Calls that waited in the pipeline are delivered
     * before anybody learns of the results: what is called on them directly must come after.
     */
    final void complete(Parcel owned) {
        settle(Pipeline.of(owned));
        boolean wanted;
        synchronized (this) {
            wanted = !closed && held == null;
            if (wanted) {
                held = owned;
            }
        }
        if (!wanted) {
            results.completeExceptionally(cancelled());
            owned.close();
        } else if (!results.complete(owned)) {
            dropHeld();
        }
        outcomeKnown();
    }

    /** Completes with a failure. */
    final void fail(RpcException reason) {
        settle(Pipeline.broken(reason));
        results.completeExceptionally(reason);
        outcomeKnown();
    }

    /** Called when the call is complete, at least once. */
    void outcomeKnown() {}

    /** Whether the holder lost interest. */
    final synchronized boolean isClosed() {
        return closed;
    }

    static RpcException cancelled() {
        return RpcException.failed("call was cancelled");
    }

    @Override
    void close(Supplier<RpcException> why) {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        if (!results.isDone()) {
            RpcException reason = why.get();
            cancel(reason);
            settle(Pipeline.broken(reason));
        }
        dropHeld();
        pipeline().close();
    }

    private void dropHeld() {
        Parcel dropped;
        synchronized (this) {
            dropped = held;
            held = null;
        }
        if (dropped != null) {
            dropped.close();
        }
    }
}
