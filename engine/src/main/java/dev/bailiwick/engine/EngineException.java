package dev.bailiwick.engine;

import org.jspecify.annotations.Nullable;

/** Something below the tables went wrong. {@link #code()} is stable; the message is for people. */
public class EngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong. */
    public enum Code {
        /** Stored bytes are damaged: a checksum, a log record or a file is not as it was written. */
        CORRUPT,
        /** A file of the store is missing. */
        LOST,
        /** There is no store in the directory. */
        MISSING,
        /** Another process or engine holds the directory. */
        HELD,
        /** The operating system refused to read or write. */
        IO,
        /** The engine was opened read-only. */
        READ_ONLY,
        /** A sync or hook failed: whether the work is durable is unknown, and later work is refused. */
        FAILED,
        /** The queue is full; nothing was done. */
        OVERLOADED,
        /** The engine is closed; nothing was done. */
        CLOSED
    }

    private final Code code;

    /** An exception with a message that says what to do next. */
    public EngineException(Code code, String message) {
        this(code, message, null);
    }

    /** An exception with a cause. */
    public EngineException(Code code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** What went wrong. */
    public Code code() {
        return code;
    }
}
