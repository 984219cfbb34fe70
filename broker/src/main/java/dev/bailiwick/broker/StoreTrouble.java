package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.engine.EngineException;
import java.util.concurrent.CompletionStage;

/**
 * Tells administrators what keeps the store from doing what they asked, such as a full disk, with a stable code. What else goes wrong inside
 * is for the log. Stateless.
 */
final class StoreTrouble {
    private StoreTrouble() {}

    /** A method of a served object. */
    interface Dispatch {
        CompletionStage<?> run() throws Exception;
    }

    /** Runs the method that is called. */
    static CompletionStage<?> telling(Dispatch dispatch) throws Exception {
        try {
            return dispatch.run();
        } catch (EngineException e) {
            throw told(e);
        }
    }

    private static RpcException told(EngineException e) {
        return switch (e.code()) {
            case CORRUPT, LOST -> new RpcException(RpcException.Type.FAILED, "corrupt: " + e.getMessage(), e);
            case OVERLOADED -> RpcException.overloaded("the store has too much to do");
            case MISSING, HELD, IO, READ_ONLY, FAILED, CLOSED ->
                new RpcException(RpcException.Type.FAILED, "unavailable: " + e.getMessage(), e);
        };
    }
}
