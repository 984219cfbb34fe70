package dev.bailiwick.launch;

/**
 * Some of a program's output.
 *
 * @param data the bytes; the receiver's own
 * @param end whether nothing more will come
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody, copied by nobody: bytes on their way through.
public record Chunk(byte[] data, boolean end) {}
