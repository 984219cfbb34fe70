package dev.bailiwick.capnp.rpc;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/** Counts places. Thread-safe, without locks. */
final class CallQueue implements MembranePolicy.Queue {
    // There is one of these for each object: an AtomicInteger would double its size.
    private static final AtomicIntegerFieldUpdater<CallQueue> TAKEN =
            AtomicIntegerFieldUpdater.newUpdater(CallQueue.class, "taken");

    private volatile int taken;

    @Override
    public boolean enter(int limit) {
        int before = taken;
        while (before < limit) {
            if (TAKEN.compareAndSet(this, before, before + 1)) {
                return true;
            }
            before = taken;
        }
        return false;
    }

    @Override
    public void leave() {
        TAKEN.decrementAndGet(this);
    }

    @Override
    public int taken() {
        return taken;
    }
}
