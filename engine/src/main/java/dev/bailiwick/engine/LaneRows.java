package dev.bailiwick.engine;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * Rows that works read again and again, such as the heads of chains, kept in memory for the lane.
 *
 * <p>INVARIANT (as published): every row here is as in the published state. The lane is the only writer, and passes on all that it
 * has written. Absence is not kept: a work that asks whether an id was used asks once.
 *
 * <p>Used by one thread at a time: whoever is the lane.
 */
final class LaneRows {
    /** Some ten megabytes. When full it is emptied: what is hot is back after one commit. */
    private static final int ROWS = 1 << 16;

    /** Larger rows are not read with every commit. */
    private static final int ROW_BYTES = 256;

    private final Map<Key, byte[]> rows = new HashMap<>();

    /** The published state, seen through these rows. */
    View over(View published) {
        return new Seen(published);
    }

    /** Takes over what was written and published. */
    void written(Map<Table, NavigableMap<byte[], byte @Nullable []>> changes) {
        changes.forEach((table, changed) -> changed.forEach((key, value) -> {
            Key at = new Key(table, key);
            if (rows.remove(at) != null && value != null) {
                rows.put(at, value);
            }
        }));
    }

    /** A key of a table. Compared by content; the bytes are never changed. */
    private static final class Key {
        private final Table table;
        private final byte[] bytes;
        private final int hash;

        Key(Table table, byte[] bytes) {
            this.table = table;
            this.bytes = bytes;
            this.hash = 31 * table.hashCode() + Arrays.hashCode(bytes);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && table.equals(key.table) && Arrays.equals(bytes, key.bytes);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    private final class Seen implements View {
        private final View published;

        Seen(View published) {
            this.published = published;
        }

        @Override
        public byte @Nullable [] get(Table table, byte[] key) {
            Key at = new Key(table, key.clone());
            byte[] known = rows.get(at);
            if (known != null) {
                return known.clone();
            }
            byte[] read = published.get(table, key);
            if (read != null && read.length <= ROW_BYTES) {
                if (rows.size() >= ROWS) {
                    rows.clear();
                }
                rows.put(at, read.clone());
            }
            return read;
        }

        @Override
        public void scan(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive, RowVisitor visitor) {
            published.scan(table, fromInclusive, toExclusive, visitor);
        }

        @Override
        public void scanReverse(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive, RowVisitor visitor) {
            published.scanReverse(table, fromInclusive, toExclusive, visitor);
        }
    }
}
