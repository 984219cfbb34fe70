package dev.bailiwick.capnp.rpc;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An object of this process as a capability. Its methods run one at a time, in the order they were called, on a thread that is
 * started when there is something to do and ends when there is not; so an idle object costs no thread, and a caller never finds
 * the server's code on its own stack.
 */
final class LocalClient extends ClientHook {
    private final CapabilityServer server;
    private final Executor executor;
    private final Queue<Runnable> mailbox = new ConcurrentLinkedQueue<>();
    private final AtomicInteger unfinished = new AtomicInteger();

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

    @Override
    CallHandle call(long interfaceId, int methodId, Parcel params) {
        ServedCall call = new ServedCall(interfaceId, methodId, params, executor);
        post(() -> call.run(server));
        return call;
    }

    @Override
    InterfaceSchema schema() {
        return server.schema();
    }

    @Override
    void released() {
        post(server::released);
    }

    private void post(Runnable task) {
        mailbox.add(task);
        if (unfinished.getAndIncrement() == 0) {
            executor.execute(this::work);
        }
    }

    private void work() {
        do {
            Runnable task = mailbox.poll();
            if (task != null) {
                runGuarded(task);
            }
        } while (unfinished.decrementAndGet() > 0);
    }

    private static void runGuarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) { // a method's failures are caught closer; whatever gets here must not stop the
            // mailbox
            RpcException.of(failure);
        }
    }
}
