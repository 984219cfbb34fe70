package dev.bailiwick.capnp.rpc;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * An object of this process as a capability. Its methods run one at a time, in the order they were called, on a thread that is
 * started when there is something to do and ends when there is not; so an idle object costs no thread, and a caller never finds
 * the server's code on its own stack.
 */
final class LocalClient extends ClientHook {
    private final CapabilityServer server;
    private final Executor executor;
    private final Queue<Runnable> mailbox = new ArrayDeque<>(2); // guarded by itself
    private boolean working; // guarded by mailbox
    private int cancelled; // guarded by mailbox

    LocalClient(CapabilityServer server, Executor executor) {
        this.server = server;
        this.executor = executor;
    }

    /** Starts a virtual thread for each task. */
    static void onVirtualThread(Runnable task) {
        Thread.ofVirtual().name("capnp-server").start(task);
    }

    CapabilityServer server() {
        return server;
    }

    Executor executor() {
        return executor;
    }

    @Override
    CallHandle call(long interfaceId, int methodId, Parcel params, @Nullable VatConnection resultsFor) {
        ServedCall call = new ServedCall(this, interfaceId, methodId, params, resultsFor);
        post(call);
        return call;
    }

    @Override
    InterfaceSchema schema() {
        return server.schema();
    }

    @Override
    @Nullable
    ClientHook released() {
        post(server::released);
        return null;
    }

    private void post(Runnable task) {
        synchronized (mailbox) {
            mailbox.add(task);
            if (working) {
                return;
            }
            working = true;
        }
        executor.execute(this::work);
    }

    private void work() {
        for (Runnable task = poll(); task != null; task = poll()) {
            runGuarded(task);
        }
    }

    private @Nullable Runnable poll() {
        synchronized (mailbox) {
            Runnable task = mailbox.poll();
            working = task != null;
            return task;
        }
    }

    private static void runGuarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) { // a method's failures are caught closer; whatever gets here must not stop the
            // mailbox
            RpcException.of(failure);
        }
    }

    /** One of the waiting calls was cancelled; they are swept out when they are many, so that each costs little. */
    void forgetCancelled() {
        synchronized (mailbox) {
            if (++cancelled > 16 && cancelled > mailbox.size() / 2) {
                mailbox.removeIf(task -> task instanceof ServedCall call && call.isCancelled());
                cancelled = 0;
            }
        }
    }

    /** How many calls wait. */
    int waiting() {
        synchronized (mailbox) {
            return mailbox.size();
        }
    }
}
