package dev.bailiwick.storage;

/**
 * The bytes a root may hold. It is not stored: whoever opens the root states the one in force.
 *
 * @param name the limit's name as an administrator knows it, such as {@code homeQuotaBytes}
 * @param bytes the most content bytes, summed over all entries; 0 for none
 */
public record Quota(String name, long bytes) {
    /** Refuses a negative number of bytes. */
    public Quota {
        if (bytes < 0) {
            throw new IllegalArgumentException("a quota is not negative");
        }
    }
}
