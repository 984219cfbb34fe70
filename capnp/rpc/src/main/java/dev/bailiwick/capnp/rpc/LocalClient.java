package dev.bailiwick.capnp.rpc;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * An object of this process as a capability. Its methods run one at a time, in the order they were called, on a thread that is
 * started when there is something to do and ends when there is not; so an idle object costs no thread, and a caller never finds
 * the server's code on its own stack.
 */
final class LocalClient extends ClientHook implements Runnable {
    private static final System.Logger LOG = System.getLogger(LocalClient.class.getName());

    /** A method that takes longer would keep other connections waiting. */
    private static final long BRIEF_NANOS = 500_000;

    /** An object whose methods take long may keep others waiting for one part in so many of the time. */
    private static final int REST = 16;

    private static final long LONGEST_REST_NANOS = 1_000_000_000;

    private final CapabilityServer server;
    private final Executor executor;
    private final boolean mayRunOnLoop;
    private final Queue<Runnable> mailbox = new ArrayDeque<>(2); // guarded by itself
    private final CallQueue queue = new CallQueue();
    private boolean working; // guarded by mailbox, as all that follows
    private int cancelled;
    private boolean restsFromLoop;
    private long restsUntil;

    /**
     * An object whose methods run on virtual threads; or, as long as they turn out to be brief, on the thread of an
     * {@link IoLoop} that received the calls.
     */
    LocalClient(CapabilityServer server) {
        this(server, LocalClient::onVirtualThread, true);
    }

    /** An object whose methods run on that executor. */
    LocalClient(CapabilityServer server, Executor executor) {
        this(server, executor, false);
    }

    private LocalClient(CapabilityServer server, Executor executor, boolean mayRunOnLoop) {
        this.server = server;
        this.executor = executor;
        this.mayRunOnLoop = mayRunOnLoop;
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

    @Override
    MembranePolicy.Queue queue() {
        return queue;
    }

    private void post(Runnable task) {
        boolean isFitForLoop;
        synchronized (mailbox) {
            mailbox.add(task);
            if (working) {
                return;
            }
            working = true;
            isFitForLoop = mayRunOnLoop && (!restsFromLoop || System.nanoTime() - restsUntil >= 0);
        }
        if (!isFitForLoop || !IoLoop.runSoon(this)) {
            start();
        }
    }

    /** Has the mailbox worked off. What an executor refuses is done elsewhere: calls must have an outcome, and a release an end. */
    private void start() {
        try {
            try {
                executor.execute(this);
            } catch (RejectedExecutionException closed) {
                onVirtualThread(this);
            }
        } catch (RuntimeException | Error noThread) {
            synchronized (mailbox) { // so that whoever posts next tries again
                working = false;
            }
            throw noThread;
        }
    }

    /** Works the mailbox off. On one thread at a time. */
    @Override
    public void run() {
        long start = mayRunOnLoop ? System.nanoTime() : 0;
        int done = 0;
        for (Runnable task = poll(start, done); task != null; task = poll(start, done)) {
            // A method's failures are caught closer. Whatever gets here must not stop the mailbox.
            Survival.run(LOG, "an object failed in an unforeseen way", task);
            done++;
            if (task instanceof ServedCall call && call.holdsBack(this::goOn)) {
                return;
            }
        }
    }

    /** Works on after a call that held the others back; the mailbox was this object's all the while. */
    private void goOn() {
        start();
    }

    /** The next task. If there is none, the thread is done, after so many since the start. */
    private @Nullable Runnable poll(long start, int done) {
        synchronized (mailbox) {
            Runnable task = mailbox.poll();
            if (task == null) {
                working = false;
                if (mayRunOnLoop && done > 0) {
                    noteTime(System.nanoTime(), start, done);
                }
            }
            return task;
        }
    }

    private void noteTime(long now, long start, int done) {
        long mean = (now - start) / done;
        restsFromLoop = mean > BRIEF_NANOS;
        if (restsFromLoop) {
            restsUntil = now + Math.min(mean * REST, LONGEST_REST_NANOS);
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
