package dev.bailiwick.storage;

/**
 * Bounds of namespaces and logs (ARCHITECTURE 3, "Everything has a limit"). Bytes of the content itself are bounded by the
 * {@link Quota} a root is opened with.
 *
 * @param nameBytes UTF-8 bytes of one name; at most 255, as the schema says
 * @param depth names from the root to an entry; bounds the rows one lookup reads
 * @param pathBytes UTF-8 bytes from the root to an entry, separators included; bounds what an error message may quote
 * @param chunkBytes bytes of content in one row; bounds a writer's buffer and what one short read must hash
 * @param putBytes bytes of content written in one call; bounds what one lane turn writes
 * @param readBytes bytes of content returned by one call
 * @param pageEntries entries returned by one list call
 * @param entriesPerRoot entries of one root; names are not charged to the quota, so their number is bounded instead
 * @param openWriters unfinished writers of one root; each holds one chunk in memory
 * @param rowsPerTurn rows that one lane turn may delete; bounds how long others wait behind a large deletion
 * @param snapshotsPerRoot snapshots kept of one root
 * @param entriesPerSnapshot entries of one snapshot, which one lane turn copies
 * @param logLineBytes UTF-8 bytes of one log line
 * @param logLines lines kept of each source in one log
 * @param logBytes UTF-8 bytes of text kept of each source in one log
 * @param logPageLines lines returned by one read of a log
 */
public record StorageLimits(
        int nameBytes,
        int depth,
        int pathBytes,
        int chunkBytes,
        int putBytes,
        int readBytes,
        int pageEntries,
        int entriesPerRoot,
        int openWriters,
        int rowsPerTurn,
        int snapshotsPerRoot,
        int entriesPerSnapshot,
        int logLineBytes,
        int logLines,
        int logBytes,
        int logPageLines) {
    /** What the daemon uses. */
    public static final StorageLimits DEFAULT = new StorageLimits(
            255, 32, 4096, 128 << 10, 1 << 20, 1 << 20, 1000, 1 << 16, 16, 256, 16, 4096, 4096, 10_000, 4 << 20, 1000);

    /** Refuses limits that contradict each other or the stored format. */
    public StorageLimits {
        require(nameBytes >= 1 && nameBytes <= 255, "a name has 1 to 255 bytes");
        require(depth >= 1 && depth <= 1024, "depth must be 1 to 1024");
        require(pathBytes >= nameBytes && pathBytes <= 0xFF00, "a path must hold one name and at most 65280 bytes");
        require(chunkBytes >= 1 && chunkBytes <= 1 << 20, "a chunk has 1 byte to 1 MiB");
        require(putBytes >= 1 && putBytes <= 4 << 20, "one put has 1 byte to 4 MiB");
        require(readBytes >= 1 && readBytes <= 4 << 20, "one read has 1 byte to 4 MiB");
        require(pageEntries >= 1 && logPageLines >= 1, "a page has at least one item");
        require(snapshotsPerRoot >= 1 && entriesPerSnapshot >= 1, "every bound must be at least 1");
        require(entriesPerRoot >= 1 && openWriters >= 1 && rowsPerTurn >= 1, "every bound must be at least 1");
        require(logLineBytes >= 1 && logLines >= 1, "a log holds at least one line of one byte");
        require(logBytes >= logLineBytes, "a log must hold its longest line");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
