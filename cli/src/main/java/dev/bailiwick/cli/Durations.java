package dev.bailiwick.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times as people write them on a command line: a whole number and a unit, such as {@code 30m}. */
final class Durations {
    private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,8})(ms|s|m|h|d)");

    private Durations() {}

    /** Milliseconds; 0 if nothing was given. */
    static long milliseconds(@Nullable String text) {
        if (text == null) {
            return 0;
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw CommandFailure.usage(
                    "\"" + text + "\" is no duration", "give a whole number with ms, s, m, h or d, such as 30m");
        }
        long count = Long.parseLong(matcher.group(1));
        Duration duration = switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            // The pattern admits no sixth unit.
            default -> Duration.ofDays(count);
        };
        return duration.toMillis();
    }
}
