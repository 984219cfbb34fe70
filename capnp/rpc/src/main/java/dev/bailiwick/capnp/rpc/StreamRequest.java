package dev.bailiwick.capnp.rpc;

/**
 * A call of a streaming method ({@code -> stream}) being prepared: fill {@link #params()}, then {@link #send()}. It has no
 * results; what matters is that a slow receiver slows the sender down. Not thread-safe.
 *
 * @param <P> the parameters' builder
 */
public final class StreamRequest<P> implements AutoCloseable {
    private final Request<P, StreamResult.Reader, AnyPipeline> request;
    private final StreamWindow window;

    StreamRequest(Request<P, StreamResult.Reader, AnyPipeline> request, StreamWindow window) {
        this.request = request;
        this.window = window;
    }

    /** The parameters, empty at first; the same builder every time. */
    public P params() {
        return request.params();
    }

    /** As {@link #params()}, with room for so many 8-byte words, which saves reallocation when the size is known. */
    public P params(int words) {
        return request.params(words);
    }

    /**
     * Sends the call and returns without waiting for its answer. Waits before, while {@value StreamWindow#BYTES} bytes or more
     * of streaming calls made through the same client are on their way; meant for virtual threads. A request is sent once.
     *
     * @throws RpcException if an earlier streaming call through the same client failed, with its reason; this one is then not
     *     sent, nor are later ones. Or if this thread was interrupted
     * @throws IllegalStateException if it was sent or closed before
     */
    public void send() {
        try {
            window.awaitRoom();
        } catch (RpcException failure) {
            request.close();
            throw failure;
        }
        long bytes = request.sizeInBytes();
        window.sent(request.start(null), bytes);
    }

    /** Gives up a request that is not to be sent. Does nothing after it was. */
    @Override
    public void close() {
        request.close();
    }
}
