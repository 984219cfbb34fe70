package dev.bailiwick.engine;

import dev.bailiwick.engine.EngineException.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Phaser;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The commit lane, the published state and the read pool, over any {@link Backend}.
 *
 * <p>The lane's thread takes what is queued (up to the limits) and runs it into an {@link Overlay}. Another thread finishes the group,
 * and only if anything was changed: write and sync, hooks, publish, the works' own actions. Then it answers. A group of which
 * every work failed or changed nothing costs no sync. A caller on a platform thread that finds the lane idle and nothing
 * queued does all this itself for its one work; {@code turn} says who is the lane.
 *
 * <p>While one group is being finished the lane runs the next one, over the first one's changes:
 *
 * <pre>
 *   lane      run 1 | run 2 ......... | settle 2 | run 3 .......
 *   finisher        | finish 1 ...... |          | finish 2 ....
 * </pre>
 *
 * Only {@link RepeatableWork} is run ahead like that. When the group before it is finished, each work of the next one is asked whether
 * what it found outside the tables still holds, and if one says no, the whole group is run again: so it is as if it had not been run
 * before. A group that was not written leaves nothing for the next one to stand on: its failure fails the engine.
 *
 * <p>Publishing swaps {@code published} for a newer counted snapshot. A reader takes a count before it reads; the last
 * one out closes the snapshot, so a swap never waits for readers and no reader sees a closed snapshot.
 */
final class LaneEngine implements Engine {
    /** Fewer jobs are done sooner with one sync than with two. */
    private static final int WORTH_HALVING = 8;

    private final Backend backend;
    private final EngineLimits limits;
    private final BlockingQueue<Job<?>> queue;
    private final List<DurabilityHook> hooks = new CopyOnWriteArrayList<>();
    private final ThreadPoolExecutor readers;
    private final @Nullable Thread lane;
    private final @Nullable Thread finisher;

    /** Held by whoever is the lane: its thread, or a caller that found it idle. */
    private final ReentrantLock turn = new ReentrantLock();

    /** Works that were queued and that the lane has not begun. */
    private final AtomicInteger waiting = new AtomicInteger();

    /** Rows that works read again and again, as the last group that was handed over leaves them. Used by whoever is the lane. */
    private final LaneRows rows = new LaneRows();

    /** Rows that hooks read again and again, as they are synced. Used by whoever finishes a group. */
    private final LaneRows syncedRows = new LaneRows();

    /** The group to be finished next, or an empty one when there will be no more; there is never more than one. */
    private final BlockingQueue<Group> handedOver = new ArrayBlockingQueue<>(1);

    /** Its one permit is there while no group is being finished. Only the lane's thread takes it. */
    private final Semaphore idle = new Semaphore(1);

    /** Tells the lane to end once everything before it is done. */
    private final Job<?> stop = new Job<>(txn -> Boolean.TRUE, false);

    /** Tells the lane that a group is finished. Worth nothing if it is late. */
    private final Job<?> finished = new Job<>(txn -> Boolean.TRUE, false);

    /** One party for the engine and one for each snapshot not yet closed; close() waits for it. */
    private final Phaser users = new Phaser(1);

    /** Guards {@code accepting} against a submit that races with close: nothing enters the queue after the last drain. */
    private final Object gate = new Object();

    private boolean accepting = true;

