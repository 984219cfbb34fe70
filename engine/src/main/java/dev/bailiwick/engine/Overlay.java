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
 * Changes not yet written, laid over a view. One overlay gathers a group; each work changes it directly, and what a work changed
 * is put back if the work throws.
 */
final class Overlay implements View {
    private View below;
    private final Map<Table, NavigableMap<byte[], byte @Nullable []>> changes = new HashMap<>();

    /** How to put back what the present work changed, newest last. */
    private final List<Undo> undo = new ArrayList<>();

    private long bytes;
    private long bytesBefore;

    /** Whether any row was ever deleted here: most groups delete none, and need not be asked twice for each key. */
    private boolean deletes;

    /** A row as it was in this overlay before it was changed, or that it was not in it. */
    private static final class Undo {
        final NavigableMap<byte[], byte @Nullable []> rows;
        final byte[] key;
        final boolean wasThere;
        final byte @Nullable [] value;

        Undo(NavigableMap<byte[], byte @Nullable []> rows, byte[] key, boolean wasThere, byte @Nullable [] value) {
            this.rows = rows;
            this.key = key;
            this.wasThere = wasThere;
            this.value = value;
        }

        void apply() {
            if (wasThere) {
                rows.put(key, value);
            } else {
                rows.remove(key);
            }
        }
    }

    Overlay(View below) {
        this.below = below;
    }

    /** Lays the changes over another view, one that shows the same. */
    void rebase(View same) {
        below = same;
    }

    /** From here on changes can be put back. */
    void begin() {
        undo.clear();
        bytesBefore = bytes;
    }

    /** Puts back everything since {@link #begin}. */
    void rollBack() {
        for (int i = undo.size() - 1; i >= 0; i--) {
            undo.get(i).apply();
        }
        undo.clear();
        bytes = bytesBefore;
    }

    void put(Table table, byte[] key, byte @Nullable [] value) {
        NavigableMap<byte[], byte @Nullable []> rows =
                changes.computeIfAbsent(table, t -> new TreeMap<>(Arrays::compareUnsigned));
        deletes |= value == null;
        int size = rows.size();
        byte[] before = rows.put(key, value);
        undo.add(new Undo(rows, key, rows.size() == size, before));
        bytes += key.length + (value == null ? 0 : value.length);
    }

    boolean isEmpty() {
        return changes.values().stream().allMatch(Map::isEmpty);
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
            if (deletes && rows.containsKey(key)) {
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
