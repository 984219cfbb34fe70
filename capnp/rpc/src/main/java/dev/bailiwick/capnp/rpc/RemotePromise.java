package dev.bailiwick.capnp.rpc;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A promise that the peer will settle: one it exported as such, or a place in results it has not sent yet. Calls are sent at
 * once and run where the promise leads.
 *
 * <p>When the promise turns out to lead back to this side, calls sent before are still on their round trip, while later ones
 * could be delivered right here and overtake them. So later ones are held back, the promise being <i>embargoed</i>, until a
 * {@code disembargo} has made the same round trip behind the earlier calls.
 */
final class RemotePromise extends ClientHook {
    /** How many promises of the peer's led here, each settled for the next. Guarded by the connection. */
    int hops;

    private final VatConnection connection;
    private final RemoteTarget remote;
    private final Settlement settlement = new Settlement();
    private boolean used; // guarded by the connection
    private boolean abandoned; // guarded by settlement
    private volatile @Nullable ClientHook heading;
    private volatile @Nullable ClientHook resolution; // set under the connection's lock and settlement

    RemotePromise(VatConnection connection, RemoteTarget ownedRemote) {
        this.connection = connection;
        this.remote = ownedRemote;
    }

    @Override
    CallHandle call(long interfaceId, int methodId, Parcel params, @Nullable VatConnection resultsFor) {
        ClientHook known = resolution;
        if (known == null) {
            CallHandle sent =
                    connection.questions().callUnlessResolved(this, interfaceId, methodId, params, resultsFor);
            if (sent != null) {
                return sent;
            }
            known = Objects.requireNonNull(resolution);
        }
        return known.innermost().call(interfaceId, methodId, params, resultsFor);
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
        if (known == null) {
            connection.questions().awaitWindow();
        } else {
            known.innermost().awaitCapacity();
        }
    }

    /** Where it lives for all that is known: across the connection until it is settled. */
    @Override
    @Nullable
    VatConnection connection() {
        return resolution == null ? connection : null;
    }

    /** What messages are addressed to while the promise is open; from then on it counts as used. Under the lock. */
    RemoteTarget use() {
        used = true;
        return remote;
    }

    boolean wasUsed() {
        return used;
    }

    RemoteTarget remote() {
        return remote;
    }

    /** Says where it leads, before it may lead there; borrows the hook. */
    void head(ClientHook target) {
        heading = target;
    }

    /** Settles the promise under the connection's lock; returns what is to be done after it, outside. */
    Runnable settleLocked(ClientHook owned) {
        boolean unwanted;
        synchronized (settlement) {
            if (resolution != null) {
                return owned::release;
            }
            heading = owned;
            resolution = owned;
            unwanted = abandoned;
        }
        return () -> {
            settlement.settled();
            if (unwanted) {
                owned.release();
            }
        };
    }

    @Override
    @Nullable
    ClientHook released() {
        remote.release();
        synchronized (settlement) {
            abandoned = true;
            return resolution;
        }
    }
}
