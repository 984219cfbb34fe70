package dev.bailiwick.capnp.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one lock of a connection, and what is put off until it is free.
 *
 * <p>INVARIANT (no lock order): nothing that could take another lock for long, or run anybody's code, happens under it. Delivering
 * a call, completing a future and releasing a foreign hook are done {@link #later}, by the thread that had the lock, in the order
 * in which they were asked for. The connection's own hooks are released by whoever has the lock next ({@link #dropped}), so that
 * releasing one never blocks. So two connections that forward to each other cannot deadlock.
 */
final class VatLock {
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<ClientHook> dropped = new ConcurrentLinkedQueue<>();
    private final Consumer<ClientHook> release;
    private final Runnable unlocking;
    private final Runnable unlocked;
    private @Nullable Runnable first; // what was put off: mostly one action or none; guarded by lock
    private List<Runnable> further = List.of(); // guarded by lock

    /**
     * @param release called under the lock with each hook that was dropped
     * @param unlocking called under the lock each time it is going to be freed
     * @param unlocked called each time the lock was freed, before what was put off
     */
    VatLock(Consumer<ClientHook> release, Runnable unlocking, Runnable unlocked) {
        this.release = release;
        this.unlocking = unlocking;
        this.unlocked = unlocked;
    }

    Condition newCondition() {
        return lock.newCondition();
    }

    void lock() {
        lock.lock();
    }

    /**
     * Frees the lock, and does what was put off if this was the thread's last hold of it: all of it, whatever some of it runs
     * into, which is thrown at the end.
     */
    void unlock() {
        if (lock.getHoldCount() > 1) {
            lock.unlock();
            return;
        }
        Throwable failure = Survival.attempt(unlocking, null);
        Runnable action = first;
        List<Runnable> actions = further;
        first = null;
        further = List.of();
        lock.unlock();
        failure = Survival.attempt(unlocked, failure);
        if (action != null) {
            failure = Survival.attempt(action, failure);
            for (Runnable another : actions) {
                failure = Survival.attempt(another, failure);
            }
        }
        releaseDropped();
        Survival.rethrow(failure);
    }

    /** Runs the action when the lock is free; to be called under it. */
    void later(Runnable action) {
        if (first == null) {
            first = action;
        } else {
            if (further.isEmpty()) {
                further = new ArrayList<>(4);
            }
            further.add(action);
        }
    }

    /** One of the connection's own hooks has lost its last reference. */
    void dropped(ClientHook hook) {
        dropped.add(hook);
        releaseDropped();
    }

    private void releaseDropped() {
        while (!dropped.isEmpty() && !lock.isHeldByCurrentThread() && lock.tryLock()) {
            try {
                for (ClientHook hook = dropped.poll(); hook != null; hook = dropped.poll()) {
                    release.accept(hook);
                }
            } finally {
                unlock();
            }
        }
    }
}
