package dev.bailiwick.schema;

/** Text that is no account name. */
public final class InvalidNameException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Why it is none. */
    public enum Code {
        /** Empty or too long. */
        LENGTH,
        /** A character that names cannot have. */
        CHARACTER,
        /** A mixture of writing directions that RFC 5893 forbids. */
        DIRECTION,
        /** Normalising the normalised form changes it again. */
        UNSTABLE
    }

    private final Code code;

    InvalidNameException(Code code, String message) {
        super(message);
        this.code = code;
    }

    /** Why it is no name. */
    public Code code() {
        return code;
    }
}
