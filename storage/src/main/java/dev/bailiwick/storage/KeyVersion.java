package dev.bailiwick.storage;

/**
 * A stored version of a data class's keys.
 *
 * @param version from 1; the newest is what seals and signs
 */
public record KeyVersion(DataClass dataClass, int version, WrappedKey key) {}
