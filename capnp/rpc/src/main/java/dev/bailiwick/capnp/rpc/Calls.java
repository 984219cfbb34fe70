package dev.bailiwick.capnp.rpc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Outcomes that server methods return. */
public final class Calls {
    /** The results are filled and the call is complete. */
    public static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

    private Calls() {}

    /** The object has no such method; the name, if known, is told to the caller. */
    public static CompletionStage<Void> unimplemented(String method) {
        return failed(RpcException.unimplemented("method not implemented: " + method));
    }

    /** The object has no method with these numbers. */
    public static CompletionStage<Void> unimplemented(IncomingCall call) {
        return unimplemented("interface @0x" + Long.toHexString(call.interfaceId()) + " method @" + call.methodId());
    }

    /** The call fails for that reason. */
    public static CompletionStage<Void> failed(RpcException reason) {
        return CompletableFuture.failedStage(reason);
    }
}
