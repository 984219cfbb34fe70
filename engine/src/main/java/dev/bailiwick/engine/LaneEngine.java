package dev.bailiwick.engine;

import dev.bailiwick.engine.EngineException.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Phaser;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The commit lane, the published state and the read pool, over any {@link Backend}.
 *
 * <p>One platform thread takes everything queued (up to the limits), runs it into an {@link Overlay}, and then, only if
 * anything was changed: write and sync, hooks, publish, the works' own actions. Then it answers. A group of which
 * every work failed or changed nothing costs no sync. A caller on a platform thread that finds the lane idle and nothing
 * queued does all this itself for its one work; {@code turn} says who is the lane.
 *
 * <p>Publishing swaps {@code published} for a newer counted snapshot. A reader takes a count before it reads; the last
 * one out closes the snapshot, so a swap never waits for readers and no reader sees a closed snapshot.
 */
final class LaneEngine implements Engine {
    private final Backend backend;
    private final EngineLimits limits;
    private final BlockingQueue<Job<?>> queue;
    private final List<DurabilityHook> hooks = new CopyOnWriteArrayList<>();
    private final ThreadPoolExecutor readers;
    private final @Nullable Thread lane;

    /** Held by whoever is the lane: its thread, or a caller that found it idle. */
    private final ReentrantLock turn = new ReentrantLock();

    /** Works that were queued and that the lane has not begun. */
    private final AtomicInteger waiting = new AtomicInteger();

    /** Rows that works read again and again. Used by whoever is the lane. */
    private final LaneRows rows = new LaneRows();

    /** Tells the lane to end once everything before it is done. */
    private final Job<?> stop = new Job<>(txn -> Boolean.TRUE, false);

    /** One party for the engine and one for each snapshot not yet closed; close() waits for it. */
    private final Phaser users = new Phaser(1);

    /** Guards {@code accepting} against a submit that races with close: nothing enters the queue after the last drain. */
    private final Object gate = new Object();

    private boolean accepting = true;

    private volatile CountedSnapshot published;
    private volatile State state;
    private volatile @Nullable Throwable failure;
    private volatile EngineStats stats = new EngineStats(0, 0, 0);

    LaneEngine(String name, Backend backend, EngineLimits limits, State state) {
        this.backend = backend;
        this.limits = limits;
        this.state = state;
        this.queue = new ArrayBlockingQueue<>(limits.queuedWorks());
        this.published = snapshot();
        this.readers = new ThreadPoolExecutor(
                limits.readThreads(),
                limits.readThreads(),
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(limits.queuedReads()),
                Thread.ofPlatform().daemon().name(name + "-read-", 0).factory());
        readers.allowCoreThreadTimeOut(true);
        this.lane = state == State.OPEN
                ? Thread.ofPlatform().daemon().name(name + "-lane").start(this::runLane)
                : null;
    }

    @Override
    public <T> T read(Function<View, T> reader) {
        if (Thread.currentThread().isVirtual()) {
            return await(onReadPool(reader));
        }
        return readHere(reader);
    }

    @Override
    public <T> CompletionStage<T> readAsync(Function<View, T> reader) {
        return onReadPool(reader);
    }

    private <T> CompletableFuture<T> onReadPool(Function<View, T> reader) {
        try {
            return CompletableFuture.supplyAsync(() -> readHere(reader), readers);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(
                    state == State.CLOSED
                            ? closed()
                            : new EngineException(Code.OVERLOADED, "too many reads are waiting; try again", e));
        }
    }

    private <T> T readHere(Function<View, T> reader) {
        while (true) {
            CountedSnapshot snapshot = published;
            if (snapshot.acquire()) {
                try {
                    return reader.apply(snapshot.view);
                } finally {
                    snapshot.release();
                }
            }
            // The snapshot was swapped away between the two lines above, or for good.
            if (state == State.CLOSED) {
                throw closed();
            }
        }
    }

    @Override
    public <T> CompletionStage<T> submit(Work<T> work) {
        Job<T> job = new Job<>(work, true);
        enqueue(job);
        return job.answer.minimalCompletionStage();
    }

    @Override
    public <T> T commit(Work<T> work) {
        if (turn.isHeldByCurrentThread()) {
            throw new IllegalStateException("work must not wait for other work");
        }
        Job<T> job = new Job<>(work, false);
        if (takeTurn()) {
            try {
                runGroup(List.of(job), 0);
            } finally {
                turn.unlock();
            }
        } else {
            enqueue(job);
        }
        return await(job.answer);
    }

