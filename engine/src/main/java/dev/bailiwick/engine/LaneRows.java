package dev.bailiwick.engine;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * Rows that works read again and again, such as the heads of chains, kept in memory for the lane.
 *
 * <p>INVARIANT (as written): every row here is as in the view that it is laid over. The lane is the only writer, and passes on all that
 * it writes when it moves on to the next view. Absence is not kept: a work that asks whether an id was used asks once.
 *
 * <p>Used by one thread at a time.
 */
final class LaneRows {
    /** Some ten megabytes. When full it is emptied: what is hot is back after one commit. */
    private static final int ROWS = 1 << 16;

    /** Larger rows are not read with every commit. */
    private static final int ROW_BYTES = 256;

    /** Of each table from which anything was read. */
    private final Map<Table, Map<Key, byte[]>> rows = new HashMap<>();

    private int count;

    /** A state, seen through these rows. */
    View over(View state) {
        return new Seen(state);
    }

    /** Takes over what the next state has in place of the last one. */
    void written(Map<Table, NavigableMap<byte[], byte @Nullable []>> changes) {
        rows.forEach((table, known) -> {
            NavigableMap<byte[], byte @Nullable []> changed = changes.get(table);
            if (changed != null && !known.isEmpty()) {
                changed.forEach((key, value) -> replace(known, new Key(key), value));
            }
        });
    }

    private void replace(Map<Key, byte[]> known, Key key, byte @Nullable [] value) {
        if (value == null) {
            count -= known.remove(key) == null ? 0 : 1;
        } else {
            known.replace(key, value);
        }
    }

    private void keep(Table table, Key key, byte[] value) {
        if (count >= ROWS) {
            rows.clear();
            count = 0;
        }
        rows.computeIfAbsent(table, any -> new HashMap<>()).put(key, value);
        count++;
    }

    /** A key of a table. Compared by content; the bytes are never changed. */
    private static final class Key {
        private final byte[] bytes;
        private final int hash;

        Key(byte[] bytes) {
            this.bytes = bytes;
            this.hash = Arrays.hashCode(bytes);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && hash == key.hash && Arrays.equals(bytes, key.bytes);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    private final class Seen implements View {
        private final View state;

        Seen(View state) {
            this.state = state;
        }

        @Override
        public byte @Nullable [] get(Table table, byte[] key) {
            Map<Key, byte[]> ofTable = rows.get(table);
            byte[] known = ofTable == null ? null : ofTable.get(new Key(key));
            if (known != null) {
                return known.clone();
            }
            byte[] read = state.get(table, key);
            if (read != null && read.length <= ROW_BYTES) {
                keep(table, new Key(key.clone()), read.clone());
            }
            return read;
        }

        @Override
        public void scan(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive, RowVisitor visitor) {
            state.scan(table, fromInclusive, toExclusive, visitor);
        }

        @Override
        public void scanReverse(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive, RowVisitor visitor) {
            state.scanReverse(table, fromInclusive, toExclusive, visitor);
        }
    }
}
