package dev.bailiwick.engine;

/**
 * Bounds of one engine.
 *
 * @param queuedWorks works waiting for the lane before {@link EngineException.Code#OVERLOADED}; bounds memory and the
 *     wait of whoever is last
 * @param groupWorks works sharing one sync; bounds the wait of whoever is first
 * @param groupBytes key and value bytes after which a group is closed; bounds the batch RocksDB must hold at once
 * @param readThreads platform threads for reads
 * @param queuedReads reads waiting for those threads before {@link EngineException.Code#OVERLOADED}
 */
public record EngineLimits(int queuedWorks, int groupWorks, long groupBytes, int readThreads, int queuedReads) {
    /** Fits a machine of a few cores: a full queue drains in some tens of milliseconds. */
    public static final EngineLimits DEFAULT = new EngineLimits(4096, 256, 8L << 20, 4, 4096);

    /** Refuses limits below one. */
    public EngineLimits {
        if (queuedWorks < 1 || groupWorks < 1 || groupBytes < 1 || readThreads < 1 || queuedReads < 1) {
            throw new IllegalArgumentException("every engine limit must be at least 1");
        }
    }
}
