package dev.bailiwick.torture;

/**
 * What one record holds at one moment, as far as clients can tell.
 *
 * @param version 0 for nothing
 */
record Register(long version, String value) {}
