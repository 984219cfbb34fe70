package dev.bailiwick.broker;

import dev.bailiwick.engine.Engine;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;

/** Holds an engine's commit lane, so that a test decides what is queued behind it. */
final class Lane {
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final CompletionStage<Boolean> work;

    private Lane(Engine engine) {
        work = engine.submit(txn -> {
            held.countDown();
            await(released);
            return true;
        });
    }

    /** Takes the lane, and answers when it is taken. */
    static Lane held(Engine engine) {
        Lane lane = new Lane(engine);
        await(lane.held);
        return lane;
    }

    void release() {
        released.countDown();
        var _ = work.toCompletableFuture().join();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
