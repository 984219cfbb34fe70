package dev.bailiwick.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Rows under titles, aligned for reading. Not thread-safe; a builder for one print. */
final class Table {
    private record Column(String title, boolean isNumeric, Function<Json.Obj, String> cell) {}

    private final List<Column> columns = new ArrayList<>();

    private Table() {}

    /** A table without columns, to add to. */
    static Table table() {
        return new Table();
    }

    /** Adds a column of text, aligned left. */
    Table column(String title, Function<Json.Obj, String> cell) {
        columns.add(new Column(title, false, cell));
        return this;
    }

    /** Adds a column that shows a text field. */
    Table column(String title, String field) {
        return column(title, row -> row.text(field));
    }

    /** Adds a column of numbers, aligned right. */
    Table numbers(String title, Function<Json.Obj, String> cell) {
        columns.add(new Column(title, true, cell));
        return this;
    }

    /** Adds a column that shows a number field. */
    Table numbers(String title, String field) {
        return numbers(title, row -> row.get(field).toString());
    }

    /** The rows under their titles, a line feed after each; without rows, only the titles. */
    String render(List<Json.Obj> rows, Style style) {
        List<List<String>> cells = new ArrayList<>();
        for (Json.Obj row : rows) {
            cells.add(columns.stream()
                    .map(column -> Printable.text(column.cell().apply(row)))
                    .toList());
        }
        int[] widths = new int[columns.size()];
        for (int c = 0; c < widths.length; c++) {
            widths[c] = Printable.width(columns.get(c).title());
            for (List<String> line : cells) {
                widths[c] = Math.max(widths[c], Printable.width(line.get(c)));
            }
        }
        StringBuilder text = new StringBuilder();
        append(text, columns.stream().map(Column::title).toList(), widths, style);
        cells.forEach(line -> append(text, line, widths, Style.PLAIN));
        return text.toString();
    }

    private void append(StringBuilder text, List<String> line, int[] widths, Style style) {
        StringBuilder row = new StringBuilder();
        for (int c = 0; c < widths.length; c++) {
            String padding = " ".repeat(widths[c] - Printable.width(line.get(c)));
            String gap = c == 0 ? "" : "  ";
            row.append(gap).append(columns.get(c).isNumeric() ? padding + line.get(c) : line.get(c) + padding);
        }
        text.append(style.bold(row.toString().stripTrailing())).append('\n');
    }

    /** Names and values of one thing, one a line. */
    static final class Sheet {
        private final List<String> names = new ArrayList<>();
        private final List<String> values = new ArrayList<>();

        /** Adds a line. */
        Sheet line(String name, String value) {
            names.add(name);
            values.add(Printable.text(value));
            return this;
        }

        /** Adds a line with a number. */
        Sheet line(String name, long unsigned) {
            return line(name, Long.toUnsignedString(unsigned));
        }

        String render(Style style) {
            int width = names.stream().mapToInt(Printable::width).max().orElse(0);
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < names.size(); i++) {
                String padding = " ".repeat(width - Printable.width(names.get(i)));
                text.append((style.dim(names.get(i)) + padding + "  " + values.get(i)).stripTrailing())
                        .append('\n');
            }
            return text.toString();
        }
    }

    /** An empty sheet, to add to. */
    static Sheet sheet() {
        return new Sheet();
    }
}