    /**
     * Whether this thread may be the lane for a moment: nobody else is it and nobody waits. That spares a lone caller the
     * handing over to another thread and back. Not for virtual threads, which would hold their carrier during the sync.
     */
    private boolean takeTurn() {
        if (Thread.currentThread().isVirtual()) {
            return false;
        }
        synchronized (gate) {
            return accepting && state == State.OPEN && waiting.get() == 0 && turn.tryLock();
        }
    }

    private void enqueue(Job<?> job) {
        EngineException refusal;
        synchronized (gate) {
            refusal = refusal();
            if (refusal == null) {
                if (queue.offer(job)) {
                    waiting.incrementAndGet();
                } else {
                    refusal = new EngineException(Code.OVERLOADED, "too many commits are waiting; try again");
                }
            }
        }
        if (refusal != null) {
            job.refuse(refusal);
        }
    }

    private @Nullable EngineException refusal() {
        return switch (state) {
            case OPEN -> accepting ? null : closed();
            case READ_ONLY -> new EngineException(Code.READ_ONLY, "the store is open read-only");
            case FAILED -> failed("the store refuses writes since a sync failed; restart to open it again");
            case CLOSED -> closed();
        };
    }

    private EngineException failed(String message) {
        String why = failure == null ? "" : ": " + failure.getMessage();
        return new EngineException(Code.FAILED, message + why, failure);
    }

    private static EngineException closed() {
        return new EngineException(Code.CLOSED, "the store is closed");
    }

