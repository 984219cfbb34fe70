package dev.bailiwick.capnp.rpc;

import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A capability on which every call fails for the same reason. */
final class BrokenClient extends ClientHook {
    private final Supplier<RpcException> reason;
    private final boolean isNull;

    BrokenClient(RpcException reason) {
        this(() -> reason, false);
    }

    private BrokenClient(Supplier<RpcException> reason, boolean isNull) {
        this.reason = reason;
        this.isNull = isNull;
    }

    static BrokenClient nullCapability() {
        return new BrokenClient(() -> RpcException.failed("called a null capability"), true);
    }

    /**
     * A capability that fails for that reason. The exception is made when somebody asks for it: a peer can have thousands of
     * these made for 16 bytes each, and an exception with its stack is a hundred times that.
     */
    static BrokenClient of(String reason) {
        return new BrokenClient(() -> RpcException.failed(reason), false);
    }

    /** What stands for a promise that was settled for itself, directly or by way of others. */
    static BrokenClient ring() {
        return new BrokenClient(RpcException.failed("promise was settled for itself, and leads nowhere"));
    }

    @Override
    boolean isDead() {
        return true;
    }

    RpcException reason() {
        return reason.get();
    }

    @Override
    boolean isNull() {
        return isNull;
    }

    @Override
    CallHandle call(long interfaceId, int methodId, Parcel params, @Nullable VatConnection resultsFor) {
        params.close();
        return failed(reason());
    }

    @Override
    @Nullable
    ClientHook released() {
        return null;
    }

    /** A call that failed before it went anywhere. */
    static CallHandle failed(RpcException reason) {
        return new CallHandle() {
            @Override
            boolean isDone() {
                return true;
            }

            @Override
            void tell(Outcome interested) {
                interested.known(null, reason);
            }

            @Override
            Parcel await() throws ExecutionException {
                throw new ExecutionException(reason);
            }

            @Override
            Pipeline pipeline() {
                return Pipeline.broken(reason);
            }

            @Override
            void cancel(RpcException why) {}

            @Override
            void close(Supplier<RpcException> why) {}
        };
    }
}
