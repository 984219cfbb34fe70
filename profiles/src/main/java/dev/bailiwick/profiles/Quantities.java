package dev.bailiwick.profiles;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes and durations as people write them in a manifest: a whole number and a unit, without a space. */
final class Quantities {
    static final String SIZE_FORM = "a whole number with B, KiB, MiB, GiB or TiB, such as \"64MiB\"";
    static final String DURATION_FORM = "a whole number with us, ms, s, m, h or d, such as \"8h\"";

    private static final Pattern SIZE = Pattern.compile("(\\d{1,18})(B|KiB|MiB|GiB|TiB)");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,18})(us|ms|s|m|h|d)");

    private Quantities() {}

    /** Bytes; saturates at {@link Long#MAX_VALUE}, which is beyond every limit. Empty when not of the form. */
    static OptionalLong bytes(String text) {
        Matcher matcher = SIZE.matcher(text);
        return matcher.matches() ? OptionalLong.of(scaled(matcher, bytesOf(matcher.group(2)))) : OptionalLong.empty();
    }

    /** Microseconds; saturates at {@link Long#MAX_VALUE}, which is beyond every limit. Empty when not of the form. */
    static OptionalLong microseconds(String text) {
        Matcher matcher = DURATION.matcher(text);
        return matcher.matches()
                ? OptionalLong.of(scaled(matcher, microsecondsOf(matcher.group(2))))
                : OptionalLong.empty();
    }

    /** Bytes in the largest unit that divides them. */
    static String size(long bytes) {
        int unit = 0;
        while (bytes != 0 && unit < SIZE_UNITS.length() && bytes % 1024 == 0) {
            bytes /= 1024;
            unit++;
        }
        return bytes + (unit == 0 ? "B" : SIZE_UNITS.charAt(unit - 1) + "iB");
    }

    private static final String SIZE_UNITS = "KMGT";

    private static long scaled(Matcher matcher, long unit) {
        long count = Long.parseLong(matcher.group(1));
        return count > Long.MAX_VALUE / unit ? Long.MAX_VALUE : count * unit;
    }

    private static long bytesOf(String unit) {
        int power = unit.equals("B") ? 0 : SIZE_UNITS.indexOf(unit.charAt(0)) + 1;
        return 1L << (10 * power);
    }

    private static long microsecondsOf(String unit) {
        Duration duration = switch (unit) {
            case "us" -> Duration.ofNanos(1_000);
            case "ms" -> Duration.ofMillis(1);
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            case "h" -> Duration.ofHours(1);
            // The pattern admits no seventh unit.
            default -> Duration.ofDays(1);
        };
        return duration.toNanos() / 1_000;
    }
}
