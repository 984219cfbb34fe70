package dev.bailiwick.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Changes not yet written, laid over a view. One overlay gathers a group; each work runs in its own overlay on top,
 * which is merged down if the work returns and dropped if it throws.
 */
final class Overlay implements View {
    private final View below;
    private final Map<Table, NavigableMap<byte[], byte @Nullable []>> changes = new HashMap<>();
    private long bytes;

    Overlay(View below) {
        this.below = below;
    }

    void put(Table table, byte[] key, byte @Nullable [] value) {
        changes.computeIfAbsent(table, t -> new TreeMap<>(Arrays::compareUnsigned))
                .put(key, value);
        bytes += key.length + (value == null ? 0 : value.length);
    }

    void mergeInto(Overlay target) {
        changes.forEach((table, rows) -> rows.forEach((key, value) -> target.put(table, key, value)));
    }

    boolean isEmpty() {
        return changes.isEmpty();
    }

    /** Bytes put so far, overwritten ones included: an upper bound of the batch. */
    long bytes() {
        return bytes;
    }

    Map<Table, NavigableMap<byte[], byte @Nullable []>> changes() {
        return changes;
    }

    @Override
    public byte @Nullable [] get(Table table, byte[] key) {
        NavigableMap<byte[], byte @Nullable []> rows = changes.get(table);
        if (rows != null) {
            byte[] value = rows.get(key);
            if (value != null) {
                return value.clone();
            }
            if (rows.containsKey(key)) {
                return null;
            }
        }
        return below.get(table, key);
    }

    @Override
    public void scan(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive, RowVisitor visitor) {
        NavigableMap<byte[], byte @Nullable []> rows = range(table, fromInclusive, toExclusive);
        if (rows.isEmpty()) {
            below.scan(table, fromInclusive, toExclusive, visitor);
        } else {
            Merge merge = new Merge(rows, visitor, 1);
            below.scan(table, fromInclusive, toExclusive, merge);
            merge.finish();
        }
    }

    @Override
    public void scanReverse(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive, RowVisitor visitor) {
        NavigableMap<byte[], byte @Nullable []> rows = range(table, fromInclusive, toExclusive);
        if (rows.isEmpty()) {
            below.scanReverse(table, fromInclusive, toExclusive, visitor);
        } else {
            Merge merge = new Merge(rows.descendingMap(), visitor, -1);
            below.scanReverse(table, fromInclusive, toExclusive, merge);
            merge.finish();
        }
    }

    private NavigableMap<byte[], byte @Nullable []> range(Table table, byte[] from, byte @Nullable [] to) {
        NavigableMap<byte[], byte @Nullable []> rows = changes.get(table);
        if (rows == null || (to != null && Arrays.compareUnsigned(from, to) >= 0)) {
            return new TreeMap<>(Arrays::compareUnsigned);
        }
        return to == null ? rows.tailMap(from, true) : rows.subMap(from, true, to, false);
    }

    /** Feeds a visitor from the changes and, as its own visitor, from the view below, in one order. */
    private static final class Merge implements RowVisitor {
        private final List<Map.Entry<byte[], byte @Nullable []>> changed;
        private final RowVisitor visitor;
        private final int direction;
        private int next;
        private boolean going = true;

        Merge(NavigableMap<byte[], byte @Nullable []> changed, RowVisitor visitor, int direction) {
            this.changed = new ArrayList<>(changed.entrySet());
            this.visitor = visitor;
            this.direction = direction;
        }

        @Override
        public boolean visit(byte[] key, byte[] value) {
            boolean replaced = false;
            while (going && next < changed.size()) {
                int order = direction * Arrays.compareUnsigned(changed.get(next).getKey(), key);
                if (order > 0) {
                    break;
                }
                replaced |= order == 0;
                takeChanged();
            }
            if (going && !replaced) {
                going = visitor.visit(key, value);
            }
            return going;
        }

        void finish() {
            while (going && next < changed.size()) {
                takeChanged();
            }
        }

        private void takeChanged() {
            Map.Entry<byte[], byte @Nullable []> entry = changed.get(next++);
            byte[] value = entry.getValue();
            if (value != null) {
                going = visitor.visit(entry.getKey().clone(), value.clone());
            }
        }
    }
}
