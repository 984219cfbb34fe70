package dev.bailiwick.accountstore;

import java.time.Duration;

/** When the anchor follows the store. */
public sealed interface AnchorMode {
    /** With every synced group, before it is acknowledged: nothing acknowledged can be taken back unnoticed. */
    record Strict() implements AnchorMode {}

    /**
     * This long after the last time, with a synced group or by a timer, and when the store is closed: what was acknowledged since
     * can be taken back unnoticed.
     *
     * @param every positive
     */
    record Interval(Duration every) implements AnchorMode {
        /** Refuses an interval of nothing. */
        public Interval {
            if (!every.isPositive()) {
                throw new IllegalArgumentException("an anchor interval is positive");
            }
        }
    }

    /** Never, because there is no anchor: a rollback cannot be detected. */
    record None() implements AnchorMode {}

    /** The stable word for it. */
    default String word() {
        return switch (this) {
            case Strict() -> "strict";
            case Interval(var every) -> "interval";
            case None() -> "none";
        };
    }
}
