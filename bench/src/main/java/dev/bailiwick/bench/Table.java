package dev.bailiwick.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A table in Markdown, as it goes into {@code docs/performance.md}. Not thread-safe. */
public final class Table {
    private final List<String[]> rows = new ArrayList<>();

    /** A table with these columns. */
    public Table(String... columns) {
        rows.add(columns.clone());
    }

    /** Adds a row of as many cells as there are columns. */
    public void row(String... cells) {
        if (cells.length != rows.getFirst().length) {
            throw new IllegalArgumentException(
                    "a row needs " + rows.getFirst().length + " cells: " + Arrays.toString(cells));
        }
        rows.add(cells.clone());
    }

    /** A number as a cell: whole if it is large, with two digits after the point if it is below 100. */
    public static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 100 ? "%.2f" : "%,.0f", value);
    }

    @Override
    public String toString() {
        int[] widths = new int[rows.getFirst().length];
        for (String[] row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            line(text, rows.get(i), widths, ' ');
            if (i == 0) {
                String[] rule = new String[widths.length];
                Arrays.fill(rule, "");
                line(text, rule, widths, '-');
            }
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String[] cells, int[] widths, char fill) {
        for (int i = 0; i < cells.length; i++) {
            text.append(i == 0 ? "| " : " | ").append(cells[i]);
            text.repeat(fill, widths[i] - cells[i].length());
        }
        text.append(" |\n");
    }
}
