package dev.bailiwick.capnp.rpc;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A capability as it looks from the other side of a membrane. Calls on it cross in its direction. */
final class MembraneClient extends ClientHook {
    private final Membrane membrane;
    private final MembranePolicy.Direction direction;
    private @Nullable ClientHook inner; // guarded by this; null once revoked or released
    private @Nullable ClientHook settled; // guarded by this

    MembraneClient(Membrane membrane, MembranePolicy.Direction direction, ClientHook ownedInner) {
        this.membrane = membrane;
        this.direction = direction;
        this.inner = ownedInner;
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

    private synchronized @Nullable ClientHook borrowInner() {
        return inner == null ? null : inner.addRef();
    }

    private RpcException whyGone() {
        RpcException revocation = membrane.revocation();
        return revocation != null ? revocation : RpcException.failed("capability was released");
    }

    @Override
    CallHandle call(long interfaceId, int methodId, Parcel params) {
        ClientHook target = borrowInner();
        if (target == null) {
            params.close();
            return BrokenClient.failed(whyGone());
        }
        try {
            return switch (membrane.decide(target, interfaceId, methodId, direction)) {
                case MembranePolicy.Decision.Pass() -> membrane.pass(direction, target, interfaceId, methodId, params);
                case MembranePolicy.Decision.Refuse(RpcException reason) -> {
                    params.close();
                    yield BrokenClient.failed(reason);
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
        ClientHook target = borrowInner();
        if (target == null) {
            return null;
        }
        try {
            ClientHook better = target.resolved();
            if (better == null) {
                return null;
            }
            ClientHook wrapped = membrane.wrap(better, direction);
            synchronized (this) {
                if (settled == null && inner != null) {
                    settled = wrapped;
                    return wrapped;
                }
            }
            wrapped.release();
            synchronized (this) {
                return settled;
            }
        } finally {
            target.release();
        }
    }

    @Override
    @Nullable
    CompletionStage<ClientHook> whenResolved() {
        ClientHook target = borrowInner();
        if (target == null) {
            return null;
        }
        try {
            CompletionStage<ClientHook> stage = target.whenResolved();
            return stage == null
                    ? null
                    : stage.thenApply(ignored -> {
                        ClientHook better = resolved();
                        return better != null ? better : this;
                    });
        } finally {
            target.release();
        }
    }

    @Override
    @Nullable
    InterfaceSchema schema() {
        ClientHook target = borrowInner();
        if (target == null) {
            return null;
        }
        try {
            return target.schema();
        } finally {
            target.release();
        }
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

    /** Lets go of what is wrapped, for good. */
    void revoke() {
        drop();
    }

    @Override
    void released() {
        membrane.forget(this);
        drop();
    }

    private void drop() {
        ClientHook target;
        ClientHook better;
        synchronized (this) {
            target = inner;
            better = settled;
            inner = null;
            settled = null;
        }
        if (target != null) {
            target.release();
        }
        if (better != null) {
            better.release();
        }
    }
}
