package dev.bailiwick.capnp.rpc;

import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/** What the parts of one connection share: its lock, the way out, its limits, and whether it is over. */
final class Link {
    final Limits limits;
    final Outbound out;
    final ProtocolWriter writer;
    final VatLock lock;

    /** Signalled when somebody may go on who waited for bytes to be answered or read. */
    final Condition eased;

    private volatile @Nullable RpcException closed; // set under lock

    Link(Outbound out, Limits limits, VatLock lock) {
        this.out = out;
        this.limits = limits;
        this.lock = lock;
        this.eased = lock.newCondition();
        this.writer = new ProtocolWriter(out);
    }

    boolean isClosed() {
        return closed != null;
    }

    /** Why the connection is over; null while it is not. */
    @Nullable
    RpcException closedBecause() {
        return closed;
    }

    /** Ends everything to come. Under the lock. */
    void close(RpcException reason) {
        closed = reason;
        eased.signalAll();
    }
}
