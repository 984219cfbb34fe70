package dev.bailiwick.capnp.rpc;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What calls go through on their way across a {@link Membrane}, until it is shut for good. Nobody waits to get in; whoever shuts
 * it can wait until everybody is through.
 *
 * <p>INVARIANT (no rings of waiting): a thread that is on its way through any gate waits for none to become empty. What a call
 * meets on its way may decide to revoke, this membrane or another, and two that do so might wait for each other. So everybody who
 * is waited for goes on.
 */
final class Gate {
    private static final ScopedValue<Boolean> PASSING = ScopedValue.newInstance();

    private int passing; // guarded by this
    private volatile @Nullable RpcException shut; // set under this

    /** Lets the thread in, which must {@link #leave} again; false once the gate is shut. */
    synchronized boolean enter() {
        if (shut != null) {
            return false;
        }
        passing++;
        return true;
    }

    /** The thread is through. */
    synchronized void leave() {
        passing--;
        if (passing == 0) {
            notifyAll();
        }
    }

    /** Does what is to be done between {@link #enter} and {@link #leave}, if it may run others' code. */
    static <T> T passing(Supplier<T> work) {
        return PASSING.isBound() ? work.get() : ScopedValue.where(PASSING, true).call(work::get);
    }

    /** Lets nobody in from here on; false if it was shut before, and then that reason stays. */
    synchronized boolean shut(RpcException reason) {
        if (shut != null) {
            return false;
        }
        shut = reason;
        return true;
    }

    /** Why it was shut; null while it is open. */
    @Nullable
    RpcException whyShut() {
        return shut;
    }

    /** Waits until all who got in are through; does not wait on a thread that is on its own way through a gate. */
    void awaitEmpty() {
        boolean isInterrupted = false;
        synchronized (this) {
            boolean mayWait = passing > 0 && !PASSING.isBound();
            while (mayWait && passing > 0) {
                try {
                    wait();
                } catch (InterruptedException stopped) { // it is short, and half a revocation is none
                    isInterrupted = true;
                }
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
