package dev.bailiwick.engine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lets tests speak of keys and values as text. */
final class Bytes {
    static final Table COLOURS = new Table("colours");
    static final Table SHAPES = new Table("shapes");
    static final List<Table> TABLES = List.of(COLOURS, SHAPES);

    private Bytes() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static @Nullable String text(byte @Nullable [] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    static @Nullable String get(View view, Table table, String key) {
        return text(view.get(table, bytes(key)));
    }

    static Work<String> put(Table table, String key, String value) {
        return txn -> {
            txn.put(table, bytes(key), bytes(value));
            return key;
        };
    }

    static List<String> stored(Engine engine, Table table) {
        return engine.read(view -> rows(view, table, "", null));
    }

    static List<String> rows(View view, Table table, String from, @Nullable String to) {
        List<String> rows = new ArrayList<>();
        view.scan(
                table,
                bytes(from),
                to == null ? null : bytes(to),
                (key, value) -> rows.add(text(key) + "=" + text(value)));
        return rows;
    }

    static List<String> rowsReversed(View view, Table table, String from, @Nullable String to) {
        List<String> rows = new ArrayList<>();
        view.scanReverse(
                table,
                bytes(from),
                to == null ? null : bytes(to),
                (key, value) -> rows.add(text(key) + "=" + text(value)));
        return rows;
    }
}
