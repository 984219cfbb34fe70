package dev.bailiwick.cli;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Turns values into text that is safe and plain to read on a terminal. */
final class Printable {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private Printable() {}

    /**
     * The text with everything that could steer a terminal or reorder a line written as {@code \}{@code u{hex}}: names and files are
     * chosen by whoever made them.
     */
    static String text(String raw) {
        if (raw.codePoints().noneMatch(Printable::steers)) {
            return raw;
        }
        StringBuilder safe = new StringBuilder();
        raw.codePoints().forEach(point -> {
            if (steers(point)) {
                safe.append("\\u{").append(Integer.toHexString(point)).append('}');
            } else {
                safe.appendCodePoint(point);
            }
        });
        return safe.toString();
    }

    private static boolean steers(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> true;
            default -> false;
        };
    }

    /** Columns a text takes on a terminal: one for each code point that is not a combining mark. */
    static int width(String text) {
        return (int) text.codePoints()
                .filter(point -> Character.getType(point) != Character.NON_SPACING_MARK)
                .count();
    }

    /** A size in bytes in the largest binary unit that leaves at least 1, for instance {@code 64 MiB} or {@code 1.5 KiB}. */
    static String bytes(long unsigned) {
        double value = unsigned >= 0 ? unsigned : unsigned + 0x1p64;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        String number = value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.1f", value);
        return number + " " + UNITS[unit];
    }

    /** A point in time, to the second, in UTC; {@code -} for 0, which stands for none. */
    static String time(long epochMs) {
        return epochMs == 0
                ? "-"
                : Instant.ofEpochMilli(epochMs).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** A duration in its largest whole unit, for instance {@code 8 h}, {@code 90 min}. */
    static String duration(long ms) {
        if (ms % 3_600_000 == 0) {
            return ms / 3_600_000 + " h";
        }
        if (ms % 60_000 == 0) {
            return ms / 60_000 + " min";
        }
        return ms % 1000 == 0 ? ms / 1000 + " s" : ms + " ms";
    }

    /** The first digits of a hash, enough to tell two apart by eye. */
    static String shortHash(String hex) {
        return hex.length() <= 12 ? hex : hex.substring(0, 12);
    }
}
