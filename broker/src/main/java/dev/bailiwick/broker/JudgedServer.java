package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CapabilityServer;
import dev.bailiwick.capnp.rpc.IncomingCall;
import dev.bailiwick.capnp.rpc.InterfaceSchema;
import dev.bailiwick.capnp.rpc.RpcException;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** An object of which each call is judged before it is carried out. */
final class JudgedServer implements CapabilityServer {
    private final CapabilityServer inside;
    private final Supplier<Optional<Refusal>> judge;

    JudgedServer(CapabilityServer inside, Supplier<Optional<Refusal>> judge) {
        this.inside = inside;
        this.judge = judge;
    }

    @Override
    public InterfaceSchema schema() {
        return inside.schema();
    }

    @Override
    public CompletionStage<?> dispatch(IncomingCall call) throws Exception {
        Optional<Refusal> refusal = judge.get();
        if (refusal.isPresent()) {
            throw RpcException.failed(
                    refusal.get().code() + ": " + refusal.get().message());
        }
        return inside.dispatch(call);
    }

    @Override
    public void released() {
        inside.released();
    }
}
