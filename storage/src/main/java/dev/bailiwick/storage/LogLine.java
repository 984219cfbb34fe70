package dev.bailiwick.storage;

/**
 * One line of a log.
 *
 * @param sequence from 1, without gaps but for lines no longer kept
 * @param timeMs milliseconds since 1970
 */
public record LogLine(long sequence, long timeMs, LogSource source, String text) {}
