package dev.bailiwick.storage;

/**
 * How much applications may write to one log.
 *
 * @param bytesPerWindow UTF-8 bytes of text in one window; 0 for none
 * @param windowMs length of the window in milliseconds, at least 1; windows start at its multiples since 1970
 */
public record LogQuota(long bytesPerWindow, long windowMs) {
    /** Refuses a negative number of bytes and a window without length. */
    public LogQuota {
        if (bytesPerWindow < 0 || windowMs < 1) {
            throw new IllegalArgumentException("a log quota has no negative bytes and a window of at least 1 ms");
        }
    }
}