    private static <T> T await(CompletableFuture<T> answer) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return answer.get();
                } catch (InterruptedException e) {
                    // The work is queued and may become durable whatever we do, so its answer is worth waiting for.
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw rethrown(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException rethrown(@Nullable Throwable cause) {
        return switch (cause) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            case null -> new IllegalStateException("failed without a cause");
            case Throwable e -> new IllegalStateException(e);
        };
    }

    @Override
    public void addDurabilityHook(DurabilityHook hook) {
        hooks.add(hook);
    }

    @Override
    public State state() {
        return state;
    }

    @Override
    public EngineStats stats() {
        return stats;
    }

    @Override
    public void verifyChecksums() {
        // Holding a snapshot keeps close() from releasing the backend meanwhile.
        readHere(view -> {
            backend.verifyChecksums();
            return true;
        });
    }

    // ---- the lane ----

    private void runLane() {
        List<Job<?>> group = new ArrayList<>();
        boolean last = false;
        while (!last) {
            group.clear();
            group.add(takeJob());
            turn.lock();
            try {
                queue.drainTo(group, limits.groupWorks() - 1);
                last = group.removeIf(job -> job == stop);
                waiting.addAndGet(-group.size());
                int from = 0;
                while (from < group.size()) {
                    from = runGroup(group, from);
                }
            } finally {
                turn.unlock();
            }
        }
    }

    private Job<?> takeJob() {
        while (true) {
            try {
                return queue.take();
            } catch (InterruptedException e) {
                // Nobody has the right to interrupt the lane: it ends by the stop job alone, after all queued work.
            }
        }
    }

    /** Runs jobs from {@code from} until the byte limit, makes them durable, answers; returns the first not run. */
    private int runGroup(List<Job<?>> jobs, int from) {
        if (state == State.FAILED) {
            EngineException refusal = failed("the store refuses writes since a sync failed; restart to open it again");
            jobs.subList(from, jobs.size()).forEach(job -> job.refuse(refusal));
            return jobs.size();
        }
        Overlay group = new Overlay(rows.over(published.view));
        int next = from;
        while (next < jobs.size() && group.bytes() < limits.groupBytes()) {
            jobs.get(next++).run(group);
        }
        List<Job<?>> ran = jobs.subList(from, next);
        try {
            makeDurable(group, ran);
        } catch (RuntimeException | Error e) {
            // Whatever went wrong between the sync and the acknowledgement, the durable state is unknown: fail closed.
            fail(e);
            EngineException unknown = failed("it is unknown whether the change is durable; restart and look");
            ran.forEach(job -> job.refuse(unknown));
            return next;
        }
        stats = new EngineStats(
                stats.works() + ran.size(), stats.groups() + (group.isEmpty() ? 0 : 1), stats.bytes() + group.bytes());
        ran.forEach(Job::answer);
        return next;
    }

    private void makeDurable(Overlay group, List<Job<?>> ran) {
        if (!group.isEmpty()) {
            backend.write(group.changes());
            rows.written(group.changes());
            CountedSnapshot synced = snapshot();
            View seen = rows.over(synced.view);
            try {
                hooks.forEach(hook -> hook.synced(seen));
                ran.forEach(Job::runEarlyActions);
            } catch (RuntimeException | Error e) {
                synced.release();
                throw e;
            }
            CountedSnapshot previous = published;
            published = synced;
            previous.release();
        }
        ran.forEach(Job::runActions);
    }

    private CountedSnapshot snapshot() {
        users.register();
        return new CountedSnapshot(backend.snapshot(), users::arriveAndDeregister);
    }

    private void fail(Throwable cause) {
        failure = cause;
        synchronized (gate) {
            if (state == State.OPEN) {
                state = State.FAILED;
            }
        }
    }

    @Override
    public void close() {
        synchronized (gate) {
            if (!accepting) {
                return;
            }
            accepting = false;
        }
        if (lane != null) {
            stopLane(lane);
        }
        state = State.CLOSED;
        readers.shutdown();
        published.release();
        users.arriveAndAwaitAdvance();
        backend.close();
    }

    private void stopLane(Thread lane) {
        boolean interrupted = false;
        boolean asked = false;
        while (lane.isAlive()) {
            try {
                if (!asked) {
                    queue.put(stop);
                    asked = true;
                }
                lane.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** One queued work with its answer. */
    private static final class Job<T> {
        final CompletableFuture<T> answer = new CompletableFuture<>();
        private final Work<T> work;
        private final boolean dependents;
        private final List<Runnable> earlyActions = new ArrayList<>(2);
        private final List<Runnable> actions = new ArrayList<>(2);
        private @Nullable T value;
        private @Nullable Throwable thrown;

        /**
         * @param dependents whether others may have hung code on the answer: such code must not run on the lane
         */
        Job(Work<T> work, boolean dependents) {
            this.work = work;
            this.dependents = dependents;
        }

        void run(Overlay group) {
            group.begin();
            LaneTxn txn = new LaneTxn(group, earlyActions, actions);
            try {
                value = work.run(txn);
            } catch (RuntimeException | Error e) {
                // What this work changed is put back; the lane goes on for the others.
                group.rollBack();
                thrown = e;
                earlyActions.clear();
                actions.clear();
            } finally {
                txn.end();
            }
        }

        void runEarlyActions() {
            earlyActions.forEach(Runnable::run);
        }

        void runActions() {
            actions.forEach(Runnable::run);
        }

        void refuse(Throwable cause) {
            complete(null, cause);
        }

        void answer() {
            complete(value, thrown);
        }

        @SuppressWarnings("NullAway") // a work may answer null if its T allows it; NullAway cannot say so
        private void complete(@Nullable T result, @Nullable Throwable cause) {
            Runnable completion = () -> {
                if (cause == null) {
                    answer.complete(result);
                } else {
                    answer.completeExceptionally(cause);
                }
            };
            if (dependents) {
                Thread.startVirtualThread(completion);
            } else {
                completion.run();
            }
        }
    }

    private static final class LaneTxn implements Txn {
        private final Overlay group;
        private final List<Runnable> earlyActions;
        private final List<Runnable> actions;
        private boolean ended;

        LaneTxn(Overlay group, List<Runnable> earlyActions, List<Runnable> actions) {
            this.group = group;
            this.earlyActions = earlyActions;
            this.actions = actions;
        }

        private Overlay own() {
            if (ended) {
                throw new IllegalStateException("a transaction ends with its work");
            }
            return group;
        }

        void end() {
            ended = true;
        }

        @Override
        public void put(Table table, byte[] key, byte[] value) {
            own().put(table, key, value);
        }

        @Override
        public void delete(Table table, byte[] key) {
            own().put(table, key, null);
        }

        @Override
        public void beforeAcknowledge(Runnable action) {
            own();
            actions.add(action);
        }

        @Override
        public void beforePublish(Runnable action) {
            own();
            earlyActions.add(action);
        }

        @Override
        public byte @Nullable [] get(Table table, byte[] key) {
            return own().get(table, key);
        }

        @Override
        public void scan(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive, RowVisitor visitor) {
            own().scan(table, fromInclusive, toExclusive, visitor);
        }

        @Override
        public void scanReverse(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive, RowVisitor visitor) {
            own().scanReverse(table, fromInclusive, toExclusive, visitor);
        }
    }
}
