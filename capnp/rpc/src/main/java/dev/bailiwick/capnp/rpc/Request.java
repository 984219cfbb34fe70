package dev.bailiwick.capnp.rpc;

import java.nio.ByteBuffer;
import java.util.function.Function;
import org.capnproto.FromPointerBuilder;
import org.capnproto.FromPointerReader;
import org.jspecify.annotations.Nullable;

/**
 * A call being prepared: fill {@link #params()}, then {@link #send()}. Not thread-safe.
 *
 * @param <P> the parameters' builder
 * @param <R> the results' reader
 * @param <L> the results' pipeline
 */
public final class Request<P, R, L> implements AutoCloseable {
    private final ClientHook target;
    private final long interfaceId;
    private final int methodId;
    private final FromPointerBuilder<P> paramsFactory;
    private final FromPointerReader<R> results;
    private final Function<AnyPipeline, L> pipeline;
    private @Nullable Draft draft;
    private @Nullable P params;
    private boolean spent;

    Request(
            ClientHook ownedTarget,
            long interfaceId,
            int methodId,
            FromPointerBuilder<P> params,
            FromPointerReader<R> results,
            Function<AnyPipeline, L> pipeline) {
        this.target = ownedTarget;
        this.interfaceId = interfaceId;
        this.methodId = methodId;
        this.paramsFactory = params;
        this.results = results;
        this.pipeline = pipeline;
    }

    /** The parameters, empty at first; the same builder every time. */
    public P params() {
        return params(Draft.roomFor(paramsFactory));
    }

    /**
     * As {@link #params()}, with room for so many 8-byte words, at least 0. A good guess saves copying; a bad one costs nothing else.
     */
    public P params(int words) {
        requireUnspent();
        if (params == null) {
            draft = Draft.call(words);
            params = draft.init(paramsFactory);
        }
        return params;
    }

    /**
     * Sends the call, and returns with a handle on it: at once, unless so many bytes of calls to the same peer wait for their
     * answers that some must come first. A request is sent once.
     *
     * @throws IllegalStateException if it was sent or closed before
     * @throws RpcException if this thread was interrupted while it waited for that; the request is then closed
     */
    public RemoteCall<R, L> send() {
        return new RemoteCall<>(start(null), results, pipeline);
    }

    /** The size of the parameters so far. */
    long sizeInBytes() {
        long bytes = 0;
        if (draft != null) {
            for (ByteBuffer segment : draft.segments()) {
                bytes += segment.remaining();
            }
        }
        return bytes;
    }

    /** Sends the call, whose results go where {@link ClientHook#call} says; the untyped handle passes to the caller. */
    CallHandle start(@Nullable VatConnection resultsFor) {
        requireUnspent();
        try {
            target.awaitCapacity();
        } catch (RpcException interrupted) {
            close();
            throw interrupted;
        }
        spent = true;
        Draft body = draft == null ? Draft.call(0) : draft;
        CallHandle handle = target.call(interfaceId, methodId, Parcel.of(body), resultsFor);
        target.release();
        return handle;
    }

    /** Gives up a request that is not to be sent. Does nothing after it was. */
    @Override
    public void close() {
        if (!spent) {
            spent = true;
            if (draft != null) {
                draft.discard();
            }
            target.release();
        }
    }

    private void requireUnspent() {
        if (spent) {
            throw new IllegalStateException("a request can be sent only once; make another");
        }
    }
}
