package dev.bailiwick.storage;

/**
 * A snapshot of a namespace.
 *
 * @param id never used again in its root
 * @param path of what it was taken, from the root
 * @param takenAtMs milliseconds since 1970
 * @param entries blobs and namespaces in it
 * @param bytes sum of the sizes of its blobs, which it is charged with
 */
public record SnapshotInfo(long id, String path, long takenAtMs, long entries, long bytes) {}
