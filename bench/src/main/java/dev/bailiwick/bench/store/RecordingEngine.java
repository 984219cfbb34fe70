package dev.bailiwick.bench.store;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.ForwardingEngine;
import dev.bailiwick.engine.RepeatableWork;
import dev.bailiwick.engine.RowVisitor;
import dev.bailiwick.engine.Table;
import dev.bailiwick.engine.Txn;
import dev.bailiwick.engine.Work;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Passes everything on to an engine and, while told to, notes the rows of every synced batch: what the raw store is then
 * given to write. A work's rows are noted once they are synced, since works may run ahead, and run again.
 */
final class RecordingEngine extends ForwardingEngine {
    /** A row's place in a batch: only what is put there last is written. */
    private record Place(Table table, ByteBuffer key) {}

    private final List<List<BenchRow>> batches = new ArrayList<>();
    private Map<Place, BenchRow> group = new LinkedHashMap<>();
    private volatile boolean recording;

    RecordingEngine(Engine engine) {
        super(engine);
        engine.addDurabilityHook(synced -> cut());
    }

    /** Notes what is committed from now on, once all before is answered. */
    void start() {
        recording = true;
    }

    /** Stops, and answers the batches since {@link #start}. */
    synchronized List<List<BenchRow>> stop() {
        cut();
        recording = false;
        List<List<BenchRow>> recorded = List.copyOf(batches);
        batches.clear();
        return recorded;
    }

    /** Hooks run before the actions of their own group: what is noted so far is the group before. */
    private synchronized void cut() {
        if (recording && !group.isEmpty()) {
            batches.add(List.copyOf(group.values()));
        }
        group = new LinkedHashMap<>();
    }

    private synchronized void synced(List<BenchRow> rows) {
        rows.forEach(row -> group.put(new Place(row.table(), ByteBuffer.wrap(row.key())), row));
    }

    private <T> Work<T> noting(Work<T> work) {
        return switch (work) {
            case RepeatableWork<T> repeatable -> new NotingRepeatable<>(repeatable);
            case Work<T> once -> txn -> noted(once, txn);
        };
    }

    private <T> T noted(Work<T> work, Txn txn) {
        if (!recording) {
            return work.run(txn);
        }
        Noting noting = new Noting(txn);
        T answer = work.run(noting);
        txn.beforePublish(() -> synced(noting.rows));
        return answer;
    }

    private final class NotingRepeatable<T> implements RepeatableWork<T> {
        private final RepeatableWork<T> work;

        NotingRepeatable(RepeatableWork<T> work) {
            this.work = work;
        }

        @Override
        public T run(Txn txn) {
            return noted(work, txn);
        }

        @Override
        public boolean holds() {
            return work.holds();
        }
    }

    @Override
    public <T> CompletionStage<T> submit(Work<T> work) {
        return super.submit(noting(work));
    }

    @Override
    public <T> T commit(Work<T> work) {
        return super.commit(noting(work));
    }

    private static final class Noting implements Txn {
        private final Txn txn;
        private final List<BenchRow> rows = new ArrayList<>();

        Noting(Txn txn) {
            this.txn = txn;
        }

        private void note(Table table, byte[] key, byte @Nullable [] value) {
            rows.add(new BenchRow(table, key, value));
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
