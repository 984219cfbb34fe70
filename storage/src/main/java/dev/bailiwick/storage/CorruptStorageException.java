package dev.bailiwick.storage;

/**
 * A stored value is not what was written. It is refused rather than returned, and never taken for absent.
 */
public final class CorruptStorageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String owner;
    private final String path;

    CorruptStorageException(String owner, String path, Throwable cause) {
        super(owner + " path " + Quoted.of(path) + " is damaged: " + cause.getMessage(), cause);
        this.owner = owner;
        this.path = path;
    }

    CorruptStorageException(String owner, String path, String what) {
        super(owner + " path " + Quoted.of(path) + " is damaged: " + what);
        this.owner = owner;
        this.path = path;
    }

    /** The root or log in text form. */
    public String owner() {
        return owner;
    }

    /** The path within a root, as far as it is known; empty for a root itself and for a log. */
    public String path() {
        return path;
    }
}
