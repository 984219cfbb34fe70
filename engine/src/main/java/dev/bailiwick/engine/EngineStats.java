package dev.bailiwick.engine;

/**
 * Counters of one engine since it was opened.
 *
 * @param works pieces of work acknowledged as durable
 * @param groups synced batches; {@code works / groups} is what group commit saves
 * @param bytes key and value bytes in those batches
 */
public record EngineStats(long works, long groups, long bytes) {}
