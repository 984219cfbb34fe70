package dev.bailiwick.capnp.rpc;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A capability that is not known yet. Calls wait here and are delivered, in order, once it is.
 *
 * <p>INVARIANT (E-order): {@link #resolved()} stays null until the last waiting call was delivered, so nobody can go round the
 * queue; calls made while it is being emptied join its end.
 *
 * <p>INVARIANT (no rings): a promise is never settled for what leads to it. Where it is {@linkplain #heading heading} is noted
 * before that is checked, so of two promises that are settled for each other at the same time one finds out.
 *
 * <p>A promise that settles for another one of this kind does not deliver its calls to that one, which would wrap each of them
 * once for every promise on its way: it moves them to the other's queue.
 */
final class PromiseClient extends ClientHook {
    private final Settlement settlement = new Settlement();
    private final Object gate = new Object();
    private final CallQueue queue = new CallQueue();
    private Queue<QueuedCall> waiting = new ArrayDeque<>(2); // guarded by gate
    private int cancelled; // guarded by gate
    private boolean abandoned; // guarded by gate
    private boolean resolving; // guarded by gate
    private volatile @Nullable ClientHook heading;
    private volatile @Nullable ClientHook resolution; // set under gate

    /** What it is to be settled for, while that is itself waited for; set under gate. */
    private volatile @Nullable ClientHook parked;

    @Override
    CallHandle call(long interfaceId, int methodId, Parcel params, @Nullable VatConnection resultsFor) {
        ClientHook known = resolution;
        if (known == null) {
            synchronized (gate) {
                known = resolution;
                if (known == null) {
                    QueuedCall call = new QueuedCall(interfaceId, methodId, params, resultsFor, this);
                    waiting.add(call);
                    return call;
                }
            }
        }
        return known.innermost().call(interfaceId, methodId, params, resultsFor);
    }

    /** Says where it leads, before it may lead there; borrows the hook. */
    void head(ClientHook target) {
        heading = target;
    }

    /** Settles the promise; the reference passes to it. Only the first counts. */
    void resolve(ClientHook owned) {
        Cascade cascade = new Cascade();
        resolve(owned, cascade);
        cascade.run();
    }

    /** As {@link #resolve(ClientHook)}; what follows from it may still have to be done when this returns. */
    void resolve(ClientHook owned, Cascade cascade) {
        boolean isFirst;
        synchronized (gate) {
            isFirst = !resolving;
            resolving = true;
        }
        if (!isFirst) {
            owned.release();
            return;
        }
        ClientHook target = owned;
        heading = owned;
        if (owned.leadsTo(this)) {
            target = BrokenClient.ring();
            heading = target;
            owned.release();
        }
        proceed(target, cascade);
    }

    private void proceed(ClientHook owned, Cascade cascade) {
        boolean isDone = false;
        while (!isDone) {
            ClientHook end = owned.innermost();
            Settlement unsettled = end.connection() == null ? end.settlement() : null;
            if (end instanceof PromiseClient next) {
                isDone = moveTo(next, owned, cascade);
            } else if (unsettled != null && waitsHere(end)) {
                // A promise behind a membrane. Its calls would only wait there, each wrapped once more.
                park(owned, unsettled);
                return;
            } else {
                deliver(owned, cascade);
                isDone = true;
            }
        }
    }

    /** Whether calls made on that hook wait in a promise of this process, instead of being sent where they are to be waited for. */
    private static boolean waitsHere(ClientHook wrapper) {
        for (ClientHook hook = wrapper; hook != null && hook.connection() == null; hook = hook.next()) {
            if (hook instanceof PromiseClient promise && promise.resolution == null) {
                return true;
            }
        }
        return false;
    }

    /** Goes on when that has settled, if anybody needs it by then. */
    private void park(ClientHook owned, Settlement unsettled) {
        boolean isUnwanted;
        synchronized (gate) {
            isUnwanted = abandoned && nobodyWaits();
            if (!isUnwanted) {
                parked = owned;
            }
        }
        if (isUnwanted) {
            owned.release();
            return;
        }
        unsettled.whenSettled(
                following -> {
                    if (unpark()) {
                        proceed(owned, following);
                    }
                },
                () -> parked == null);
    }

    private boolean unpark() {
        synchronized (gate) {
            boolean wasParked = parked != null;
            parked = null;
            return wasParked;
        }
    }

    /** Sweeps out the calls that were cancelled; true if none is left. Under gate. */
    private boolean nobodyWaits() {
        waiting.removeIf(QueuedCall::isCancelled);
        cancelled = 0;
        return waiting.isEmpty();
    }

    /** Moves the calls to the queue of the promise at the end of the chain; false if that one has settled meanwhile. */
    private boolean moveTo(PromiseClient next, ClientHook owned, Cascade cascade) {
        boolean unwanted;
        synchronized (gate) {
            // INVARIANT (no rings): so the locks are taken in the order of the chain
            synchronized (next.gate) {
                if (next.resolution != null) {
                    return false;
                }
                waiting.forEach(call -> {
                    if (!call.isCancelled()) {
                        call.movedTo(next);
                        next.waiting.add(call);
                    }
                });
                waiting.clear();
            }
            resolution = owned;
            unwanted = abandoned;
        }
        tell(owned, unwanted, cascade);
        return true;
    }

    private void deliver(ClientHook owned, Cascade cascade) {
        while (true) {
            Queue<QueuedCall> batch;
            synchronized (gate) {
                if (waiting.isEmpty()) {
                    resolution = owned;
                    tell(owned, abandoned, cascade);
                    return;
                }
                batch = waiting;
                waiting = new ArrayDeque<>(2);
            }
            batch.forEach(call -> call.deliver(owned, cascade));
        }
    }

    private void tell(ClientHook owned, boolean unwanted, Cascade cascade) {
        cascade.then(() -> {
            settlement.settled(cascade);
            if (unwanted) {
                owned.release();
            }
        });
    }

    /** One of the waiting calls was cancelled; they are swept out when they are many, so that each costs little. */
    void forgetCancelled() {
        ClientHook unwanted = null;
        synchronized (gate) {
            cancelled++;
            boolean mayBeLast = abandoned && cancelled >= waiting.size();
            boolean areMany = cancelled > 16 && cancelled > waiting.size() / 2;
            if ((mayBeLast || areMany) && nobodyWaits() && abandoned) {
                unwanted = parked;
                parked = null;
            }
        }
        if (unwanted != null) {
            unwanted.release();
        }
    }

    /** How many calls wait. */
    int waiting() {
        synchronized (gate) {
            return waiting.size();
        }
    }

    @Override
    MembranePolicy.Queue queue() {
        ClientHook known = resolution;
        return known == null ? queue : known.innermost().queue();
    }

    /** Whether it is known where it leads, but calls made through it may not be there yet. */
    @Override
    boolean isSettling() {
        return heading != null && resolution == null;
    }

    @Override
    @Nullable
    ClientHook resolved() {
        return resolution;
    }

    @Override
    @Nullable
    ClientHook next() {
        return heading;
    }

    @Override
    Settlement settlement() {
        return settlement;
    }

    @Override
    @Nullable
    InterfaceSchema schema() {
        ClientHook known = resolution;
        return known == null ? null : known.innermost().schema();
    }

    @Override
    boolean isNull() {
        ClientHook known = resolution;
        return known != null && known.innermost().isNull();
    }

    @Override
    void awaitCapacity() {
        ClientHook known = resolution;
        if (known != null) {
            known.innermost().awaitCapacity();
        }
    }

    @Override
    @Nullable
    ClientHook released() {
        synchronized (gate) {
            abandoned = true;
            ClientHook unwanted = parked;
            if (unwanted != null && nobodyWaits()) {
                parked = null;
                return unwanted;
            }
            return resolution;
        }
    }
}
