package dev.bailiwick.engine;

import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Ordered tables with one commit lane.
 *
 * <p>Changes are made by {@link Work}. Queued work is run one by one by a single thread, gathered into one batch, and
 * synced once (group commit); then the durability hooks run, the new state is published to readers, and only then is
 * any of the group's work answered. Meanwhile {@link RepeatableWork} of the next group may run already, to be run again if that was
 * too early. So:
 *
 * <ul>
 *   <li>INVARIANT (nothing unsynced is shown): no answer and no {@link #read} shows state that a crash could take back.
 *   <li>INVARIANT (one order): work sees all earlier work, and what is submitted after an answer runs after the
 *       answered work.
 *   <li>INVARIANT (fail closed): when a sync or a hook fails, nobody can say what is durable. All work of that group
 *       and all later work fails with {@link EngineException.Code#FAILED}; reads go on from the last published state.
 *       Only opening the directory again leaves this state.
 * </ul>
 *
 * <p>All methods may be called from any thread. RocksDB blocks in native code, where a virtual thread cannot leave
 * its carrier; so the lane is a platform thread, and a read asked for by a virtual thread is carried to a small pool
 * of platform threads while the virtual thread waits unmounted.
 */
public interface Engine extends AutoCloseable {
    /**
     * Applies {@code reader} to the published state and returns its answer. The reader may run on another thread, and
     * must neither keep the view nor call {@link #commit}.
     *
     * @throws EngineException if the state cannot be read, too many reads wait, or the engine is closed
     */
    <T> T read(Function<View, T> reader);

    /** As {@link #read}, always on the pool of platform threads. */
    <T> CompletionStage<T> readAsync(Function<View, T> reader);

    /**
     * Queues {@code work} and returns at once. The stage fails with whatever the work threw, or with
     * {@link EngineException}. Dependent stages run on a virtual thread of their own, never on the lane.
     */
    <T> CompletionStage<T> submit(Work<T> work);

    /**
     * Queues {@code work} and waits for its durable answer: the cheapest way for a thread that would wait anyway.
     *
     * @throws EngineException if the work was not made durable, with {@link EngineException.Code#FAILED} if it is
     *     unknown whether it was
     * @throws RuntimeException whatever the work threw
     */
    <T> T commit(Work<T> work);

    /** Adds a hook for all groups synced from now on. */
    void addDurabilityHook(DurabilityHook hook);

    /** What the engine can do now. */
    State state();

    /** Counters since opening. */
    EngineStats stats();

    /**
     * Reads every stored block below the tables and checks its checksum; does nothing in RAM.
     *
     * @throws EngineException with {@link EngineException.Code#CORRUPT} naming what is damaged
     */
    void verifyChecksums();

    /** Refuses new work, finishes queued work, waits for readers, and releases the directory. Idempotent. */
    @Override
    void close();

    /** What an engine can do. */
    enum State {
        /** Reads and writes. */
        OPEN,
        /** Reads only, because it was opened so. */
        READ_ONLY,
        /** Reads only, because a sync or hook failed. */
        FAILED,
        /** Nothing. */
        CLOSED
    }
}
