package dev.bailiwick.capnp.rpc;

import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
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
    private @Nullable Deferred deferred; // what was put off, null if nothing was; guarded by lock
    private final AtomicReference<@Nullable Deferred> spare =
            new AtomicReference<>(); // to be used for that again, empty

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
        Deferred actions = deferred;
        deferred = null;
        lock.unlock();
        failure = Survival.attempt(unlocked, failure);
        if (actions != null) {
            failure = actions.run(failure);
            if (actions.isSmall()) {
                spare.set(actions);
            }
        }
        releaseDropped();
        Survival.rethrow(failure);
    }

    /** Runs the action when the lock is free; to be called under it. */
    void later(Runnable action) {
        later(VatLock::run, this, action);
    }

    private void run(Runnable action) {
        action.run();
    }

    /** As {@link #later(Runnable)}, for an action on two things, which need not be bound together in an object. */
    <A, B> void later(BiConsumer<? super A, ? super B> action, A one, B other) {
        Deferred actions = deferred;
        if (actions == null) {
            actions = spare.getAndSet(null);
            if (actions == null) {
                actions = new Deferred();
            }
            deferred = actions;
        }
        actions.add(action, one, other);
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

    /** Actions with what they act on, in threes. One thread's at a time. */
    private static final class Deferred {
        private static final int SMALL = 12;

        private @Nullable Object[] slots = new @Nullable Object[SMALL];
        private int used;

        void add(BiConsumer<?, ?> action, Object one, Object other) {
            if (used == slots.length) {
                slots = Arrays.copyOf(slots, used * 2);
            }
            slots[used] = action;
            slots[used + 1] = one;
            slots[used + 2] = other;
            used += 3;
        }

        boolean isSmall() {
            return slots.length == SMALL;
        }

        /** Does it all, and is empty again. Returns the first failure of all so far. */
        @SuppressWarnings("unchecked") // what was added fits its action
        @Nullable
        Throwable run(@Nullable Throwable earlier) {
            Throwable failure = earlier;
            for (int i = 0; i < used; i += 3) {
                var action = (BiConsumer<@Nullable Object, @Nullable Object>) slots[i];
                try {
                    action.accept(slots[i + 1], slots[i + 2]);
                } catch (Throwable unforeseen) { // what else there is to be done must be done
                    failure = Survival.add(unforeseen, failure);
                }
            }
            Arrays.fill(slots, 0, used, null);
            used = 0;
            return failure;
        }
    }
}
