package dev.bailiwick.engine;

import java.util.concurrent.atomic.AtomicInteger;

/** A snapshot closed by whoever uses it last. It starts with one use: that of being the published one. */
final class CountedSnapshot {
    final Backend.PinnedView view;
    private final AtomicInteger uses = new AtomicInteger(1);
    private final Runnable whenClosed;

    CountedSnapshot(Backend.PinnedView view, Runnable whenClosed) {
        this.view = view;
        this.whenClosed = whenClosed;
    }

    /** Adds a use; false if the snapshot is already closed. */
    boolean acquire() {
        while (true) {
            int now = uses.get();
            if (now == 0) {
                return false;
            }
            if (uses.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }

    void release() {
        if (uses.decrementAndGet() == 0) {
            view.close();
            whenClosed.run();
        }
    }
}
