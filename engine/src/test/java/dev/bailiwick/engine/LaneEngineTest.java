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
import java.util.concurrent.atomic.AtomicInteger;
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
