package dev.bailiwick.accountstore;

/**
 * Something stored is not what was written. {@link #what()} names it: a record with its version, a journal entry, an index row.
 * Corrupt is never reported as absent.
 */
public final class CorruptStoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String what;
    private final String why;

    CorruptStoreException(String what, String why) {
        super(what + " is corrupt: " + why);
        this.what = what;
        this.why = why;
    }

    CorruptStoreException(String what, String why, Throwable cause) {
        super(what + " is corrupt: " + why, cause);
        this.what = what;
        this.why = why;
    }

    /** What is corrupt, such as {@code account rec-... version 3}. */
    public String what() {
        return what;
    }

    /** What is wrong with it. */
    public String why() {
        return why;
    }
}
