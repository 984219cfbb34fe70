package dev.bailiwick.capnp.rpc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A call on its way. Whoever made it holds the handle, and closes it when neither the results nor the pipeline are needed any
 * more.
 */
abstract class CallHandle implements AutoCloseable {
    /** Whether the outcome is known. */
    abstract boolean isDone();

    /**
     * Tells the outcome, at once if it is known, else on the completing thread, which it must not keep for long. The handle owns
     * the parcel and closes it when it is closed; who keeps it longer retains it.
     */
    abstract void tell(Outcome interested);

    /** Notes that the outcome is waited for by other means than {@link #await}. */
    void attend() {}

    /** Waits for the results, which stay the handle's. For application threads, which may block. */
    abstract Parcel await() throws InterruptedException, ExecutionException;

    /** A future of the results, or of an {@link RpcException}, made for whoever needs one. The parcel stays the handle's. */
    final CompletableFuture<Parcel> results() {
        CompletableFuture<Parcel> future = new CompletableFuture<>();
        tell((parcel, failure) -> {
            if (parcel != null) {
                future.complete(parcel);
            } else if (failure != null) {
                future.completeExceptionally(failure);
            }
        });
        return future;
    }

    /** Tells how the call ended, on the thread that completes it. */
    final void whenDone(Consumer<Parcel> returned, Consumer<RpcException> failed) {
        whenDone((parcel, failure) -> {
            if (parcel != null) {
                returned.accept(parcel);
            } else if (failure != null) {
                failed.accept(failure);
            }
        });
    }

    /** As {@link #whenDone(Consumer, Consumer)}, told in one place. */
    final void whenDone(Outcome outcome) {
        attend();
        tell(outcome);
    }

    /** Is told how a call ended: with results, which stay the handle's, or else with a failure. */
    @FunctionalInterface
    interface Outcome {
        void known(@Nullable Parcel results, @Nullable RpcException failure);
    }

    /** Gives the outcome on to another handle, which is to have the same. */
    final void passOn(PendingCall other) {
        passOn(other, () -> {});
    }

    /**
     * As {@link #passOn(PendingCall)}, and does something when that is done.
     */
    final void passOn(PendingCall other, Runnable afterwards) {
        whenDone(
                results -> {
                    if (results.tryRetain()) {
                        other.complete(results);
                    } else {
                        other.fail(PendingCall.cancelled()); // this handle was closed just now
                    }
                    afterwards.run();
                },
                failure -> {
                    other.fail(failure);
                    afterwards.run();
                });
    }

    /**
     * Does something when the callee begins with the call, at most once: at once if it has begun, or if nobody here can tell. A call
     * that ends before it begins may never do it.
     */
    void whenStarted(Runnable action) {
        action.run();
    }

    /** Both, in this order; the first may be missing. */
    static Runnable both(@Nullable Runnable first, Runnable second) {
        return first == null
                ? second
                : () -> {
                    first.run();
                    second.run();
                };
    }

    /** The capabilities the results will hold. Lives as long as the handle. */
    abstract Pipeline pipeline();

    /** Asks that the call be abandoned because nobody wants its results. */
    final void cancel() {
        cancel(PendingCall.cancelled());
    }

    /**
     * Asks that the call be abandoned. Its results complete all the same: with that failure, or as if nothing had been asked.
     */
    abstract void cancel(RpcException why);

    /** Gives up results and pipeline, and cancels the call if it is still running. */
    @Override
    public final void close() {
        close(PendingCall::cancelled);
    }

    /** As {@link #close()}. What still depends on the call, because it was redirected to it, fails for that reason. */
    abstract void close(Supplier<RpcException> why);
}
