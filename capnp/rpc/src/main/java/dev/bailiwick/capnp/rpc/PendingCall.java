package dev.bailiwick.capnp.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The handle on a call that somebody will complete, once. Settles the race between completion and the holder's losing interest:
 * whichever comes second closes the results.
 *
 * <p>It is a future of its own, for every call needs one: usually a single listener or a single waiting thread is all it has.
 */
abstract class PendingCall extends CallHandle {
    private static final System.Logger LOG = System.getLogger(PendingCall.class.getName());

    private volatile boolean done; // set under this, after the outcome
    private @Nullable Parcel results; // guarded by this, as all that follows; those it completed with
    private @Nullable RpcException failure;
    private @Nullable Outcome listener; // mostly the only one
    private List<Outcome> furtherListeners = List.of(); // an immutable one until there are any
    private boolean closed;
    private @Nullable Parcel held;

    @Override
    final boolean isDone() {
        return done;
    }

    @Override
    final void tell(Outcome interested) {
        synchronized (this) {
            if (!done) {
                if (listener == null) {
                    listener = interested;
                } else {
                    if (furtherListeners.isEmpty()) {
                        furtherListeners = new ArrayList<>(2);
                    }
                    furtherListeners.add(interested);
                }
                return;
            }
        }
        told(interested);
    }

    /** The outcome does not change any more. Whatever a listener runs into, the others must be told, and the call is complete. */
    private void told(Outcome interested) {
        Parcel returned;
        RpcException failed;
        synchronized (this) {
            returned = results;
            failed = failure;
        }
        try {
            interested.known(returned, failed);
        } catch (Throwable unforeseen) {
            Survival.report(
                    LOG, System.Logger.Level.ERROR, "what waited for a call failed in an unforeseen way", unforeseen);
        }
    }

    @Override
    Parcel await() throws InterruptedException, ExecutionException {
        if (!done) {
            IoLoop.blocking();
        }
        synchronized (this) {
            while (!done) {
                wait();
            }
            if (results != null) {
                return results;
            }
            throw new ExecutionException(failure);
        }
    }

    /** Settles what was taken from the pipeline. Only the first counts. */
    abstract void settle(Pipeline actual);

    /**
     * Completes with these results, whose reference passes to the handle. Calls that waited in the pipeline are delivered
     * before anybody learns of the results: what is called on them directly must come after.
     */
    final void complete(Parcel owned) {
        settle(owned);
        boolean wanted;
        synchronized (this) {
            wanted = !closed && held == null;
            if (wanted) {
                held = owned;
            }
        }
        if (!wanted) {
            decide(null, cancelled());
            owned.close();
        } else if (!decide(owned, null)) {
            dropHeld();
        }
        outcomeKnown();
    }

    /** Completes with a failure. */
    final void fail(RpcException reason) {
        settle(Pipeline.broken(reason));
        decide(null, reason);
        outcomeKnown();
    }

    /** Makes that the outcome, and tells all who asked for it, in the order in which they did; false if there was one already. */
    private boolean decide(@Nullable Parcel returned, @Nullable RpcException failed) {
        Outcome first;
        List<Outcome> further;
        synchronized (this) {
            if (done) {
                return false;
            }
            results = returned;
            failure = failed;
            done = true;
            first = listener;
            further = furtherListeners;
            listener = null;
            furtherListeners = List.of();
            notifyAll();
        }
        if (first != null) {
            told(first);
            if (!further.isEmpty()) {
                further.forEach(this::told);
            }
        }
        return true;
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
        if (!done) {
            RpcException reason = why.get();
            cancel(reason);
            settle(Pipeline.broken(reason));
        }
        dropHeld();
        pipeline().giveUp();
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
