package dev.bailiwick.accountstore;

/**
 * One thing that verification found wrong.
 *
 * @param code stable, such as {@code record-hash}
 * @param what the record, entry or index row, in text form
 * @param message what is wrong with it
 */
public record Finding(String code, String what, String message) {}
