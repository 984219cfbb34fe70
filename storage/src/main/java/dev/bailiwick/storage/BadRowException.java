package dev.bailiwick.storage;

/** A row's bytes are not what was written; whoever knows root and path turns it into a {@link CorruptStorageException}. */
final class BadRowException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadRowException(String message) {
        super(message);
    }
}
