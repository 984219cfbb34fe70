package dev.bailiwick.storage;

/** A row's bytes are not what was written; whoever knows root and path turns it into a {@link CorruptStorageException}. */
final class BadRowException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String what;

    BadRowException(String what) {
        super(what);
        this.what = what;
    }

    String what() {
        return what;
    }
}
