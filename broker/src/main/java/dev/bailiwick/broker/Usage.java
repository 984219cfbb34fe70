package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.MembranePolicy;
import dev.bailiwick.capnp.rpc.RpcException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the calls of one session use at this moment, over all its grants, held against the limits of its resource profile. A call that
 * would go beyond one is refused before anything of it crosses, and takes nothing.
 *
 * <p>Thread-safe, without locks: a few atomic additions for a call that is let through. INVARIANT (exact): each of the sums is at most its
 * limit of the moment it was added to, whoever calls at the same time; a limit that was lowered refuses until the sum has come down. So
 * are the places in the queue of one object, which its other callers take from as well.
 */
final class Usage {
    private final AtomicLong capabilities = new AtomicLong();
    private final AtomicLong inFlight = new AtomicLong();
    private final AtomicLong pending = new AtomicLong();
    private final AtomicLong scratch = new AtomicLong();
    private final AtomicLong waiting = new AtomicLong();
    private volatile CallLimits limits = CallLimits.NONE;

    /** One limit and what is used of it. */
    record InForce(String name, long used, long limit) {}

    /** From here on these count. */
    void limit(CallLimits next) {
        limits = next;
    }

    /** Every limit, with what is used of it now; the queue of one object has no sum. */
    List<InForce> inForce() {
        CallLimits now = limits;
        return List.of(
                new InForce("capLimit", capabilities.get(), now.capLimit()),
                new InForce("inFlightCallLimit", inFlight.get(), now.inFlightCallLimit()),
                new InForce("pendingIpcSubmissionLimit", pending.get(), now.pendingIpcSubmissionLimit()),
                new InForce("ringScratchLimitBytes", scratch.get(), now.ringScratchLimitBytes()),
                new InForce("timerWaiterLimit", waiting.get(), now.timerWaiterLimit()));
    }

    /** Lets a call through, watched until it is over, or refuses it. */
    MembranePolicy.Decision admit(MembranePolicy.Crossing crossing, boolean waits) {
        CallLimits now = limits;
        MembranePolicy.Queue queue = crossing.queue();
        if (!queue.enter(now.endpointQueueLimit())) {
            return refuse("endpointQueueLimit", queue.taken(), now.endpointQueueLimit(), 1);
        }
        if (!take(inFlight, 1, now.inFlightCallLimit())) {
            queue.leave();
            return refuse("inFlightCallLimit", inFlight.get(), now.inFlightCallLimit(), 1);
        }
        if (!take(pending, 1, now.pendingIpcSubmissionLimit())) {
            queue.leave();
            inFlight.decrementAndGet();
            return refuse("pendingIpcSubmissionLimit", pending.get(), now.pendingIpcSubmissionLimit(), 1);
        }
        if (!take(scratch, crossing.bytes(), now.ringScratchLimitBytes())) {
            queue.leave();
            inFlight.decrementAndGet();
            pending.decrementAndGet();
            return refuse("ringScratchLimitBytes", scratch.get(), now.ringScratchLimitBytes(), crossing.bytes());
        }
        if (waits && !take(waiting, 1, now.timerWaiterLimit())) {
            queue.leave();
            inFlight.decrementAndGet();
            pending.decrementAndGet();
            scratch.addAndGet(-crossing.bytes());
            return refuse("timerWaiterLimit", waiting.get(), now.timerWaiterLimit(), 1);
        }
        return MembranePolicy.Decision.watched(new Call(queue, crossing.bytes(), waits));
    }

    /** Counts one more capability out, or says why it may not go. */
    Optional<RpcException> handOut() {
        int limit = limits.capLimit();
        return take(capabilities, 1, limit)
                ? Optional.empty()
                : Optional.of(exceeded("capLimit", capabilities.get(), limit, 1));
    }

    void takenBack() {
        capabilities.decrementAndGet();
    }

    private static boolean take(AtomicLong used, long more, long limit) {
        long before = used.get();
        while (before + more <= limit) {
            if (used.compareAndSet(before, before + more)) {
                return true;
            }
            before = used.get();
        }
        return false;
    }

    private static MembranePolicy.Decision refuse(String name, long used, long limit, long asked) {
        return MembranePolicy.Decision.refuse(exceeded(name, used, limit, asked));
    }

    private static RpcException exceeded(String name, long used, long limit, long asked) {
        // Worded as storage words its quotas.
        return RpcException.overloaded(
                "quota-exceeded: " + name + " is " + limit + ": " + used + " in use, " + asked + " more requested");
    }

    /** One call that was let through. */
    private final class Call implements MembranePolicy.Watch {
        private static final int TAKEN = 0;
        private static final int BEGUN = 1;
        private static final int DONE = 2;

        private final AtomicInteger state = new AtomicInteger(TAKEN);
        private final MembranePolicy.Queue queue;
        private final long bytes;
        private final boolean waits;

        Call(MembranePolicy.Queue queue, long bytes, boolean waits) {
            this.queue = queue;
            this.bytes = bytes;
            this.waits = waits;
        }

        @Override
        public void begun() {
            if (state.compareAndSet(TAKEN, BEGUN)) {
                begins();
            }
        }

        private void begins() {
            queue.leave();
            pending.decrementAndGet();
        }

        @Override
        public void done() {
            if (state.getAndSet(DONE) == TAKEN) {
                begins();
            }
            inFlight.decrementAndGet();
            scratch.addAndGet(-bytes);
            if (waits) {
                waiting.decrementAndGet();
            }
        }
    }
}
