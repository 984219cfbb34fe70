package dev.bailiwick.storage;

/**
 * What a root holds.
 *
 * @param usedBytes the sum of the sizes of all its entries, whether or not equal contents share their bytes
 * @param quotaBytes the most it may hold
 * @param entries its blobs and namespaces
 */
public record Usage(long usedBytes, long quotaBytes, long entries) {}
