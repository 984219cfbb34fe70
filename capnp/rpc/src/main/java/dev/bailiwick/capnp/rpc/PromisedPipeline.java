package dev.bailiwick.capnp.rpc;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline into a call that has not got to its object yet, or not returned: hands out promises, and settles them once the
 * real pipeline is known.
 */
final class PromisedPipeline extends Pipeline {
    /** As many as results have capabilities at most, by default; an entry stays until the call is over. */
    static final int MOST_PLACES = 4096;

    private Map<PipelinePath, PromiseClient> promises =
            Map.of(); // an immutable one until there are any; guarded by this
    private @Nullable Pipeline target; // guarded by this
    private boolean closed; // guarded by this

    @Override
    ClientHook capability(PipelinePath path) {
        Pipeline settled;
        synchronized (this) {
            // A promise once given out is given out again even after it settled: calls may still be waiting in it, and
            // what is
            // called later on the same path must not overtake them.
            PromiseClient given = promises.get(path);
            if (given != null) {
                return given.addRef();
            }
            settled = target;
            if (settled == null) {
                if (promises.size() >= MOST_PLACES) {
                    return tooMany();
                }
                PromiseClient promise = new PromiseClient();
                if (closed) {
                    promise.resolve(new BrokenClient(RpcException.failed("the call was given up")));
                    return promise;
                }
                if (promises.isEmpty()) {
                    promises = new HashMap<>();
                }
                promises.put(path, promise);
                return promise.addRef();
            }
        }
        return settled.capability(path);
    }

    /** What stands for one place too many. */
    static ClientHook tooMany() {
        return new BrokenClient(RpcException.overloaded(
                "more than " + MOST_PLACES + " places in one call's results are called ahead; wait for them"));
    }

    /** Settles every promise, and all to come, from that pipeline, which must live as long as this. Only the first counts. */
    void resolve(Pipeline pipeline, Cascade cascade) {
        Map<PipelinePath, PromiseClient> waiting;
        synchronized (this) {
            if (target != null || closed) {
                return;
            }
            target = pipeline;
            if (promises.isEmpty()) {
                return;
            }
            waiting = Map.copyOf(promises);
        }
        waiting.forEach((path, promise) -> {
            ClientHook known = pipeline.capability(path); // at once: results may be given up before it is their turn
            cascade.then(() -> promise.resolve(known, cascade));
        });
    }

    @Override
    void giveUp() {
        Map<PipelinePath, PromiseClient> given;
        boolean unresolved;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            unresolved = target == null;
            if (promises.isEmpty()) {
                return;
            }
            given = Map.copyOf(promises);
            promises = Map.of();
        }
        given.values().forEach(promise -> {
            if (unresolved) {
                promise.resolve(new BrokenClient(RpcException.failed("the call was given up")));
            }
            promise.release();
        });
    }
}
