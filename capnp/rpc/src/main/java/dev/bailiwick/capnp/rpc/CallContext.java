package dev.bailiwick.capnp.rpc;

import java.util.concurrent.CompletionStage;
import org.capnproto.FromPointerBuilder;
import org.capnproto.FromPointerReader;
import org.jspecify.annotations.Nullable;

/**
 * One call, as the method that serves it sees it: its parameters, its results to be filled, and whether anybody still waits.
 *
 * <p>Who calls is not in it, on purpose: a method may do what its object was made for, whoever holds the capability.
 *
 * <p>Results are filled by one thread at a time, before the returned stage completes; the rest is safe from any thread.
 *
 * @param <P> the parameters' reader
 * @param <R> the results' builder
 */
public final class CallContext<P, R> {
    private final ServedCall call;
    private final FromPointerReader<P> params;
    private final FromPointerBuilder<R> resultsFactory;
    private @Nullable R results;

    CallContext(ServedCall call, FromPointerReader<P> params, FromPointerBuilder<R> results) {
        this.call = call;
        this.params = params;
        this.resultsFactory = results;
    }

    /**
     * The parameters, readable until the call completes or {@link #releaseParams()}. Their accessors throw
     * {@link org.capnproto.DecodeException}, and nothing else, where the caller sent something of another kind than the schema
     * says; a method lets it pass, and the caller learns that its message was malformed.
     *
     * @throws IllegalStateException if they were released
     */
    public P params() {
        return call.params(params);
    }

    /** The results, empty at first; the same builder every time. */
    public R results() {
        return results(Draft.roomFor(resultsFactory));
    }

    /**
     * As {@link #results()}, with room for so many 8-byte words, at least 0. A good guess saves copying; a bad one costs nothing else.
     */
    public R results(int words) {
        if (results == null) {
            results = call.results(resultsFactory, words);
        }
        return results;
    }

    /** Gives the parameters back before the call completes, which frees their memory and capabilities early. */
    public void releaseParams() {
        call.releaseParams();
    }

    /**
     * Lets another call's results be this one's; a method ends with {@code return call.tailCall(request)}. Calls pipelined on
     * this call's results go straight to the other's.
     */
    public CompletionStage<?> tailCall(Request<?, ?, ?> request) {
        return call.tailCall(request);
    }

    /** Whether the caller lost interest. A method may then stop early with any outcome; nobody will see it. */
    public boolean isCancelled() {
        return call.isCancelled();
    }

    /** Runs the action, on a thread of its own, if the caller loses interest before the call completes. */
    public void onCancel(Runnable action) {
        call.onCancel(action);
    }
}
