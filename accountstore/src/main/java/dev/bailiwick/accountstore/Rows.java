package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Table;
import dev.bailiwick.engine.Txn;
import dev.bailiwick.engine.View;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a transition is going to write, laid over the view it was computed from, so that rules about the state after
 * it can be checked before anything is written.
 */
final class Rows {
    private final View before;
    private final Map<Table, NavigableMap<byte[], byte @Nullable []>> rows = new LinkedHashMap<>();

    Rows(View before) {
        this.before = before;
    }

    void put(Table table, byte[] key, byte[] value) {
        rows.computeIfAbsent(table, t -> new TreeMap<>(Arrays::compareUnsigned)).put(key, value);
    }

    void delete(Table table, byte[] key) {
        rows.computeIfAbsent(table, t -> new TreeMap<>(Arrays::compareUnsigned)).put(key, null);
    }

    /** The value as it will be. */
    byte @Nullable [] get(Table table, byte[] key) {
        NavigableMap<byte[], byte @Nullable []> changed = rows.get(table);
        if (changed == null) {
            return before.get(table, key);
        }
        byte @Nullable [] value = changed.get(key);
        return value != null || changed.containsKey(key) ? value : before.get(table, key);
    }

    /** The rows that start with {@code prefix} as they will be. */
    NavigableMap<byte[], byte[]> withPrefix(Table table, byte[] prefix) {
        NavigableMap<byte[], byte[]> found = new TreeMap<>(Arrays::compareUnsigned);
        byte[] end = Keys.endOf(prefix);
        before.scan(table, prefix, end, (key, value) -> {
            found.put(key, value);
            return true;
        });
        NavigableMap<byte[], byte @Nullable []> changed = rows.get(table);
        if (changed != null) {
            changed.subMap(prefix, true, end, false).forEach((key, value) -> {
                if (value == null) {
                    found.remove(key);
                } else {
                    found.put(key, value);
                }
            });
        }
        return found;
    }

    void writeTo(Txn txn) {
        rows.forEach((table, changed) -> changed.forEach((key, value) -> {
            if (value == null) {
                txn.delete(table, key);
            } else {
                txn.put(table, key, value);
            }
        }));
    }
}
