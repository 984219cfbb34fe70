package dev.bailiwick.capnp.rpc;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.capnproto.DecodeException;
import org.capnproto.FromPointerReader;
import org.jspecify.annotations.Nullable;

/**
 * A call that was sent. Wait for its response, or use the capabilities that will be in it before it is there. Take the response
 * once, by {@link #join}, {@link #await} or {@link #stage}: closing one gives the results up for all.
 *
 * <p>Safe for use by any thread.
 *
 * @param <R> the results' reader
 * @param <L> the results' pipeline
 */
public final class RemoteCall<R, L> implements AutoCloseable {
    private final CallHandle handle;
    private final FromPointerReader<R> results;
    private final Function<AnyPipeline, L> pipelines;
    private @Nullable AnyPipeline root; // guarded by this
    private @Nullable L pipeline; // guarded by this

    RemoteCall(CallHandle handle, FromPointerReader<R> results, Function<AnyPipeline, L> pipeline) {
        this.handle = handle;
        this.results = results;
        this.pipelines = pipeline;
    }

    /** What stands behind this, borrowed. */
    CallHandle handle() {
        return handle;
    }

    /** The capabilities that will be in the results: calls on them are sent right away and run after this one. */
    public synchronized L pipeline() {
        L made = pipeline;
        if (made == null) {
            AnyPipeline start = AnyPipeline.of(handle.pipeline());
            made = pipelines.apply(start);
            root = start;
            pipeline = made;
        }
        return made;
    }

    private synchronized boolean usesPipeline() {
        return root != null && root.wasUsed();
    }

    /**
     * Waits for the response, on a thread of either kind. The response takes the place of this handle: close it, and this need
     * not be.
     *
     * @throws RpcException if the call failed, if the results are no struct, or if this thread was interrupted, which also
     *     cancels the call
     */
    public Response<R> join() {
        try {
            return response(handle.await());
        } catch (ExecutionException failure) {
            handle.close();
            throw RpcException.of(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            handle.close();
            throw new RpcException(RpcException.Type.FAILED, "interrupted while waiting for a call", interrupted);
        }
    }

    /** Waits for the call to succeed and gives its results up; as {@link #join()} otherwise. */
    public void await() {
        join().close();
    }

    /**
     * Completes with the response, to be closed as that of {@link #join()}, or with an {@link RpcException}. Dependent actions
     * run on virtual threads of their own.
     */
    public CompletionStage<Response<R>> stage() {
        handle.attend();
        return handle.results().thenApplyAsync(this::response, LocalClient::onVirtualThread);
    }

    /** What a callee sends may be anything; then the call has failed, and nobody is left to close the handle. */
    private Response<R> response(Parcel parcel) {
        try {
            return new Response<>(parcel.read(results), handle);
        } catch (DecodeException malformed) {
            handle.close();
            throw RpcException.of(malformed);
        }
    }

    /** Tells the callee that nobody waits any more. The call completes all the same, as cancelled or with its outcome. */
    public void cancel() {
        handle.cancel();
    }

    /**
     * Gives up the response. Cancels the call if it is still running, unless capabilities were taken from its
     * {@link #pipeline()}, which need its results.
     */
    @Override
    public void close() {
        if (usesPipeline() && !handle.isDone()) {
            handle.whenDone(results -> handle.close(), failure -> handle.close());
        } else {
            handle.close();
        }
    }
}
