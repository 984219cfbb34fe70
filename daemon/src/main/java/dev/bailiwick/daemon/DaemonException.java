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
        /** A recovery was given another manifest than the store was made from. */
        OTHER_MANIFEST("other-manifest"),
        /** Another process has the store open. */
        STORE_BUSY("store-busy"),
        /** What should seed the store breaks a rule of it. */
        SEEDS_REFUSED("seeds-refused"),
        /** Stored bytes are not what was written. */
        CORRUPT("corrupt"),
        /** A valid record lies in another one's place. */
        RECORD_REPLACED("record-replaced"),
        /** The newest entries of a chain were taken away. */
        ENTRIES_MISSING("entries-missing"),
        /** The key that signs checkpoints is missing, damaged or another store's. */
        STORE_KEY("store-key"),
        /** A file of the store is missing. */
        FILE_MISSING("file-missing"),
        /** The store has lost what its anchor says it had. */
        ROLLED_BACK("rolled-back"),
        /** The store has as much as its anchor says, but not the same. */
        FORKED("forked"),
        /** There is no anchor, so nobody can tell whether the store was rolled back. */
        ANCHOR_MISSING("anchor-missing"),
        /** The anchor is another store's. */
        ANCHOR_FOREIGN("anchor-foreign"),
        /** The anchor is of an epoch before the store's. */
        ANCHOR_OLDER("anchor-older"),
        /** The anchor is damaged. */
        ANCHOR_CORRUPT("anchor-corrupt"),
        /** The machine's clock is before the store's last entry. */
        CLOCK_SET_BACK("clock-set-back"),
        /** There is an anchor where a new one should be made. */
        ANCHOR_EXISTS("anchor-exists"),
        /** A recovery or import was interrupted before its last step. */
        INTERRUPTED("recovery-interrupted"),
        /** There is a file where a new one should be made. */
        FILE_EXISTS("file-exists"),
        /** A file is no export, or one of another format. */
        EXPORT_FORMAT("export-format"),
        /** An export is cut off, altered, or does not hold together. */
        EXPORT_DAMAGED("export-damaged"),
        /** An export is signed by another key than the one that was named. */
        EXPORT_KEY("export-key"),
        /** The anchor knows of entries that are not in an export. */
        EXPORT_OLDER("export-older"),
        /** An export has other entries than the anchor knows. */
        EXPORT_FORKED("export-forked"),
        /** Nothing of a store can be read, and nobody has said that it is to begin anew. */
        UNREADABLE("store-unreadable"),
        /** What is done in an emergency cannot be recorded. */
        EMERGENCY_LOG("emergency-log"),
        /** There is no reason to serve an emergency, or nobody to serve it to. */
        NO_EMERGENCY("no-emergency"),
        /** The domain of an identity source is another one's, or the store's. */
        IDENTITY_SOURCE("identity-source"),
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
