package dev.bailiwick.capnp.rpc;

/**
 * The results of a call. Close it when they are read: that gives the capabilities in them back, save those that were taken out,
 * which are their takers' to close.
 *
 * @param <R> the results' reader
 */
public final class Response<R> implements AutoCloseable {
    private final R results;
    private final CallHandle handle;

    Response(R results, CallHandle handle) {
        this.results = results;
        this.handle = handle;
    }

    /**
     * The results, readable until this is closed. Their accessors throw {@link org.capnproto.DecodeException}, and nothing else,
     * where the callee sent something of another kind than its schema says.
     */
    public R get() {
        return results;
    }

    /** Gives the results up. Does nothing the second time. */
    @Override
    public void close() {
        handle.close();
    }
}
