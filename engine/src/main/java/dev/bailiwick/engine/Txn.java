package dev.bailiwick.engine;

/**
 * What a {@link Work} sees and changes: the tables as left by all earlier work, its own changes included. Only the
 * lane's thread may use it, and only while the work runs.
 */
public interface Txn extends View {
    /** Sets {@code key} to {@code value}. The arrays are handed over: the caller must not change them afterwards. */
    void put(Table table, byte[] key, byte[] value);

    /** Removes {@code key}; removing an absent key does nothing. */
    void delete(Table table, byte[] key);

    /**
     * Registers an action for the moment when this work's changes are durable and published, just before its answer
     * is given: closing the gates a revocation closes, dropping cached heads. It is forgotten if the work throws.
     *
     * <p>It runs on the lane: it must be short, must not block, and must not call the engine. If it throws, the engine
     * fails (see {@link Engine}), since whatever the answer promises did not happen.
     */
    void beforeAcknowledge(Runnable action);

    /**
     * Registers an action for the moment when this work's changes are durable and no reader sees them yet, such as to have caches
     * asked no more. It is forgotten if the work throws or the group writes nothing. The rules of {@link #beforeAcknowledge} hold.
     */
    void beforePublish(Runnable action);
}
