package dev.bailiwick.daemon;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineException;
import dev.bailiwick.engine.RocksOptions;
import dev.bailiwick.engine.RocksRepair;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is left of a store, opened to be read.
 *
 * @param engine over it; empty if nothing can be read, and whoever asks knows that
 * @param repaired the copy that is read in place of the directory, where that does not open; deleted on closing
 */
record Salvage(Optional<Engine> engine, Optional<Path> repaired) implements AutoCloseable {
    /**
     * Opens what is left. Where the files that say which others belong to the store are damaged, a copy is repaired and opened instead:
     * <pre>DIR.repairing</pre>
     *
     * @param manifestAlone whoever asks goes on though nothing can be read
     * @throws DaemonException {@code UNREADABLE} if nothing can be read and {@code manifestAlone} is false
     * @throws EngineException if it cannot be read for another reason than damage
     */
    static Salvage of(StoreLocation location, boolean manifestAlone) {
        Path copy = placeOf(location);
        NextEpoch.delete(copy);
        try {
            return new Salvage(Optional.of(open(location.directory())), Optional.empty());
        } catch (EngineException damaged) {
            requireDamage(damaged);
        }
        try {
            RocksRepair.copy(location.directory(), copy, OpenedStore.TABLES);
            return new Salvage(Optional.of(open(copy)), Optional.of(copy));
        } catch (EngineException hopeless) {
            NextEpoch.delete(copy);
            requireDamage(hopeless);
            if (!manifestAlone) {
                throw new DaemonException(
                        DaemonException.Code.UNREADABLE,
                        "nothing of the store can be read, not even in a repaired copy: " + hopeless.getMessage(),
                        hopeless);
            }
            return new Salvage(Optional.empty(), Optional.empty());
        }
    }

    private static Path placeOf(StoreLocation location) {
        return location.directory().resolveSibling(location.directory().getFileName() + ".repairing");
    }

    private static Engine open(Path directory) {
        return OpenedStore.engine(directory, RocksOptions.Mode.SALVAGE, Optional.empty());
    }

    /** What cannot be read now may be read tomorrow, or by another user: no reason to begin anew. */
    private static void requireDamage(EngineException e) {
        switch (e.code()) {
            case CORRUPT, LOST, MISSING -> {}
            case IO, HELD, READ_ONLY, FAILED, OVERLOADED, CLOSED -> throw e;
        }
    }

    @Override
    public void close() {
        engine.ifPresent(Engine::close);
        repaired.ifPresent(NextEpoch::delete);
    }
}
