package dev.bailiwick.capnp.rpc;

import java.time.Duration;

/**
 * How many sturdy references a server keeps, and for how long.
 *
 * @param perOwner the most references of one owner; beyond, saving fails as overloaded. Default 1,000
 * @param inAll the most references of all owners: at up to 2 KiB each they bound the table. Default 100,000
 * @param longestLife the longest, and the usual, time for which a reference is of use: 1 ms to 100 years. Default 90 days, so that
 *     what was forgotten goes away
 */
public record SturdyLimits(int perOwner, int inAll, Duration longestLife) {
    private static final Duration CENTURY = Duration.ofDays(36_525);

    /** The defaults named above. */
    public static final SturdyLimits DEFAULT = new SturdyLimits(1_000, 100_000, Duration.ofDays(90));

    /** Requires values in their ranges. */
    public SturdyLimits {
        if (perOwner < 1 || inAll < perOwner) {
            throw new IllegalArgumentException("limits must satisfy 1 <= per owner <= in all");
        }
        if (longestLife.toMillis() < 1 || longestLife.compareTo(CENTURY) > 0) {
            throw new IllegalArgumentException("longest life must be 1 ms to 100 years");
        }
    }
}
