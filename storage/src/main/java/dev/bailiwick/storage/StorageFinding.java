package dev.bailiwick.storage;

/**
 * One thing that verification found wrong.
 *
 * @param code stable: {@code damaged}, {@code missing}, {@code orphan}, {@code wrong-hash}, {@code wrong-references},
 *     {@code wrong-ledger} or {@code unreadable}
 * @param what root and path, or log, in text form
 * @param message for people
 */
public record StorageFinding(String code, String what, String message) {}
