package dev.bailiwick.storage;

/** The stable code of a refusal. */
public enum DenialCode {
    /** The path or name is not well formed. */
    INVALID_PATH("invalid-path"),
    /** Nothing is there. */
    NOT_FOUND("not-found"),
    /** A blob was asked for and a namespace is there. */
    IS_A_NAMESPACE("is-a-namespace"),
    /** A namespace was asked for and a blob is there. */
    NOT_A_NAMESPACE("not-a-namespace"),
    /** A write through a read-only view. */
    READ_ONLY("read-only"),
    /** A namespace with entries cannot be removed. */
    NOT_EMPTY("not-empty"),
    /** More bytes in one call than one call may carry. */
    TOO_LARGE("too-large"),
    /** The write would pass a limit. */
    QUOTA_EXCEEDED("quota-exceeded"),
    /** Snapshots are taken, listed and dropped through a root's own namespace only. */
    NOT_THE_TOP("not-the-top"),
    /** The namespace cannot be shared, or cannot be kept as a snapshot. */
    NOT_SHAREABLE("not-shareable"),
    /** Nobody of that name can receive a share. */
    NO_RECIPIENT("no-recipient"),
    /** The effect's gate is closed. */
    REVOKED("revoked"),
    /** The root belongs to another principal. */
    NOT_OWNER("not-owner"),
    /** The bytes of a replaced or removed version are no longer kept. */
    GONE("gone"),
    /** The writer has already been committed or given up. */
    CLOSED("closed"),
    /** Text that is not Unicode, or empty. */
    INVALID_TEXT("invalid-text");

    private final String text;

    DenialCode(String text) {
        this.text = text;
    }

    /** The code as callers see it. */
    public String text() {
        return text;
    }
}
