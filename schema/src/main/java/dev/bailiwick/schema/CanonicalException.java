package dev.bailiwick.schema;

/** Bytes that are no well-formed struct, or hold what canonical form cannot express, such as a capability. */
public final class CanonicalException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CanonicalException(String message) {
        super(message);
    }
}
