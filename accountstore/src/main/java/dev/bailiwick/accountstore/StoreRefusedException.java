package dev.bailiwick.accountstore;

/** A store could not be initialised from its seeds; nothing was written. */
public final class StoreRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoreRefusedException(String message) {
        super(message);
    }
}
