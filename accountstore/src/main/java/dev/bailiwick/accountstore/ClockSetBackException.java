package dev.bailiwick.accountstore;

import java.time.Instant;

/**
 * The machine's clock is before the store's last entry. What has expired since would be taken for valid again, so the store is not
 * opened.
 */
public final class ClockSetBackException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Instant now;
    private final Instant lastEntry;

    ClockSetBackException(Instant now, Instant lastEntry) {
        super("the clock was set back: it says " + now + ", but the store's last entry is of " + lastEntry);
        this.now = now;
        this.lastEntry = lastEntry;
    }

    /** What the clock says. */
    public Instant now() {
        return now;
    }

    /** When the store was last written to, by its own account. */
    public Instant lastEntry() {
        return lastEntry;
    }
}
