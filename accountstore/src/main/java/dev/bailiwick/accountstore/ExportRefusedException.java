package dev.bailiwick.accountstore;

/** A file is not an export that can be taken over. {@link #code()} is stable; the message is for people. */
public final class ExportRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong with it. */
    public enum Code {
        /** It is no export, or one of another format. */
        FORMAT("export-format"),
        /** It is cut off, altered, or does not hold together. */
        DAMAGED("export-damaged"),
        /** It is signed by another key than the one that was named. */
        KEY("export-key"),
        /** The anchor knows of entries that are not in it. */
        OLDER("export-older"),
        /** It has as many entries as the anchor knows, or more, but not the same. */
        FORKED("export-forked");

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

    ExportRefusedException(Code code, String message) {
        super(message);
        this.code = code;
    }

    ExportRefusedException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** What is wrong with it. */
    public Code code() {
        return code;
    }
}
