package dev.bailiwick.capnp.rpc;

import org.jspecify.annotations.Nullable;

/** A call made on a promise, waiting for it to settle. */
final class QueuedCall extends PromisedCall {
    private final long interfaceId;
    private final int methodId;
    private @Nullable Parcel params; // guarded by this
    private @Nullable CallHandle delivered; // guarded by this
    private boolean cancelRequested; // guarded by this

    QueuedCall(long interfaceId, int methodId, Parcel params) {
        this.interfaceId = interfaceId;
        this.methodId = methodId;
        this.params = params;
    }

    /** Passes the call on to what the promise settled for, unless it was cancelled meanwhile. */
    void deliver(ClientHook target) {
        Parcel taken;
        synchronized (this) {
            taken = params;
            params = null;
        }
        if (taken == null) {
            return;
        }
        CallHandle handle = target.call(interfaceId, methodId, taken);
        boolean cancelledMeanwhile;
        synchronized (this) {
            delivered = handle;
            cancelledMeanwhile = cancelRequested;
        }
        settle(handle.pipeline());
        handle.whenDone(results -> complete(results.retain()), this::fail);
        if (cancelledMeanwhile) {
            handle.cancel();
        }
        if (isClosed()) {
            handle.close();
        }
    }

    @Override
    void cancel() {
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
            fail(cancelled());
        } else if (handle != null) {
            handle.cancel();
        }
    }

    @Override
    public void close() {
        super.close();
        CallHandle handle;
        synchronized (this) {
            handle = delivered;
        }
        if (handle != null) {
            handle.close();
        }
    }
}
