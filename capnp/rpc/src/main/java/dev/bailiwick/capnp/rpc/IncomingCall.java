package dev.bailiwick.capnp.rpc;

import java.util.concurrent.CompletionStage;
import org.capnproto.FromPointerBuilder;
import org.capnproto.FromPointerReader;

/** A call that arrived at a server object, before anybody knows its parameters' types. Generated code routes it to a method. */
public final class IncomingCall {
    private final ServedCall call;

    IncomingCall(ServedCall call) {
        this.call = call;
    }

    /** The id of the interface whose method is called: the object's own or one it extends. */
    public long interfaceId() {
        return call.interfaceId();
    }

    /** The method's ordinal in that interface, 0 to 65535. */
    public int methodId() {
        return call.methodId();
    }

    /** The call as the method sees it. */
    public <P, R> CallContext<P, R> typed(FromPointerReader<P> params, FromPointerBuilder<R> results) {
        return new CallContext<>(call, params, results);
    }

    /**
     * Holds the object's next call back until the stage of this one is complete, as streaming methods promise. Generated code
     * passes their stages through here.
     */
    public CompletionStage<?> streamed(CompletionStage<?> stage) {
        call.holdBack(stage.toCompletableFuture());
        return stage;
    }
}
