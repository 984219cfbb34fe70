package dev.bailiwick.daemon;

import org.jspecify.annotations.Nullable;

/** A store cannot be made, opened or served. {@link #code()} is stable; the message is for people. */
public final class DaemonException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What is in the way. */
    public enum Code {
        /** The socket's path cannot be used. */
        BAD_SOCKET("bad-socket"),
        /** Another process serves on the socket. */
        SOCKET_TAKEN("socket-taken"),
        /** There is no store in the directory. */
        STORE_MISSING("store-missing"),
        /** There is something in the directory where a new store should be made. */
        STORE_EXISTS("store-exists"),
        /** Another process has the store open. */
        STORE_BUSY("store-busy"),
        /** What should seed the store breaks a rule of it. */
        SEEDS_REFUSED("seeds-refused"),
        /** Stored bytes are not what was written. */
        CORRUPT("corrupt"),
        /** The store has lost what its anchor says it had, or has something else instead. */
        ROLLED_BACK("rolled-back"),
        /** The anchor is missing, damaged or another store's, so nobody can tell whether the store was rolled back. */
        ANCHOR_UNUSABLE("anchor-unusable"),
        /** There is an anchor where a new one should be made. */
        ANCHOR_EXISTS("anchor-exists"),
        /** The operating system refused to read or write. */
        IO("io");

        private final String word;

        Code(String word) {
            this.word = word;
        }

        /** The stable code in lower case. */
        public String word() {
            return word;
        }
    }

    private final Code code;

    DaemonException(Code code, String message) {
        this(code, message, null);
    }

    DaemonException(Code code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** What is in the way. */
    public Code code() {
        return code;
    }
}
