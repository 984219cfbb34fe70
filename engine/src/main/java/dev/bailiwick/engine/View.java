package dev.bailiwick.engine;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One consistent state of all tables. Keys are ordered as unsigned bytes, shorter before longer.
 *
 * <p>A view is valid only inside the function or work it was handed to; a view of {@link Engine#read} may be used by
 * several threads meanwhile, a {@link Txn} only by the lane. Arrays returned belong to the caller. Every method throws
 * {@link EngineException} when the bytes below cannot be read: damage is never reported as absence.
 */
public interface View {
    /** The value under {@code key}, or null when there is none. */
    byte @Nullable [] get(Table table, byte[] key);

    /**
     * Visits the rows with {@code fromInclusive <= key < toExclusive} in ascending order.
     *
     * @param toExclusive null for "to the end of the table"
     */
    void scan(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive, RowVisitor visitor);

    /**
     * Visits the same rows as {@link #scan} in the same order, for whoever reads much of a table once: it reads ahead, and what it reads
     * takes no place in the cache from what others read again and again.
     */
    default void sweep(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive, RowVisitor visitor) {
        scan(table, fromInclusive, toExclusive, visitor);
    }

    /** Visits the same rows as {@link #scan} in descending order. */
    void scanReverse(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive, RowVisitor visitor);

    /** The row with the greatest key in the range of {@link #scan}. */
    default Optional<Row> last(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
        Row[] found = new Row[1];
        scanReverse(table, fromInclusive, toExclusive, (key, value) -> {
            found[0] = new Row(key, value);
            return false;
        });
        return Optional.ofNullable(found[0]);
    }
}
