package dev.bailiwick.capnp.rpc;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind every {@link CapabilityClient}: an object in this process, one at the other end of a connection, a
 * promise of either, or a wrapper. It is counted, is safe for use by any thread, and no method but
 * {@link #awaitCapacity} blocks or runs a server's code on the caller's stack.
 *
 * <p>The type is public because generated code passes it along; its methods are not, since a foreign implementation could break
 * the order and the reference counts that the others rely on. Wrap with a {@link Membrane} instead.
 */
public abstract class ClientHook {
    // Not an object of its own: a program may hold millions of these.
    private static final AtomicIntegerFieldUpdater<ClientHook> REFERENCES =
            AtomicIntegerFieldUpdater.newUpdater(ClientHook.class, "references");

    private volatile int references = 1;

    ClientHook() {}

    /**
     * Sends a call on its way. Calls made by one thread through one hook arrive in the order they were made (E-order).
     *
     * @param params the parameters; the reference passes to the callee
     * @param resultsFor the connection to whose peer the results go, and nowhere else; then a hook that leads back over it may
     *     leave them there and return a {@linkplain Parcel#elsewhere note} of where they are. Null if they are wanted here
     * @return the handle on the call; the reference passes to the caller
     */
    abstract CallHandle call(long interfaceId, int methodId, Parcel params, @Nullable VatConnection resultsFor);

    /**
     * The better hook that this promise settled for, once all calls made through it went there; else null. It is borrowed, and
     * stays as long as this does.
     */
    @Nullable
    ClientHook resolved() {
        return null;
    }

    /** For a promise, what tells when it has {@linkplain #resolved() settled}; null for anything that is no promise. */
    @Nullable
    Settlement settlement() {
        return null;
    }

    /** Whether it is a promise whose end is known, but calls made through it may not have got there yet. */
    boolean isSettling() {
        return false;
    }

    /** What calls made on this go on to, as far as it is known, even if they may not go there directly; null at the end. */
    @Nullable
    ClientHook next() {
        return resolved();
    }

    /** Whether calls made on this come, sooner or later, to the other one. */
    final boolean leadsTo(ClientHook other) {
        for (ClientHook hook = this; hook != null; hook = hook.next()) {
            if (hook.equals(other)) {
                return true;
            }
        }
        return false;
    }

    /** What the object is known to implement, for whoever needs a method's name or annotations; null if nothing is known. */
    @Nullable
    InterfaceSchema schema() {
        return null;
    }

    /** The connection the object lives across, as an identity; null for anything that lives here. */
    @Nullable
    Object connection() {
        return null;
    }

    /** Waits while the object's connection has as much to do as it may have. For application threads, which may block. */
    void awaitCapacity() {}

    /** Whether it is known that every call fails from here on: what is called is broken, or was across a connection that is over. */
    boolean isDead() {
        return false;
    }

    /** Where calls wait that were let through here and not begun yet. */
    MembranePolicy.Queue queue() {
        return MembranePolicy.Queue.ELSEWHERE;
    }

    /** True for the absence of a capability, which goes into a message as a null pointer. */
    boolean isNull() {
        return false;
    }

    /** Takes another reference to this. */
    final ClientHook addRef() {
        int before = REFERENCES.getAndIncrement(this);
        assert before > 0 : "reference taken after the last one was released";
        return this;
    }

    /** Takes another reference unless the last one is gone. */
    final boolean tryAddRef() {
        int current = references;
        while (current > 0) {
            if (REFERENCES.compareAndSet(this, current, current + 1)) {
                return true;
            }
            current = references;
        }
        return false;
    }

    /** Gives one reference back. Never blocks. */
    final void release() {
        ClientHook hook = this;
        while (hook != null) { // not by recursion: how long a chain of promises is depends on others
            int left = REFERENCES.decrementAndGet(hook);
            assert left >= 0 : "reference released twice";
            hook = left == 0 ? hook.released() : null;
        }
    }

    final int references() {
        return references;
    }

    /** The last reference is gone. Returns what this referred to in turn, for the caller to release. */
    @Nullable
    abstract ClientHook released();

    /** The settled hook at the end of the chain of promises, as far as it is known now; borrowed. */
    final ClientHook innermost() {
        ClientHook hook = this;
        for (ClientHook next = hook.resolved(); next != null; next = hook.resolved()) {
            hook = next;
        }
        return hook;
    }
}
