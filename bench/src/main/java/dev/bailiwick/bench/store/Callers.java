package dev.bailiwick.bench.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/** Callers that work at the same time, each doing one thing after another. */
final class Callers {
    private Callers() {}

    /** Lets them do {@code count} things together and answers how many a second. One caller is this very thread. */
    static double perSecond(int callers, int count, IntConsumer thing) throws InterruptedException {
        if (callers == 1) {
            long start = System.nanoTime();
            for (int i = 0; i < count; i++) {
                thing.accept(0);
            }
            return count * 1e9 / (System.nanoTime() - start);
        }
        AtomicInteger left = new AtomicInteger(count);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            int caller = i;
            Thread thread = Thread.ofVirtual().unstarted(() -> {
                try {
                    go.await();
                    while (left.getAndDecrement() > 0) {
                        thing.accept(caller);
                    }
                } catch (InterruptedException | RuntimeException | Error e) {
                    // Whatever ends one caller ends the measurement.
                    failure.set(e);
                }
            });
            thread.start();
            threads.add(thread);
        }
        long start = System.nanoTime();
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        long elapsed = System.nanoTime() - start;
        if (failure.get() != null) {
            throw new IllegalStateException(failure.get());
        }
        return count * 1e9 / elapsed;
    }
}
