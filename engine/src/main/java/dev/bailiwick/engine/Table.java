package dev.bailiwick.engine;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names one ordered table. Two tables with the same name are the same table.
 *
 * @param name 1 to 64 of {@code a-z 0-9 . -}, starting with a letter; it is also the RocksDB column family's name
 */
public record Table(String name) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9.-]{0,63}");

    /** Refuses a name that is not plain lower-case text: it becomes part of the stored format. */
    public Table {
        if (!NAME.matcher(name).matches() || name.equals("default")) {
            throw new IllegalArgumentException(
                    "table name '" + name + "' must match " + NAME + " and not be 'default'");
        }
    }

    // Spelled out, as maps ask for it with every lookup and every row: what is generated is not always inlined.
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof Table table && name.equals(table.name));
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }
}
