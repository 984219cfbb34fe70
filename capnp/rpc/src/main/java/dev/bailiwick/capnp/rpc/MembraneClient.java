package dev.bailiwick.capnp.rpc;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A capability as it looks from the other side of a membrane. Calls on it cross in its direction.
 *
 * <p>A wrapped promise settles for the wrapped form of what it settles for, or, when the membrane is revoked first, for a broken
 * capability. Either way the wrapper keeps what it settled for until its own last reference is gone: whoever borrows it need
 * only hold the wrapper.
 */
final class MembraneClient extends ClientHook {
    private final Membrane membrane;
    private final MembranePolicy.Direction direction;
    private final boolean isCounted;
    private final AtomicReference<@Nullable ClientHook> settled = new AtomicReference<>();
    private final AtomicReference<@Nullable Settlement> settlement = new AtomicReference<>();
    private final AtomicReference<@Nullable ClientHook> inner; // null once revoked or released

    /** @param isCounted whether the policy let it out and is to hear when it is taken back */
    MembraneClient(Membrane membrane, MembranePolicy.Direction direction, ClientHook ownedInner, boolean isCounted) {
        this.isCounted = isCounted;
        this.membrane = membrane;
        this.direction = direction;
        this.inner = new AtomicReference<>(ownedInner);
    }

    /** Whether wrapping this for that direction takes it back where it came from. */
    boolean isWayBack(Membrane other, MembranePolicy.Direction wanted) {
        return membrane.equals(other) && direction == wanted.opposite();
    }

    /** A fresh reference to what is wrapped. */
    ClientHook unwrap() {
        ClientHook target = borrowInner();
        return target == null ? new BrokenClient(whyGone()) : target;
    }

    private @Nullable ClientHook borrowInner() {
        ClientHook target = inner.get();
        return target != null && target.tryAddRef() ? target : null;
    }

    private RpcException whyGone() {
        RpcException revocation = membrane.revocation();
        return revocation != null ? revocation : RpcException.failed("capability was released");
    }

    @Override
    CallHandle call(long interfaceId, int methodId, Parcel params, @Nullable VatConnection resultsFor) {
        ClientHook target = borrowInner();
        if (target == null) {
            params.close();
            return BrokenClient.failed(whyGone());
        }
        try {
            return switch (membrane.decide(target, interfaceId, methodId, direction, params.sizeInBytes())) {
                case MembranePolicy.Decision.Pass() ->
                    membrane.pass(direction, target, interfaceId, methodId, params, null);
                case MembranePolicy.Decision.Watched(MembranePolicy.Watch watch) ->
                    membrane.pass(direction, target, interfaceId, methodId, params, watch);
                case MembranePolicy.Decision.Refuse(RpcException reason) -> {
                    params.close();
                    yield BrokenClient.failed(reason);
                }
                case MembranePolicy.Decision.Revoke(String reason) -> {
                    params.close();
                    membrane.revoke(reason);
                    yield BrokenClient.failed(whyGone());
                }
            };
        } finally {
            target.release();
        }
    }

    /** The settled hook as it looks from this side; the wrapper is made once and lives as long as this. */
    @Override
    @Nullable
    ClientHook resolved() {
        ClientHook known = settled.get();
        ClientHook target = inner.get();
        if (known != null || target == null) {
            return known;
        }
        ClientHook better = target.resolved();
        // It is borrowed from what is wrapped, which another thread may revoke at this moment.
        if (better != null && better.tryAddRef()) {
            ClientHook wrapped = membrane.wrap(better, direction);
            better.release();
            if (!settled.compareAndSet(null, wrapped)) {
                wrapped.release();
            }
        }
        return settled.get();
    }

    @Override
    @Nullable
    ClientHook next() {
        ClientHook known = settled.get();
        return known != null ? known : inner.get();
    }

    @Override
    @Nullable
    Settlement settlement() {
        Settlement known = settlement.get();
        if (known != null) {
            return known;
        }
        ClientHook target = inner.get();
        Settlement theirs = target == null ? null : target.settlement();
        if (theirs == null) {
            return null;
        }
        Settlement fresh = new Settlement();
        if (settlement.compareAndSet(null, fresh)) {
            theirs.whenSettled(
                    cascade -> {
                        if (resolved() == null) { // revoked or released meanwhile
                            settled.compareAndSet(null, new BrokenClient(whyGone()));
                        }
                        cascade.then(() -> fresh.settled(cascade));
                    },
                    () -> inner.get() == null);
            if (inner.get() == null) { // and revoke() may not have seen that there is somebody to be told
                settled.compareAndSet(null, new BrokenClient(whyGone()));
                fresh.settled();
            }
        }
        return settlement.get();
    }

    @Override
    boolean isSettling() {
        ClientHook target = inner.get();
        return settled.get() == null && target != null && target.innermost().isSettling();
    }

    @Override
    @Nullable
    InterfaceSchema schema() {
        ClientHook target = inner.get();
        return target == null ? null : target.schema();
    }

    @Override
    boolean isDead() {
        ClientHook target = inner.get();
        return target == null || target.innermost().isDead();
    }

    @Override
    MembranePolicy.Queue queue() {
        ClientHook target = inner.get();
        return target == null
                ? MembranePolicy.Queue.ELSEWHERE
                : target.innermost().queue();
    }

    @Override
    boolean isNull() {
        ClientHook known = resolved();
        return known != null && known.isNull();
    }

    @Override
    void awaitCapacity() {
        ClientHook target = borrowInner();
        if (target != null) {
            try {
                target.awaitCapacity();
            } finally {
                target.release();
            }
        }
    }

    /** Lets go of what is wrapped, for good; a promise breaks. */
    void revoke() {
        settled.compareAndSet(null, new BrokenClient(whyGone()));
        ClientHook target = inner.getAndSet(null);
        Settlement waitedFor = settlement.get();
        if (waitedFor != null) {
            waitedFor.settled();
        }
        if (target != null) {
            takenBack();
            target.release();
        }
    }

    private void takenBack() {
        if (isCounted) {
            membrane.takenBack();
        }
    }

    @Override
    @Nullable
    ClientHook released() {
        membrane.forget(this);
        ClientHook better = settled.getAndSet(null);
        if (better != null) {
            better.release();
        }
        ClientHook target = inner.getAndSet(null);
        if (target != null) {
            takenBack();
        }
        return target;
    }
}
