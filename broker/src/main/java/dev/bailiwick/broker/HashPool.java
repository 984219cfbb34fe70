package dev.bailiwick.broker;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The few platform threads that hash passwords, behind a bounded queue. Hashing is pure computing for tens of milliseconds;
 * on virtual threads it would hold the carriers that everything else runs on.
 */
final class HashPool implements AutoCloseable {
    /** The queue is full: nothing was done, trying again later may help. */
    static final class OverloadedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OverloadedException(Throwable cause) {
            super("too many passwords wait to be hashed", cause);
        }
    }

    private final ThreadPoolExecutor threads;

    HashPool(int threadCount, int queue) {
        threads = new ThreadPoolExecutor(
                threadCount,
                threadCount,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(queue),
                Thread.ofPlatform().name("password-hash-", 0).daemon().factory());
    }

    private record Task<T>(Supplier<T> work, CompletableFuture<T> result) implements Runnable {
        @Override
        public void run() {
            result.completeAsync(work, Runnable::run);
        }
    }

    /** Runs {@code work} when its turn comes. The stage fails with {@link OverloadedException} if there is no place in the queue. */
    <T> CompletionStage<T> run(Supplier<T> work) {
        Task<T> task = new Task<>(work, new CompletableFuture<>());
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            task.result().completeExceptionally(new OverloadedException(e));
        }
        return task.result();
    }

    /** Finishes what is being hashed; whoever still waits for a turn is told that there will be none. */
    @Override
    public void close() {
        for (Runnable waiting : threads.shutdownNow()) {
            if (waiting instanceof Task<?> task) {
                task.result().cancel(false);
            }
        }
    }
}
