package dev.bailiwick.capnp.rpc;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A capability as it looks from the other side of a membrane. Calls on it cross in its direction.
 *
 * <p>A wrapped promise settles for the wrapped form of what it settles for, or, when the membrane is revoked first, for a broken
 * capability. Either way the wrapper keeps what it settled for until its own last reference is gone: whoever borrows it need
 * only hold the wrapper.
 *
 * <p>What is wrapped may be {@linkplain Membrane#wrapLate made late}, with the first call that passes. INVARIANT (dead at birth): it is put in place
 * of {@link #UNMADE} or not at all, so a revocation or a last release that came first leaves nothing behind.
 */
final class MembraneClient extends ClientHook {
    /** Stands for what is not made yet; nothing is ever called on it. */
    private static final ClientHook UNMADE = new Unmade();

    private static final AtomicReferenceFieldUpdater<MembraneClient, @Nullable ClientHook> INNER =
            AtomicReferenceFieldUpdater.newUpdater(MembraneClient.class, ClientHook.class, "inner");
    private static final AtomicReferenceFieldUpdater<MembraneClient, @Nullable ClientHook> SETTLED =
            AtomicReferenceFieldUpdater.newUpdater(MembraneClient.class, ClientHook.class, "settled");
    private static final AtomicReferenceFieldUpdater<MembraneClient, @Nullable Settlement> SETTLEMENT =
            AtomicReferenceFieldUpdater.newUpdater(MembraneClient.class, Settlement.class, "settlement");

    private final Membrane membrane;
    private final MembranePolicy.Direction direction;
    private final boolean isCounted;
    private volatile @Nullable ClientHook settled;
    private volatile @Nullable Settlement settlement;
    private volatile @Nullable ClientHook inner; // null once revoked or released
    private @Nullable Supplier<? extends CapabilityClient> maker; // guarded by this; null once it was made

    /** @param isCounted whether the policy let it out and is to hear when it is taken back */
    MembraneClient(Membrane membrane, MembranePolicy.Direction direction, ClientHook ownedInner, boolean isCounted) {
        this.isCounted = isCounted;
        this.membrane = membrane;
        this.direction = direction;
        this.inner = ownedInner;
    }

    /** One that is made with the first call; the maker gives a client that is consumed. */
    MembraneClient(Membrane membrane, MembranePolicy.Direction direction, Supplier<? extends CapabilityClient> maker) {
        this(membrane, direction, UNMADE, false);
        this.maker = maker;
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
        ClientHook target = inner;
        if (UNMADE.equals(target)) {
            make();
            target = inner;
        }
        return target != null && target.tryAddRef() ? target : null;
    }

    /** Makes what is wrapped, unless another thread has or nobody may have it any more. */
    private synchronized void make() {
        if (UNMADE.equals(inner)) {
            ClientHook made;
            try (CapabilityClient client = Objects.requireNonNull(maker).get()) {
                made = client.hook().addRef();
            }
            maker = null;
            if (!INNER.compareAndSet(this, UNMADE, made)) {
                made.release();
            }
        }
    }

    private RpcException whyGone() {
        RpcException revocation = membrane.revocation();
        return revocation != null ? revocation : RpcException.failed("capability was released");
    }

    @Override
    CallHandle call(long interfaceId, int methodId, Parcel params, @Nullable VatConnection resultsFor) {
        ClientHook target = inner;
        if (target == null || !(UNMADE.equals(target) || target.tryAddRef())) {
            params.close();
            return BrokenClient.failed(whyGone());
        }
        try {
            return switch (membrane.decide(target, interfaceId, methodId, direction, params.sizeInBytes())) {
                case MembranePolicy.Decision.Pass() -> pass(target, interfaceId, methodId, params, null);
                case MembranePolicy.Decision.Watched(MembranePolicy.Watch watch) ->
                    pass(target, interfaceId, methodId, params, watch);
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
            if (!UNMADE.equals(target)) {
                target.release();
            }
        }
    }

    /** Passes a call that was decided about on to what is wrapped, which is made now at the latest. */
    private CallHandle pass(
            ClientHook known, long interfaceId, int methodId, Parcel params, MembranePolicy.@Nullable Watch watch) {
        if (!UNMADE.equals(known)) {
            return membrane.pass(direction, known, interfaceId, methodId, params, watch);
        }
        ClientHook made;
        RpcException why;
        try {
            made = borrowInner();
            why = whyGone();
        } catch (RuntimeException failed) {
            made = null;
            why = RpcException.of(failed);
        }
        if (made == null) {
            params.close();
            return Membrane.over(watch, why);
        }
        try {
            return membrane.pass(direction, made, interfaceId, methodId, params, watch);
        } finally {
            made.release();
        }
    }

    /** The settled hook as it looks from this side; the wrapper is made once and lives as long as this. */
    @Override
    @Nullable
    ClientHook resolved() {
        ClientHook known = settled;
        ClientHook target = inner;
        if (known != null || target == null) {
            return known;
        }
        ClientHook better = target.resolved();
        // It is borrowed from what is wrapped, which another thread may revoke at this moment.
        if (better != null && better.tryAddRef()) {
            ClientHook wrapped = membrane.wrap(better, direction);
            better.release();
            if (!SETTLED.compareAndSet(this, null, wrapped)) {
                wrapped.release();
            }
        }
        return settled;
    }

    @Override
    @Nullable
    ClientHook next() {
        ClientHook known = settled;
        return known != null ? known : inner;
    }

    @Override
    @Nullable
    Settlement settlement() {
        Settlement known = settlement;
        if (known != null) {
            return known;
        }
        ClientHook target = inner;
        Settlement theirs = target == null ? null : target.settlement();
        if (theirs == null) {
            return null;
        }
        Settlement fresh = new Settlement();
        if (SETTLEMENT.compareAndSet(this, null, fresh)) {
            theirs.whenSettled(
                    cascade -> {
                        if (resolved() == null) { // revoked or released meanwhile
                            SETTLED.compareAndSet(this, null, new BrokenClient(whyGone()));
                        }
                        cascade.then(() -> fresh.settled(cascade));
                    },
                    () -> inner == null);
            if (inner == null) { // and revoke() may not have seen that there is somebody to be told
                SETTLED.compareAndSet(this, null, new BrokenClient(whyGone()));
                fresh.settled();
            }
        }
        return settlement;
    }

    @Override
    boolean isSettling() {
        ClientHook target = inner;
        return settled == null && target != null && target.innermost().isSettling();
    }

    @Override
    @Nullable
    InterfaceSchema schema() {
        ClientHook target = inner;
        return target == null ? null : target.schema();
    }

    @Override
    boolean isDead() {
        ClientHook target = inner;
        return target == null || membrane.isRevoked() || target.innermost().isDead();
    }

    @Override
    MembranePolicy.Queue queue() {
        ClientHook target = inner;
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
        ClientHook target = UNMADE.equals(inner) ? null : borrowInner();
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
        SETTLED.compareAndSet(this, null, new BrokenClient(whyGone()));
        ClientHook target = INNER.getAndSet(this, null);
        Settlement waitedFor = settlement;
        if (waitedFor != null) {
            waitedFor.settled();
        }
        if (target != null) {
            takenBack();
            if (!UNMADE.equals(target)) {
                target.release();
            }
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
        ClientHook better = SETTLED.getAndSet(this, null);
        if (better != null) {
            better.release();
        }
        ClientHook target = INNER.getAndSet(this, null);
        if (target != null) {
            takenBack();
        }
        return UNMADE.equals(target) ? null : target;
    }

    /** An object of this process of which nothing is known. It is shared, and its references are not counted. */
    private static final class Unmade extends ClientHook {
        @Override
        CallHandle call(long interfaceId, int methodId, Parcel params, @Nullable VatConnection resultsFor) {
            throw new IllegalStateException("called before it was made");
        }

        @Override
        @Nullable
        ClientHook released() {
            return null;
        }
    }
}
