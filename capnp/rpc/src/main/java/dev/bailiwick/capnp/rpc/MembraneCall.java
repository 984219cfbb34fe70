package dev.bailiwick.capnp.rpc;

import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A call that crossed a membrane, as its caller sees it: results and pipeline are wrapped on their way back. */
final class MembraneCall extends CallHandle {
    private final Membrane membrane;
    private final MembranePolicy.Direction direction;
    private final CallHandle inner;
    private final PendingCall outer;
    private final Pipeline pipeline;
    private final MembranePolicy.@Nullable Watch watch;

    MembraneCall(
            Membrane membrane,
            MembranePolicy.Direction direction,
            CallHandle inner,
            MembranePolicy.@Nullable Watch watch) {
        this.watch = watch;
        this.membrane = membrane;
        this.direction = direction;
        this.inner = inner;
        this.pipeline = new WrappedPipeline();
        this.outer = new PendingCall() {
            @Override
            void cancel(RpcException why) {
                inner.cancel(why);
            }

            @Override
            Pipeline pipeline() {
                return pipeline;
            }

            @Override
            void settle(Pipeline actual) {}
        };
    }

    /** Begins to watch the inner call; to be called once, outside the gate. */
    void watch() {
        MembranePolicy.Watch told = watch;
        if (told != null) {
            inner.whenStarted(told::begun);
        }
        inner.whenDone(
                results -> {
                    done();
                    // Results that come after a revocation are dropped here: the first outcome counts, and revoke()
                    // gave one. Forgotten only then: a call that revoke() could not see must have its outcome already.
                    if (results.tryRetain()) {
                        membrane.carryResults(results, direction, outer);
                    } else {
                        outer.fail(PendingCall.cancelled()); // the inner call was closed just now
                    }
                    membrane.forget(this);
                },
                failure -> {
                    done();
                    outer.fail(failure);
                    membrane.forget(this);
                });
    }

    private void done() {
        MembranePolicy.Watch told = watch;
        if (told != null) {
            told.done();
        }
    }

    @Override
    void whenStarted(Runnable action) {
        inner.whenStarted(action);
    }

    /** It has failed, whatever comes of it now. */
    void fail(RpcException why) {
        outer.fail(why);
    }

    void revoke(RpcException why) {
        outer.fail(why);
        inner.cancel();
    }

    @Override
    boolean isDone() {
        return outer.isDone();
    }

    @Override
    void tell(Outcome interested) {
        outer.tell(interested);
    }

    @Override
    Parcel await() throws InterruptedException, ExecutionException {
        return outer.await();
    }

    @Override
    Pipeline pipeline() {
        return pipeline;
    }

    @Override
    void cancel(RpcException why) {
        inner.cancel(why);
    }

    @Override
    void close(Supplier<RpcException> why) {
        membrane.forget(this);
        outer.close(why);
        inner.close(why);
    }

    /** Wraps what the inner pipeline gives out, so that pipelined calls cross at once. */
    private final class WrappedPipeline extends Pipeline {
        @Override
        ClientHook capability(PipelinePath path) {
            ClientHook promised = inner.pipeline().capability(path);
            try {
                return membrane.wrap(promised, direction);
            } finally {
                promised.release();
            }
        }

        @Override
        void giveUp() {}
    }
}
