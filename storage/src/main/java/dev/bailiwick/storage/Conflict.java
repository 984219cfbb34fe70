package dev.bailiwick.storage;

/**
 * The expectation was not met; nothing was done.
 *
 * @param currentVersion the entry's version now; 0: it does not exist
 */
public record Conflict(long currentVersion) implements PutResult, RemoveResult {}
