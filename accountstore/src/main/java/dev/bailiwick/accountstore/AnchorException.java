package dev.bailiwick.accountstore;

import java.nio.file.Path;

/** The anchor cannot be used, or the store does not extend it. {@link #code()} is stable; the message is for people. */
public final class AnchorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Code {
        /** There is no anchor file where it should be. */
        MISSING("anchor-missing"),
        /** There is one already where a new one should be made. */
        EXISTS("anchor-exists"),
        /** It belongs to another store. */
        FOREIGN("anchor-foreign"),
        /** It belongs to this store, but to an epoch before the store's. */
        OLDER("anchor-older"),
        /** Neither of its slots is intact. */
        CORRUPT("anchor-corrupt"),
        /** The store has lost what the anchor says it had. */
        ROLLED_BACK("rolled-back"),
        /** The store has as many entries as it should, but not the same. */
        FORKED("forked"),
        /** The operating system refused to read or write it. */
        IO("anchor-io");

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
    private final String anchor;

    AnchorException(Code code, Path anchor, String message) {
        super(message);
        this.code = code;
        this.anchor = anchor.toString();
    }

    AnchorException(Code code, Path anchor, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
        this.anchor = anchor.toString();
    }

    /** What is wrong. */
    public Code code() {
        return code;
    }

    /** The anchor file. */
    public String anchor() {
        return anchor;
    }
}
