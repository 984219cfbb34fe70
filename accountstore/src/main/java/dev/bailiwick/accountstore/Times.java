package dev.bailiwick.accountstore;

import java.time.Instant;
import java.util.Optional;

/** Records keep whole milliseconds; a value must not change by being stored. */
final class Times {
    private Times() {}

    static Instant toMilliseconds(Instant time) {
        return Instant.ofEpochMilli(time.toEpochMilli());
    }

    /** Refuses an expiry that would be stored as 0, which stands for never: rounding must not widen anything. */
    static Optional<Instant> expiry(Optional<Instant> expiresAt) {
        Optional<Instant> rounded = expiresAt.map(Times::toMilliseconds);
        if (rounded.isPresent() && rounded.get().toEpochMilli() <= 0) {
            throw new IllegalArgumentException("an expiry lies after 1970, not at " + expiresAt.get());
        }
        return rounded;
    }
}
