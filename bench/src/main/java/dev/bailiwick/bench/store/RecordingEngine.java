package dev.bailiwick.bench.store;

import dev.bailiwick.engine.DurabilityHook;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineStats;
import dev.bailiwick.engine.RowVisitor;
import dev.bailiwick.engine.Table;
import dev.bailiwick.engine.Txn;
import dev.bailiwick.engine.View;
import dev.bailiwick.engine.Work;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Passes everything on to an engine and, while told to, notes the rows of every synced batch: what the raw store is then
 * given to write. Works and hooks run on one thread at a time, so nothing here is locked.
 */
final class RecordingEngine implements Engine {
    /** A row's place in a batch: only what is put there last is written. */
    private record Place(Table table, ByteBuffer key) {}

    private final Engine engine;
    private final List<List<BenchRow>> batches = new ArrayList<>();
    private Map<Place, BenchRow> group = new LinkedHashMap<>();
    private volatile boolean recording;

    RecordingEngine(Engine engine) {
        this.engine = engine;
        engine.addDurabilityHook(synced -> cut());
    }

    /** Notes what is committed from now on. */
    void start() {
        recording = true;
    }

    /** Stops, and answers the batches since {@link #start}. */
    List<List<BenchRow>> stop() {
        recording = false;
        List<List<BenchRow>> recorded = List.copyOf(batches);
        batches.clear();
        return recorded;
    }

    private void cut() {
        if (recording && !group.isEmpty()) {
            batches.add(List.copyOf(group.values()));
        }
        group = new LinkedHashMap<>();
    }

    private <T> Work<T> noting(Work<T> work) {
        return txn -> recording ? work.run(new Noting(txn)) : work.run(txn);
    }

    @Override
    public <T> T read(Function<View, T> reader) {
        return engine.read(reader);
    }

    @Override
    public <T> CompletionStage<T> readAsync(Function<View, T> reader) {
        return engine.readAsync(reader);
    }

    @Override
    public <T> CompletionStage<T> submit(Work<T> work) {
        return engine.submit(noting(work));
    }

    @Override
    public <T> T commit(Work<T> work) {
        return engine.commit(noting(work));
    }

    @Override
    public void addDurabilityHook(DurabilityHook hook) {
        engine.addDurabilityHook(hook);
    }

    @Override
    public State state() {
        return engine.state();
    }

    @Override
    public EngineStats stats() {
        return engine.stats();
    }

    @Override
    public void verifyChecksums() {
        engine.verifyChecksums();
    }

    @Override
    public void close() {
        engine.close();
    }

    private final class Noting implements Txn {
        private final Txn txn;

        Noting(Txn txn) {
            this.txn = txn;
        }

        private void note(Table table, byte[] key, byte @Nullable [] value) {
            group.put(new Place(table, ByteBuffer.wrap(key)), new BenchRow(table, key, value));
        }

        @Override
        public void put(Table table, byte[] key, byte[] value) {
            note(table, key, value);
            txn.put(table, key, value);
        }

        @Override
        public void delete(Table table, byte[] key) {
            note(table, key, null);
            txn.delete(table, key);
        }

        @Override
        public void beforeAcknowledge(Runnable action) {
            txn.beforeAcknowledge(action);
        }

        @Override
        public void beforePublish(Runnable action) {
            txn.beforePublish(action);
        }

        @Override
        public byte @Nullable [] get(Table table, byte[] key) {
            return txn.get(table, key);
        }

        @Override
        public void scan(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive, RowVisitor visitor) {
            txn.scan(table, fromInclusive, toExclusive, visitor);
        }

        @Override
        public void scanReverse(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive, RowVisitor visitor) {
            txn.scanReverse(table, fromInclusive, toExclusive, visitor);
        }
    }
}
