package dev.bailiwick.accountstore;

import java.time.Duration;

/** When the anchor follows the store. */
public sealed interface AnchorMode {
    /** With every synced group, before it is acknowledged: nothing acknowledged can be taken back unnoticed. */
    record Strict() implements AnchorMode {}

    /**
     * With the first synced group this long after the last time, and when the store is closed: what was acknowledged since can be
     * taken back unnoticed.
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
}
