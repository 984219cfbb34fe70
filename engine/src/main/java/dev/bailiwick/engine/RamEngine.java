package dev.bailiwick.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Engine} that forgets everything when it is closed: for tests and for trying things out. It behaves like
 * {@link RocksEngine} in all else, and both pass one contract suite.
 */
public final class RamEngine {
    private RamEngine() {}

    /** An empty engine with default limits. */
    public static Engine open() {
        return open(EngineLimits.DEFAULT);
    }

    /** An empty engine. */
    public static Engine open(EngineLimits limits) {
        return new LaneEngine("ram", new RamBackend(), limits, Engine.State.OPEN);
    }

    private static final class RamBackend implements Backend {
        /** Replaced as a whole by each write; written and read by the lane only, which hands it to snapshots. */
        private Map<Table, PersistentMap> tables = Map.of();

        @Override
        public PinnedView snapshot() {
            return new RamSnapshot(tables);
        }

        @Override
        public void write(Map<Table, NavigableMap<byte[], byte @Nullable []>> changes) {
            Map<Table, PersistentMap> next = new HashMap<>(tables);
            changes.forEach((table, rows) -> {
                PersistentMap map = next.getOrDefault(table, PersistentMap.EMPTY);
                for (Map.Entry<byte[], byte @Nullable []> row : rows.entrySet()) {
                    map = row.getValue() == null ? map.without(row.getKey()) : map.with(row.getKey(), row.getValue());
                }
                next.put(table, map);
            });
            tables = Map.copyOf(next);
        }

        @Override
        public void verifyChecksums() {
            // RAM has none.
        }

        @Override
        public void close() {
            tables = Map.of();
        }
    }

    private record RamSnapshot(Map<Table, PersistentMap> tables) implements Backend.PinnedView {
        private PersistentMap rows(Table table) {
            return tables.getOrDefault(table, PersistentMap.EMPTY);
        }

        @Override
        public byte @Nullable [] get(Table table, byte[] key) {
            byte[] value = rows(table).get(key);
            return value == null ? null : value.clone();
        }

        @Override
        public void scan(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive, RowVisitor visitor) {
            rows(table).ascend(fromInclusive, toExclusive, visitor);
        }

        @Override
        public void scanReverse(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive, RowVisitor visitor) {
            rows(table).descend(fromInclusive, toExclusive, visitor);
        }

        @Override
        public void close() {
            // Garbage collection lets go of the state.
        }
    }
}
