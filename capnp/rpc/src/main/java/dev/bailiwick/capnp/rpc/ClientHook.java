package dev.bailiwick.capnp.rpc;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
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
    private final AtomicInteger references = new AtomicInteger(1);

    ClientHook() {}

    /**
     * Sends a call on its way. Calls made by one thread through one hook arrive in the order they were made (E-order).
     *
     * @param params the parameters; the reference passes to the callee
     * @return the handle on the call; the reference passes to the caller
     */
    abstract CallHandle call(long interfaceId, int methodId, Parcel params);

    /** The better hook that this promise settled for, borrowed, once all calls made through it went there; else null. */
    @Nullable
    ClientHook resolved() {
        return null;
    }

    /**
     * For a promise, the stage that completes with its {@link #resolved()} hook, borrowed; for anything settled, null.
     * Dependent actions run on the thread that resolves the promise and must be brief.
     */
    @Nullable
    CompletionStage<ClientHook> whenResolved() {
        return null;
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

    /** True for the absence of a capability, which goes into a message as a null pointer. */
    boolean isNull() {
        return false;
    }

    /** Takes another reference to this. */
    final ClientHook addRef() {
        int before = references.getAndIncrement();
        assert before > 0 : "reference taken after the last one was released";
        return this;
    }

    /** Takes another reference unless the last one is gone. */
    final boolean tryAddRef() {
        int current = references.get();
        while (current > 0) {
            if (references.compareAndSet(current, current + 1)) {
                return true;
            }
            current = references.get();
        }
        return false;
    }

    /** Gives one reference back. */
    final void release() {
        int left = references.decrementAndGet();
        assert left >= 0 : "reference released twice";
        if (left == 0) {
            released();
        }
    }

    final int references() {
        return references.get();
    }

    /** The last reference is gone. */
    abstract void released();

    /** The settled hook at the end of the chain of promises, as far as it is known now; borrowed. */
    final ClientHook innermost() {
        ClientHook hook = this;
        for (ClientHook next = hook.resolved(); next != null; next = hook.resolved()) {
            hook = next;
        }
        return hook;
    }
}
