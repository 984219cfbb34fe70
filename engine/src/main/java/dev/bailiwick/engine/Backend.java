package dev.bailiwick.engine;

import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/** What differs between RocksDB and RAM: how a batch becomes durable and how a state is read. */
interface Backend {
    /** The current state, to be closed by whoever took it. Only states the lane asks for are ever read. */
    PinnedView snapshot();

    /**
     * Makes the changes durable, all or nothing; a null value deletes.
     *
     * @throws EngineException if they may not be durable
     */
    void write(Map<Table, NavigableMap<byte[], byte @Nullable []>> changes);

    /** Checks all stored checksums. */
    void verifyChecksums();

    /** Releases everything. Called once, after all snapshots are closed. */
    void close();

    /** A state that does not change. */
    interface PinnedView extends View {
        /** Lets go of the state. */
        void close();
    }
}
