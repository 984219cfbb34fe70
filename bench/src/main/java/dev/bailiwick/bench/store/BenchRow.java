package dev.bailiwick.bench.store;

import dev.bailiwick.engine.Table;
import org.jspecify.annotations.Nullable;

/**
 * One row of a recorded batch; a null value deletes.
 *
 * <p>Not a record: arrays have no value equality, and nothing compares rows.
 */
final class BenchRow {
    private final Table table;
    private final byte[] key;
    private final byte @Nullable [] value;

    BenchRow(Table table, byte[] key, byte @Nullable [] value) {
        this.table = table;
        this.key = key;
        this.value = value;
    }

    Table table() {
        return table;
    }

    byte[] key() {
        return key;
    }

    byte @Nullable [] value() {
        return value;
    }
}
