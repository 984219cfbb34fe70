package dev.bailiwick.storage;

/**
 * The bytes a root may hold. It is not stored: whoever opens the root states the one in force.
 *
 * @param name the limit's name as an administrator knows it, such as {@code homeQuotaBytes}
 * @param bytes the most content bytes, summed over all entries; 0 for none
 * @param overflow what becomes of a write for which there is no room
 */
public record Quota(String name, long bytes, Overflow overflow) {
    /** A quota beyond which writes are refused. */
    public Quota(String name, long bytes) {
        this(name, bytes, Overflow.REFUSE);
    }

    /** Refuses a negative number of bytes. */
    public Quota {
        if (bytes < 0) {
            throw new IllegalArgumentException("a quota is not negative");
        }
    }
}
