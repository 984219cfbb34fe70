package dev.bailiwick.accountstore;

/**
 * What deriving the index anew did.
 *
 * @param rows there are now
 * @param written of these, rows that were missing or wrong
 * @param removed rows that no record derives
 */
public record IndexReport(long rows, long written, long removed) {}
