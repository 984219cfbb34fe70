package dev.bailiwick.accountstore;

/**
 * Something stored is not what was written. {@link #what()} names it: a record with its version, a journal entry, an index row.
 * Corrupt is never reported as absent.
 */
public final class CorruptStoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String what;

    CorruptStoreException(String what, String why) {
        super(what + " is corrupt: " + why);
        this.what = what;
    }

    CorruptStoreException(String what, String why, Throwable cause) {
        super(what + " is corrupt: " + why, cause);
        this.what = what;
    }

    /** What is corrupt, such as {@code account rec-... version 3}. */
    public String what() {
        return what;
    }
}
