package dev.bailiwick.capnp.rpc;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What follows from settling a promise, taken one step after another. Settling one sets off others: calls that waited are
 * delivered, and what was pipelined on them settles in turn. How deep that goes is up to whoever made the calls, so it must not
 * go as deep on the stack.
 *
 * <p>Used by one thread.
 */
final class Cascade {
    private @Nullable ArrayDeque<Runnable> steps; // null until there is one: mostly nothing waits for a promise

    /** Adds a step, behind those that are waiting. */
    void then(Runnable step) {
        if (steps == null) {
            steps = new ArrayDeque<>(4);
        }
        steps.add(step);
    }

    /** Takes all steps, and those that they add. */
    void run() {
        for (Runnable step = next(); step != null; step = next()) {
            step.run();
        }
    }

    private @Nullable Runnable next() {
        return steps == null ? null : steps.poll();
    }
}
