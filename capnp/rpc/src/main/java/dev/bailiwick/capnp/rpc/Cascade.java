package dev.bailiwick.capnp.rpc;

import java.util.ArrayDeque;

/**
 * What follows from settling a promise, taken one step after another. Settling one sets off others: calls that waited are
 * delivered, and what was pipelined on them settles in turn. How deep that goes is up to whoever made the calls, so it must not
 * go as deep on the stack.
 *
 * <p>Used by one thread.
 */
final class Cascade {
    private final ArrayDeque<Runnable> steps = new ArrayDeque<>(4);

    /** Adds a step, behind those that are waiting. */
    void then(Runnable step) {
        steps.add(step);
    }

    /** Takes all steps, and those that they add. */
    void run() {
        for (Runnable step = steps.poll(); step != null; step = steps.poll()) {
            step.run();
        }
    }
}
