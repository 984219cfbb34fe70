package dev.bailiwick.capnp.rpc;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks after any number of sockets with one thread: it waits for all of them, delivers what they bring, runs the methods that
 * were called, and sends what came of it, without handing anything to another thread. Waking another thread costs more than all
 * the rest of a small call, which is why.
 *
 * <h2>Methods that take long</h2>
 *
 * A method may block, and must not stop the connections. So the <i>role</i> of looking after the sockets can be taken from a
 * thread that is stuck in a method: then another thread goes on with the sockets, the methods that waited behind it go to virtual
 * threads, and the stuck one just finishes what it does. A thread that is about to wait in this module gives the role away by
 * itself ({@link #blocking}); all else is noticed by a watching thread within {@value #WATCH_MILLIS} to twice as many
 * milliseconds. An object whose methods take long gets virtual threads from then on ({@link LocalClient}).
 *
 * <h2>Ticks</h2>
 *
 * A socket may ask to be looked at every {@value #TICK_MILLIS} ms ({@link #rest}), instead of being listened to.
 */
final class IoLoop {
    private static final System.Logger LOG = System.getLogger(IoLoop.class.getName());

    /** Like the common pool of the JDK: threads of the process, of which one set is enough. It knows its sockets, and no more. */
    private static final Lazy CLIENTS = new Lazy();

    private static final int TICK_MILLIS = 10;
    private static final int WATCH_MILLIS = 1;

    /** After a turn that failed as a whole, doubled for each one more in a row: what is missing may be there again. */
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MOST_DOUBLINGS = 10;

    /** Quiet watches until the watching thread goes to sleep. */
    private static final int WATCHES_UNTIL_SLEEP = 50;

    /** How long methods are run one after another before the sockets are looked at again. */
    private static final long METHODS_NANOS = 500_000;

    /** Bytes of answers from which on they are sent before all calls that came together are done. */
    private static final long GATHERED_BYTES = 64 << 10;

    /** Threads that are stuck in methods; while there are so many, methods run on virtual threads from the start. */
    private static final int MOST_REPLACED = 32;

    private final String name;
    private final Selector selector;
    private final Queue<SelectionKey> ready = new ArrayDeque<>(); // of the thread that has the role
    private final Consumer<SelectionKey> addToReady = ready::add;
    private final BufferPool buffers;
    private final RingQueue<SocketTransport> unsent = new RingQueue<>();
    private final Set<SocketTransport> resting = ConcurrentHashMap.newKeySet();
    private final Watch watch;
    private final AtomicInteger replaced = new AtomicInteger();
    private volatile Worker owner;
    private volatile boolean closing;

    private IoLoop(String name, Selector selector, BufferPool buffers) {
        this.name = name;
        this.buffers = buffers;
        this.selector = selector;
        this.owner = new Worker();
        this.watch = new Watch();
    }

    /** A loop with its thread, a daemon of that name. */
    static IoLoop start(String name) throws IOException {
        return start(name, new BufferPool());
    }

    /** As {@link #start(String)}, with buffers from that pool. */
    static IoLoop start(String name, BufferPool buffers) throws IOException {
        Selector selector = Selector.open();
        try {
            IoLoop loop = new IoLoop(name, selector, buffers);
            loop.watch.start();
            loop.owner.start();
            return loop;
        } catch (OutOfMemoryError none) { // no thread is to be had; without the selector the other one ends
            selector.close();
            throw none;
        }
    }

    /** The loop that connections of clients share, started when it is first asked for. */
    static IoLoop ofClients() throws IOException {
        return CLIENTS.get();
    }

    /** Starts a loop when it is first needed. */
    private static final class Lazy {
        private @Nullable IoLoop loop; // guarded by this

        synchronized IoLoop get() throws IOException {
            IoLoop started = loop;
            if (started == null) {
                started = start("capnp-clients");
                loop = started;
            }
            return started;
        }
    }

    /** Ends the threads once the last socket is closed. Sockets may not be added any more. */
    void close() {
        closing = true;
        selector.wakeup();
    }

    BufferPool buffers() {
        return buffers;
    }

    /** Listens to a socket from now on. */
    SelectionKey add(SocketChannel channel, SocketTransport transport) throws IOException {
        SelectionKey key = channel.register(selector, SelectionKey.OP_READ, transport);
        selector.wakeup();
        return key;
    }

    /** Makes changes of interest known to a thread that waits for sockets. */
    void wakeup() {
        if (!owner.equals(Thread.currentThread())) { // which otherwise looks at them before it waits again
            selector.wakeup();
        }
    }

    /** A socket was closed. Its descriptor is given back, and the loop ends after the last one, when next it is waited for others. */
    void closed() {
        if (closing) {
            selector.wakeup(); // the owner may have looked already whether there are any left
        } else {
            wakeup();
        }
    }

    /** Has a socket's {@link SocketTransport#tick} called for as long as it {@linkplain SocketTransport#isResting rests}; by the thread that has the role. */
    void rest(SocketTransport transport) {
        resting.add(transport);
    }

    /**
     * Runs the task on this thread as soon as it has delivered what it is delivering; gives false if this is no thread of a loop,
     * or busy with something else than delivering.
     */
    static boolean runSoon(Runnable task) {
        if (Thread.currentThread() instanceof Worker worker
                && worker.delivering
                && worker.loop().replaced.get() < MOST_REPLACED) {
            worker.tasks.add(task);
            return true;
        }
        return false;
    }

    /** Called by any thread that is about to wait for something that may take long. */
    static void blocking() {
        Batch running = batchOfThisThread();
        if (running != null) {
            running.giveRoleAway();
        }
    }

    /** The methods that this thread of a loop is running; null if it is none, or busy with something else. */
    static @Nullable Batch batchOfThisThread() {
        return Thread.currentThread() instanceof Worker worker && !worker.delivering ? worker.batch() : null;
    }

    /** Whether this thread will send what the transport has, in a moment and together with more. */
    static boolean willSend(SocketTransport transport) {
        return Thread.currentThread() instanceof Worker worker && worker.gathers(transport);
    }

    private synchronized boolean replace(Worker stuck, long batch) {
        if (!owner.equals(stuck) || stuck.running != batch) {
            return false;
        }
        Worker next = new Worker();
        try {
            next.start();
        } catch (OutOfMemoryError none) { // no thread is to be had: then all wait for the method
            LOG.log(System.Logger.Level.WARNING, "a method blocks, and there is no thread to take its place", none);
            return false;
        }
        owner = next;
        replaced.incrementAndGet();
        stuck.giveTasksAway();
        return true;
    }

    /** Methods that a thread runs one after another, as somebody saw it do; it may be done with them since. */
    final class Batch {
        private final Worker worker;
        private final long number;

        private Batch(Worker worker, long number) {
            this.worker = worker;
            this.number = number;
        }

        /**
         * Gives the thread's role to another one, and tells whether it did. INVARIANT (one reader): a thread that is done with
         * the batch may have begun to read again, so it keeps the role; and it reads only when nobody is about to take it.
         */
        boolean giveRoleAway() {
            return replace(worker, number);
        }

        IoLoop loop() {
            return IoLoop.this;
        }

        Thread thread() {
            return worker;
        }

        private boolean is(@Nullable Batch other) {
            return other != null && worker.equals(other.worker) && number == other.number;
        }
    }

    private void sendUnsent() {
        for (SocketTransport transport = unsent.poll(); transport != null; transport = unsent.poll()) {
            guarded(transport, SocketTransport::sendGathered);
        }
    }

    /**
     * Does something for a connection. One socket's trouble must not stop the others: should anything unforeseen befall it, it is
     * ended, and the peer learns only that.
     */
    private static void guarded(SocketTransport transport, Survival.Risk<SocketTransport> action) {
        Throwable unforeseen = Survival.attempt(action, transport, null);
        if (unforeseen == null) {
            return;
        }
        Throwable again = Survival.attempt(
                ended -> ended.vat().abort(RpcException.of(unforeseen).reason()), transport, null);
        if (again != null) { // lack of memory as a rule: then what takes no memory is done
            Survival.report(LOG, System.Logger.Level.ERROR, "a connection could not be ended in order", again);
            var _ = Survival.attempt(SocketTransport::breakOff, transport, again);
        }
    }

    /** A thread of the loop; one at a time has the role. */
    private final class Worker extends Thread {
        private final RingQueue<Runnable> tasks = new RingQueue<>();
        private boolean delivering; // this thread's own
        private boolean gathering; // this thread's own
        private boolean over; // this thread's own
        private long batches; // this thread's own
        private volatile long running; // the batch of methods that is running, 0 if none is

        Worker() {
            super(name);
            setDaemon(true);
        }

        IoLoop loop() {
            return IoLoop.this;
        }

        @Nullable
        Batch batch() {
            long number = running;
            return number == 0 ? null : new Batch(this, number);
        }

        @Override
        public void run() {
            synchronized (IoLoop.this) { // until replace() has given the role to this
                delivering = false;
            }
            int failures = 0;
            while (!over && hasRole()) {
                Throwable unforeseen =
                        Survival.attempt(Worker::turn, this, null); // who else would look after the sockets?
                if (unforeseen == null) {
                    failures = 0;
                } else {
                    Survival.report(
                            LOG, System.Logger.Level.ERROR, "sockets were not waited for; trying on", unforeseen);
                    LockSupport.parkNanos(Math.min(FIRST_PAUSE_NANOS << failures, LONGEST_PAUSE_NANOS));
                    failures = Math.min(failures + 1, MOST_DOUBLINGS);
                }
            }
            if (!hasRole()) {
                replaced.decrementAndGet();
            }
        }

        private boolean hasRole() {
            return owner.equals(this);
        }

        private boolean isOver() throws IOException {
            if (!selector.isOpen()) {
                return true;
            }
            if (!closing) {
                return false;
            }
            selector.selectNow(addToReady); // only then keys that were cancelled are gone; what is ready has its turn
            if (!selector.keys().isEmpty()) {
                return false;
            }
            selector.close();
            LockSupport.unpark(watch);
            return true;
        }

        private void turn() throws IOException {
            over = isOver();
            if (over) {
                return;
            }
            sendUnsent();
            if (ready.isEmpty()) { // otherwise a thread that lost the role left some
                selector.select(addToReady, resting.isEmpty() ? 0 : TICK_MILLIS);
                if (!resting.isEmpty()) {
                    long now = System.nanoTime();
                    resting.removeIf(transport -> {
                        guarded(transport, rested -> rested.tick(now));
                        return !transport.isResting();
                    });
                }
            }
            while (hasRole() && !ready.isEmpty()) {
                serve((SocketTransport) ready.remove().attachment());
            }
        }

        private void serve(SocketTransport transport) {
            gathering = true;
            delivering = true;
            guarded(transport, SocketTransport::ready);
            delivering = false;
            try {
                runTasks();
            } finally {
                gathering = false;
            }
            if (hasRole()) {
                sendUnsent();
                guarded(transport, SocketTransport::served);
            }
        }

        private void runTasks() {
            if (tasks.isEmpty()) {
                return;
            }
            long start = System.nanoTime();
            running = ++batches;
            watch.begin(); // after that, or it could go to sleep in between and not notice a method that blocks
            try {
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    Survival.run(LOG, "an object failed in an unforeseen way", task);
                    if (!tasks.isEmpty() && System.nanoTime() - start > METHODS_NANOS) {
                        giveTasksAway();
                    }
                }
            } finally {
                synchronized (IoLoop.this) { // from here on the role cannot be taken: whoever has it now may read
                    running = 0;
                }
            }
        }

        private void giveTasksAway() {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                try {
                    LocalClient.onVirtualThread(task);
                } catch (OutOfMemoryError none) { // then it waits for the method
                    tasks.add(task);
                    throw none;
                }
            }
        }

        boolean gathers(SocketTransport transport) {
            if (!gathering || !hasRole() || transport.backlog() > GATHERED_BYTES) {
                return false;
            }
            if (transport.gather()) {
                unsent.add(transport);
            }
            // Whoever took the role meanwhile may have sent what was unsent before this was added to it.
            return hasRole();
        }
    }

    /** Notices a thread that is stuck in a method. Sleeps while there are no calls. */
    private final class Watch extends Thread {
        private volatile boolean asleep;
        private @Nullable Batch seen; // this thread's own
        private int quiet; // this thread's own

        Watch() {
            super(name + "-watch");
            setDaemon(true);
        }

        /** Methods are going to be run. */
        void begin() {
            if (asleep) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            while (selector.isOpen()) {
                if (quiet > WATCHES_UNTIL_SLEEP) {
                    asleep = true;
                    if (owner.running == 0) {
                        LockSupport.park(this);
                    }
                    asleep = false;
                    quiet = 0;
                }
                LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(WATCH_MILLIS));
                Survival.run(LOG, "methods are not watched; trying on", this::look);
            }
        }

        private void look() {
            Batch running = owner.batch();
            Batch before = seen;
            seen = running;
            quiet = running == null ? quiet + 1 : 0;
            if (running != null && running.is(before)) {
                running.giveRoleAway();
            }
        }
    }
}
