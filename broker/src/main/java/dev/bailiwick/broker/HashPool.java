package dev.bailiwick.broker;

import java.lang.ref.SoftReference;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The few platform threads that hash passwords, behind a bounded queue. Hashing is pure computing for tens of milliseconds;
 * on virtual threads it would hold the carriers that everything else runs on. The memory that a hash takes is kept for the next one, until
 * the heap runs short.
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

    // Each is in here or with one thread.
    private final ConcurrentLinkedDeque<SoftReference<HashMemory>> idle = new ConcurrentLinkedDeque<>();

    HashPool(int threadCount, int queue) {
        threads = new ThreadPoolExecutor(
                threadCount,
                threadCount,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(queue),
                Thread.ofPlatform().name("password-hash-", 0).daemon().factory());
    }

    private final class Task<T> implements Runnable {
        private final Function<HashMemory, T> work;
        private final CompletableFuture<T> result = new CompletableFuture<>();

        Task(Function<HashMemory, T> work) {
            this.work = work;
        }

        @Override
        public void run() {
            result.completeAsync(() -> inMemory(work), Runnable::run);
        }
    }

    private <T> T inMemory(Function<HashMemory, T> work) {
        HashMemory memory = memory();
        T value = work.apply(memory);
        idle.push(new SoftReference<>(memory)); // only now: what a hash that failed left in it is not known
        return value;
    }

    private HashMemory memory() {
        SoftReference<HashMemory> kept;
        while ((kept = idle.poll()) != null) {
            HashMemory memory = kept.get();
            if (memory != null) {
                return memory;
            }
        }
        return new HashMemory();
    }

    /** Runs {@code work} when its turn comes, with memory that is its own until it returns. The stage fails with {@link OverloadedException} if there is no place in the queue. */
    <T> CompletionStage<T> run(Function<HashMemory, T> work) {
        Task<T> task = new Task<>(work);
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            task.result.completeExceptionally(new OverloadedException(e));
        }
        return task.result;
    }

    /** Finishes what is being hashed; whoever still waits for a turn is told that there will be none. */
    @Override
    public void close() {
        for (Runnable waiting : threads.shutdownNow()) {
            if (waiting instanceof Task<?> task) {
                task.result.cancel(false);
            }
        }
    }
}
