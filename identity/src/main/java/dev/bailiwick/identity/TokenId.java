package dev.bailiwick.identity;

import java.util.Locale;

/** Names one token object while the machine runs. Never reused. */
public record TokenId(long value) {
    /** {@code tok-} and 16 hexadecimal digits. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "tok-%016x", value);
    }
}
