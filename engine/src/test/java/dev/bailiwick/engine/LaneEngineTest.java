package dev.bailiwick.engine;

import static dev.bailiwick.engine.Bytes.COLOURS;
import static dev.bailiwick.engine.Bytes.bytes;
import static dev.bailiwick.engine.Bytes.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.engine.EngineException.Code;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The lane over a backend whose disk fails on demand. */
final class LaneEngineTest {
    private final FailingBackend backend = new FailingBackend();

    @Test
    void aFailedSyncFailsEveryWorkOfItsGroupAndAllLaterOnes() throws InterruptedException {
        try (Engine engine = new LaneEngine("test", backend, EngineLimits.DEFAULT, Engine.State.OPEN)) {
            CountDownLatch running = new CountDownLatch(1);
            CountDownLatch hold = new CountDownLatch(1);
            CompletableFuture<String> first = engine.submit(txn -> {
                        running.countDown();
                        awaitUninterrupted(hold);
                        return "read only";
                    })
                    .toCompletableFuture();
            running.await();
            CompletableFuture<String> one =
                    engine.submit(put(COLOURS, "a", "1")).toCompletableFuture();
            CompletableFuture<String> two =
                    engine.submit(put(COLOURS, "b", "1")).toCompletableFuture();
            backend.broken = true;
            hold.countDown();

            assertThat(first.join()).isEqualTo("read only");
            assertFailed(one);
            assertFailed(two);
            backend.broken = false;
            assertFailed(engine.submit(put(COLOURS, "c", "1")).toCompletableFuture());
            assertThat(engine.state()).isEqualTo(Engine.State.FAILED);
            assertThat(engine.<Boolean>read(view -> view.get(COLOURS, bytes("a")) == null))
                    .isTrue();
        }
        assertThat(backend.openSnapshots.get()).isZero();
    }

    @Test
    void workThatChangesNothingCostsNoSync() {
        try (Engine engine = new LaneEngine("test", backend, EngineLimits.DEFAULT, Engine.State.OPEN)) {
            engine.commit(txn -> txn.get(COLOURS, bytes("a")) == null);
            assertThatThrownBy(() -> engine.commit(txn -> {
                        throw new IllegalArgumentException("no");
                    }))
                    .hasMessage("no");
            assertThat(backend.writes.get()).isZero();
            assertThat(engine.stats()).isEqualTo(new EngineStats(2, 0, 0));
        }
    }

    @Test
    void aFailingActionFailsTheEngine() {
        try (Engine engine = new LaneEngine("test", backend, EngineLimits.DEFAULT, Engine.State.OPEN)) {
            assertThatThrownBy(() -> engine.commit(txn -> {
                        txn.put(COLOURS, bytes("a"), bytes("1"));
                        txn.beforeAcknowledge(() -> {
                            throw new IllegalStateException("gate stuck");
                        });
                        return true;
                    }))
                    .hasRootCauseMessage("gate stuck");
            assertThat(engine.state()).isEqualTo(Engine.State.FAILED);
        }
    }

    @Test
    void dependentStagesNeverRunOnTheLane() {
        try (Engine engine = new LaneEngine("test", backend, EngineLimits.DEFAULT, Engine.State.OPEN)) {
            CountDownLatch hold = new CountDownLatch(1);
            CompletableFuture<Boolean> onLane = engine.submit(txn -> {
                        awaitUninterrupted(hold);
                        return true;
                    })
                    .thenApply(ignored -> Thread.currentThread().getName().endsWith("-lane"))
                    .toCompletableFuture();
            hold.countDown();
            assertThat(onLane.join()).isFalse();
        }
    }

    @Test
    void repeatableWorkRunsWhileTheGroupBeforeItIsSynced() throws InterruptedException {
        try (Engine engine = open()) {
            Ahead ahead = new Ahead(engine, txn -> {});
            CountDownLatch ran = new CountDownLatch(1);
            CompletableFuture<Boolean> second = engine.submit(RepeatableWork.of(txn -> {
                        boolean seen = txn.get(COLOURS, bytes("first")) != null;
                        txn.put(COLOURS, bytes("second"), bytes("1"));
                        ran.countDown();
                        return seen;
                    }))
                    .toCompletableFuture();
            ahead.goOn();
            ran.await();

            assertThat(ahead.first).isNotDone();
            assertThat(second).isNotDone();
            backend.hold.countDown();
            assertThat(second.join()).isTrue();
            assertThat(ahead.first.join()).isEqualTo("first");
            assertThat(engine.stats()).isEqualTo(new EngineStats(2, 2, 13));
        }
    }

