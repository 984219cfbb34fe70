package dev.bailiwick.engine;

import java.nio.file.Path;
import java.util.Optional;

/** Keeps others away from a store directory without opening it, until it is closed or the process ends. Thread-safe. */
public final class StoreHold implements AutoCloseable {
    private final DirectoryLock lock;

    private StoreHold(DirectoryLock lock) {
        this.lock = lock;
    }

    /**
     * Keeps engines from opening the store for writing; readers may. It stays with the directory when that is renamed. Empty if
     * no writer ever was in it, so that there is nothing to hold.
     *
     * @throws StoreHeldException if one has it open for writing now
     * @throws EngineException {@code IO}
     */
    public static Optional<StoreHold> againstWriters(Path directory) {
        return DirectoryLock.shared(directory).map(StoreHold::new);
    }

    /**
     * Keeps others who call this from moving the directory, or one beside it, whether or not it exists.
     *
     * @throws StoreHeldException if somebody does that now
     * @throws EngineException {@code IO} if the directory that it is in cannot be opened
     */
    public static StoreHold ofPlace(Path directory) {
        return new StoreHold(DirectoryLock.place(directory));
    }

    @Override
    public void close() {
        lock.close();
    }
}