    /** How long the last write and sync took. */
    private volatile long finishNanos;

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
        boolean open = state == State.OPEN;
        this.finisher = open ? Thread.ofPlatform().daemon().name(name + "-sync").start(this::finishGroups) : null;
        this.lane = open ? Thread.ofPlatform().daemon().name(name + "-lane").start(this::runLane) : null;
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
                Group group = new Group(rows.over(published.view));
                group.run(job);
                rows.written(group.changes());
                finish(group);
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
        boolean last = false;
        while (!last) {
            Job<?> first = takeJob();
            turn.lock();
            try {
                last = runFrom(first);
            } finally {
                turn.unlock();
            }
        }
    }

    /** Runs this job and all that come until none waits and none is being finished; answers whether it was told to end. */
    private boolean runFrom(Job<?> first) {
        boolean last = false;
        List<Job<?>> jobs = new ArrayList<>(List.of(first));
        Ahead ahead = new Ahead();
        try {
            do {
                queue.drainTo(jobs, limits.groupWorks() - jobs.size());
                last |= jobs.removeIf(job -> job == stop);
                jobs.removeIf(job -> job == finished);
                waiting.addAndGet(-jobs.size());
                ahead.run(jobs);
                jobs.clear();
                ahead.handOverIfIdle();
                if (queue.isEmpty() && !ahead.isDone()) {
                    jobs.add(takeJob());
                }
            } while (!jobs.isEmpty() || !queue.isEmpty() || !ahead.isDone());
        } finally {
            ahead.close();
        }
        return last;
    }

    private Job<?> takeJob() {
        return taken(queue);
    }

    private static <T> T taken(BlockingQueue<T> queue) {
        while (true) {
            try {
                return queue.take();
            } catch (InterruptedException e) {
                // Nobody has the right to interrupt these threads: they end when they are told to, after all queued
                // work.
            }
        }
    }

    /** The group that the lane's thread runs, over the changes of the one that is being finished, if one is. */
    private final class Ahead {
        /** What is published, or was when the group being finished was handed over; held open. */
        private CountedSnapshot base;

        private Group group;

        /** Whether all before the group was acknowledged when its works ran, or were asked whether their runs hold. */
        private boolean settled;

        Ahead() {
            this.base = held();
            this.group = new Group(rows.over(base.view));
            this.settled = true;
        }

        private CountedSnapshot held() {
            CountedSnapshot snapshot = published;
            if (!snapshot.acquire()) {
                throw new IllegalStateException("the published state is closed by the lane alone");
            }
            return snapshot;
        }

        /** Runs jobs, and hands over the first half of them if that is worth a sync of its own. */
        void run(List<Job<?>> jobs) {
            int half = isIdle() && jobs.size() >= WORTH_HALVING ? jobs.size() / 2 : jobs.size();
            long start = System.nanoTime();
            jobs.subList(0, half).forEach(this::run);
            if (half < jobs.size()) {
                // The disk would wait for the other half at least as long as a sync takes it, which is some half of
                // finishing a group.
                if (4 * (System.nanoTime() - start) > finishNanos) {
                    handOver();
                }
                jobs.subList(half, jobs.size()).forEach(this::run);
            }
        }

        private void run(Job<?> job) {
            if (group.isFull(limits)) {
                handOver();
            }
            if (!job.isRepeatable()) {
                settle();
            }
            if (state == State.FAILED) {
                job.refuse(refusedSince());
            } else {
                group.run(job);
            }
        }

        /** Whether there is nothing to run, to hand over, or to wait for. */
        boolean isDone() {
            return group.isEmpty() && isIdle();
        }

        void handOverIfIdle() {
            if (isIdle()) {
                handOver();
            }
        }

        private boolean isIdle() {
            return idle.availablePermits() == 1;
        }

        /** Waits until all before the group is acknowledged, and runs again what ran too early. */
        private void settle() {
            if (settled) {
                return;
            }
            idle.acquireUninterruptibly();
            idle.release();
            base.release();
            base = held();
            settled = true;
            if (state == State.FAILED) {
                // What the group stands on may not be durable, and is not published.
                EngineException refusal = refusedSince();
                group.jobs.forEach(job -> job.refuse(refusal));
                group = new Group(rows.over(base.view));
            } else if (group.holds()) {
                group.overlay.rebase(rows.over(base.view));
            } else {
                List<Job<?>> again = group.jobs;
                group = new Group(rows.over(base.view));
                again.forEach(group::run);
            }
        }

        private void handOver() {
            settle();
            if (group.isEmpty()) {
                return;
            }
            Group whole = group;
            rows.written(whole.changes());
            if (whole.overlay.isEmpty() || (whole.jobs.size() == 1 && queue.isEmpty())) {
                // Nothing to run meanwhile: not worth another thread.
                finish(whole);
                base.release();
                base = held();
                group = new Group(rows.over(base.view));
                return;
            }
            whole.overlay.rebase(base.view);
            group = new Group(rows.over(whole.overlay));
            settled = false;
            idle.acquireUninterruptibly();
            if (!handedOver.offer(whole)) {
                throw new IllegalStateException("a group was handed over before the last one was finished");
            }
        }

        void close() {
            base.release();
        }
    }

    private EngineException refusedSince() {
        return failed("the store refuses writes since a sync failed; restart to open it again");
    }

    private void finishGroups() {
        Group next = taken(handedOver);
        while (!next.isEmpty()) {
            try {
                finish(next);
            } finally {
                idle.release();
                // When the queue is full the lane is not waiting for this.
                var _ = queue.offer(finished);
            }
            next = taken(handedOver);
        }
    }

    /** Makes what the jobs have changed durable, and answers them. */
    private void finish(Group group) {
        if (state == State.FAILED) {
            EngineException refusal = refusedSince();
            group.jobs.forEach(job -> job.refuse(refusal));
            return;
        }
        try {
            makeDurable(group);
        } catch (RuntimeException | Error e) {
            // Whatever went wrong between the sync and the acknowledgement, the durable state is unknown: fail closed.
            fail(e);
            EngineException unknown = failed("it is unknown whether the change is durable; restart and look");
            group.jobs.forEach(job -> job.refuse(unknown));
            return;
        }
        stats = new EngineStats(
                stats.works() + group.jobs.size(),
                stats.groups() + (group.overlay.isEmpty() ? 0 : 1),
                stats.bytes() + group.overlay.bytes());
        group.jobs.forEach(Job::answer);
    }

    private void makeDurable(Group group) {
        if (!group.overlay.isEmpty()) {
            long start = System.nanoTime();
            backend.write(group.changes());
            finishNanos = System.nanoTime() - start;
            syncedRows.written(group.changes());
            CountedSnapshot synced = snapshot();
            View seen = syncedRows.over(synced.view);
            try {
                hooks.forEach(hook -> hook.synced(seen));
                group.jobs.forEach(Job::runEarlyActions);
            } catch (RuntimeException | Error e) {
                synced.release();
                throw e;
            }
            CountedSnapshot previous = published;
            published = synced;
            previous.release();
        }
        group.jobs.forEach(Job::runActions);
    }

    /** Jobs that share one sync, and what they change. */
    private static final class Group {
        final Overlay overlay;
        final List<Job<?>> jobs = new ArrayList<>();

        Group(View below) {
            this.overlay = new Overlay(below);
        }

        void run(Job<?> job) {
            job.run(overlay);
            jobs.add(job);
        }

        boolean isEmpty() {
            return jobs.isEmpty();
        }

        boolean isFull(EngineLimits limits) {
            return jobs.size() >= limits.groupWorks() || overlay.bytes() >= limits.groupBytes();
        }

        boolean holds() {
            return jobs.stream().allMatch(Job::holds);
        }

        Map<Table, NavigableMap<byte[], byte @Nullable []>> changes() {
            return overlay.changes();
        }
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
        if (lane != null && finisher != null) {
            stop(lane, queue, stop);
            stop(finisher, handedOver, new Group(published.view));
        }
        state = State.CLOSED;
        readers.shutdown();
        published.release();
        users.arriveAndAwaitAdvance();
        backend.close();
    }

    /** Tells a thread to end through its queue and waits until it has. */
    private static <T> void stop(Thread thread, BlockingQueue<T> queue, T last) {
        boolean interrupted = false;
        boolean asked = false;
        while (thread.isAlive()) {
            try {
                if (!asked) {
                    queue.put(last);
                    asked = true;
                }
                thread.join();
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

        boolean isRepeatable() {
            return work instanceof RepeatableWork;
        }

        boolean holds() {
            try {
                return work instanceof RepeatableWork<?> repeatable && repeatable.holds();
            } catch (RuntimeException | Error e) {
                // Whatever it is, the run that follows meets it too and tells the caller; the lane goes on for the
                // others.
                return false;
            }
        }

        void run(Overlay group) {
            value = null;
            thrown = null;
            earlyActions.clear();
            actions.clear();
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
