package dev.bailiwick.capnp.rpc;

import java.util.concurrent.CompletionStage;

/**
 * An object that serves calls. Programs do not implement this but the {@code Server} interface generated for theirs.
 *
 * <p>The methods of one object run one at a time, in the order they were called, never on a caller's stack, so they may block and
 * need no locks for the object's own state. They run on virtual threads; brief ones also on the thread that received the call,
 * whose other work is taken over when a method turns out not to be brief. So a method should not rely on what thread it has.
 *
 * <p>The next call starts when the previous method <em>returned</em>; the stage a method returned may complete later, on any
 * thread. A method that waits for a call which in turn calls this same object must not block for it, but return the stage.
 */
public interface CapabilityServer {
    /** What the object implements. */
    InterfaceSchema schema();

    /**
     * Runs the method that is called.
     *
     * @return a stage that completes when the results are filled, {@link Calls#DONE} if they are already
     * @throws Exception whatever the caller shall be told; see {@link RpcException#of}
     */
    CompletionStage<?> dispatch(IncomingCall call) throws Exception;

    /** The last reference to the object was given back and all its calls have run. Does nothing unless overridden. */
    default void released() {}
}