    @Test
    void workThatRanAheadRunsAgainWhenTheGroupBeforeItClosedItsGate() throws InterruptedException {
        try (Engine engine = open()) {
            AtomicBoolean closed = new AtomicBoolean();
            Ahead ahead = new Ahead(engine, txn -> txn.beforeAcknowledge(() -> closed.set(true)));
            Gated gated = new Gated(closed);
            CompletableFuture<Boolean> second = engine.submit(gated).toCompletableFuture();
            ahead.goOn();
            gated.ran.await();
            backend.hold.countDown();

            assertThat(second.join()).isFalse();
            assertThat(gated.runs.get()).isEqualTo(2);
            assertThat(engine.stats().groups()).isEqualTo(1);
        }
    }

    @Test
    void otherWorkWaitsUntilTheGroupBeforeItIsAcknowledged() throws InterruptedException {
        try (Engine engine = open()) {
            AtomicBoolean acknowledged = new AtomicBoolean();
            Ahead ahead = new Ahead(engine, txn -> txn.beforeAcknowledge(() -> acknowledged.set(true)));
            CompletableFuture<Boolean> second =
                    engine.submit(txn -> acknowledged.get()).toCompletableFuture();
            ahead.goOn();
            backend.hold.countDown();

            assertThat(second.join()).isTrue();
        }
    }

    @Test
    void workThatRanAheadFailsWithTheGroupBeforeIt() throws InterruptedException {
        try (Engine engine = open()) {
            Ahead ahead = new Ahead(engine, txn -> {});
            CountDownLatch ran = new CountDownLatch(1);
            CompletableFuture<String> second = engine.submit(RepeatableWork.of(txn -> {
                        ran.countDown();
                        txn.put(COLOURS, bytes("second"), bytes("1"));
                        return "written";
                    }))
                    .toCompletableFuture();
            ahead.goOn();
            ran.await();
            backend.broken = true;
            backend.hold.countDown();

            assertFailed(ahead.first);
            assertFailed(second);
            assertThat(backend.writes.get()).isZero();
        }
        assertThat(backend.openSnapshots.get()).isZero();
    }

    private LaneEngine open() {
        return new LaneEngine("test", backend, EngineLimits.DEFAULT, Engine.State.OPEN);
    }

    /** A first work that writes, whose group's sync is held up; whatever is queued before {@link #goOn} comes after it. */
    private final class Ahead {
        final CompletableFuture<String> first;
        private final CountDownLatch queued = new CountDownLatch(1);

        Ahead(Engine engine, Consumer<Txn> also) {
            backend.hold = new CountDownLatch(1);
            CountDownLatch running = new CountDownLatch(1);
            first = engine.submit(RepeatableWork.of(txn -> {
                        running.countDown();
                        awaitUninterrupted(queued);
                        txn.put(COLOURS, bytes("first"), bytes("1"));
                        also.accept(txn);
                        return "first";
                    }))
                    .toCompletableFuture();
            awaitUninterrupted(running);
        }

        void goOn() {
            queued.countDown();
        }
    }

    /** Writes and answers true while a gate is open. */
    private static final class Gated implements RepeatableWork<Boolean> {
        final AtomicInteger runs = new AtomicInteger();
        final CountDownLatch ran = new CountDownLatch(1);
        private final AtomicBoolean closed;
        private boolean found;

        Gated(AtomicBoolean closed) {
            this.closed = closed;
        }

        @Override
        public Boolean run(Txn txn) {
            runs.incrementAndGet();
            found = closed.get();
            if (!found) {
                txn.put(COLOURS, bytes("gated"), bytes("1"));
            }
            ran.countDown();
            return !found;
        }

        @Override
        public boolean holds() {
            return closed.get() == found;
        }
    }

    private static void assertFailed(CompletableFuture<String> answer) {
        assertThatThrownBy(answer::join)
                .cause()
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.code()).isEqualTo(Code.FAILED))
                .hasMessageEndingWith(": disk on fire");
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Forgets what it is given, and fails to write while {@code broken}. */
    private static final class FailingBackend implements Backend {
        final AtomicInteger writes = new AtomicInteger();
        final AtomicInteger openSnapshots = new AtomicInteger();
        volatile boolean broken;

        /** What writes wait for. */
        volatile CountDownLatch hold = new CountDownLatch(0);

        @Override
        public PinnedView snapshot() {
            openSnapshots.incrementAndGet();
            return new PinnedView() {
                @Override
                public void close() {
                    openSnapshots.decrementAndGet();
                }

                @Override
                public byte @Nullable [] get(Table table, byte[] key) {
                    return null;
                }

                @Override
                public void scan(Table table, byte[] from, byte @Nullable [] to, RowVisitor visitor) {}

                @Override
                public void scanReverse(Table table, byte[] from, byte @Nullable [] to, RowVisitor visitor) {}
            };
        }

        @Override
        public void write(Map<Table, NavigableMap<byte[], byte @Nullable []>> changes) {
            awaitUninterrupted(hold);
            if (broken) {
                throw new EngineException(Code.IO, "disk on fire");
            }
            writes.incrementAndGet();
        }

        @Override
        public void verifyChecksums() {}

        @Override
        public void close() {}
    }
}
