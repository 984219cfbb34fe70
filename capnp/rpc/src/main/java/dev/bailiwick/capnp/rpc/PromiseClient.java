package dev.bailiwick.capnp.rpc;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A capability that is not known yet. Calls wait here and are delivered, in order, once it is.
 *
 * <p>INVARIANT (E-order): {@link #resolved()} stays null until the last waiting call was delivered, so nobody can go round the
 * queue; calls made while it is being emptied join its end.
 */
final class PromiseClient extends ClientHook {
    private final CompletableFuture<ClientHook> settled = new CompletableFuture<>();
    private Queue<QueuedCall> waiting = new ArrayDeque<>(2); // guarded by settled
    private boolean abandoned; // guarded by settled
    private boolean resolving; // guarded by settled
    private volatile @Nullable ClientHook resolution;

    @Override
    CallHandle call(long interfaceId, int methodId, Parcel params) {
        ClientHook known = resolution;
        if (known == null) {
            synchronized (settled) {
                known = resolution;
                if (known == null) {
                    QueuedCall call = new QueuedCall(interfaceId, methodId, params);
                    waiting.add(call);
                    return call;
                }
            }
        }
        return known.call(interfaceId, methodId, params);
    }

    /** Settles the promise; the reference passes to it. Only the first counts. */
    void resolve(ClientHook owned) {
        synchronized (settled) {
            if (resolving) {
                owned.release();
                return;
            }
            resolving = true;
        }
        boolean unwanted;
        while (true) {
            Queue<QueuedCall> batch;
            synchronized (settled) {
                if (waiting.isEmpty()) {
                    resolution = owned;
                    unwanted = abandoned;
                    break;
                }
                batch = waiting;
                waiting = new ArrayDeque<>(2);
            }
            batch.forEach(call -> call.deliver(owned));
        }
        settled.complete(owned);
        if (unwanted) {
            owned.release();
        }
    }

    @Override
    @Nullable
    ClientHook resolved() {
        return resolution;
    }

    @Override
    CompletionStage<ClientHook> whenResolved() {
        return settled;
    }

    @Override
    @Nullable
    InterfaceSchema schema() {
        ClientHook known = resolution;
        return known == null ? null : known.schema();
    }

    @Override
    boolean isNull() {
        ClientHook known = resolution;
        return known != null && known.isNull();
    }

    @Override
    void awaitCapacity() {
        ClientHook known = resolution;
        if (known != null) {
            known.awaitCapacity();
        }
    }

    @Override
    void released() {
        ClientHook known;
        synchronized (settled) {
            abandoned = true;
            known = resolution;
        }
        if (known != null) {
            known.release();
        }
    }
}
