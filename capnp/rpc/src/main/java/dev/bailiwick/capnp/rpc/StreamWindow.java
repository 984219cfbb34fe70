package dev.bailiwick.capnp.rpc;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The streaming calls made through one client that are not answered: how much is on its way, and whether one failed. */
final class StreamWindow {
    /** So much may be on its way before the next call waits. */
    static final long BYTES = 64 * 1024;

    private long inFlight; // guarded by this
    private int unanswered; // guarded by this
    private @Nullable RpcException failure; // guarded by this

    /**
     * Waits until less than the window is on its way. A call that is larger than the window may follow others, so that it does
     * not cost a round trip of silence.
     *
     * @throws RpcException if a call failed, or the thread was interrupted
     */
    synchronized void awaitRoom() {
        awaitWhile(() -> inFlight >= BYTES && failure == null);
        throwFailure();
    }

    /** Waits until every call was answered. */
    synchronized void awaitAll() {
        awaitWhile(() -> unanswered > 0);
        throwFailure();
    }

    /** Takes over a call that was just made. */
    void sent(CallHandle call, long bytes) {
        synchronized (this) {
            inFlight += bytes;
            unanswered++;
        }
        call.whenDone(results -> answered(call, bytes, null), reason -> answered(call, bytes, reason));
    }

    private void answered(CallHandle call, long bytes, @Nullable RpcException reason) {
        synchronized (this) {
            inFlight -= bytes;
            unanswered--;
            if (failure == null) {
                failure = reason;
            }
            notifyAll();
        }
        call.close();
    }

    private synchronized void awaitWhile(BooleanSupplier condition) {
        try {
            if (condition.getAsBoolean()) {
                IoLoop.blocking();
            }
            while (condition.getAsBoolean()) {
                wait();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RpcException(RpcException.Type.FAILED, "interrupted while waiting for a stream", interrupted);
        }
    }

    /** A fresh exception, as the old one's stack is another call's. */
    private synchronized void throwFailure() {
        if (failure != null) {
            throw new RpcException(failure.type(), failure.reason(), failure);
        }
    }
}
