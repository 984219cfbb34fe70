package dev.bailiwick.accountstore;

/**
 * Something stored is not what was written. {@link #what()} names it: a record with its version, a journal entry, an index row.
 * Corrupt is never reported as absent.
 */
public final class CorruptStoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String what;
    private final String why;
    private final Code code;

    /** What sort of damage it is. */
    public enum Code {
        /** Bytes are not what was written, or are missing. */
        CORRUPT("corrupt"),
        /** A valid record lies in another one's place, such as an older version in that of a newer one. */
        RECORD_REPLACED("record-replaced"),
        /** The newest entries of a chain were taken away below the head that names them. */
        ENTRIES_MISSING("entries-missing"),
        /** The key that signs checkpoints is missing, damaged or another one. */
        KEY("store-key");

        private final String word;

        Code(String word) {
            this.word = word;
        }

        /** The stable code in lower case. */
        public String word() {
            return word;
        }
    }

    CorruptStoreException(String what, String why) {
        this(Code.CORRUPT, what, why);
    }

    CorruptStoreException(Code code, String what, String why) {
        super(what + " is corrupt: " + why);
        this.code = code;
        this.what = what;
        this.why = why;
    }

    CorruptStoreException(String what, String why, Throwable cause) {
        this(Code.CORRUPT, what, why, cause);
    }

    CorruptStoreException(Code code, String what, String why, Throwable cause) {
        super(what + " is corrupt: " + why, cause);
        this.code = code;
        this.what = what;
        this.why = why;
    }

    /** What sort of damage it is. */
    public Code code() {
        return code;
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
