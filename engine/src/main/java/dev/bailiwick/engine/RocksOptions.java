package dev.bailiwick.engine;

import java.nio.file.Path;
import java.util.List;

/**
 * How to open a {@link RocksEngine}.
 *
 * @param directory the store's directory; the engine keeps {@code db/}, {@code lock} and {@code owner} in it
 * @param tables the tables to be used; those missing are created unless {@code mode} only reads, where
 *     they read as empty
 * @param mode what may be done to the directory
 * @param owner what a second opener is told
 * @param limits bounds of queues and groups
 */
public record RocksOptions(Path directory, List<Table> tables, Mode mode, StoreOwner owner, EngineLimits limits) {
    /** Takes its own copy of the list. */
    public RocksOptions {
        tables = List.copyOf(tables);
    }

    /** What opening may do. */
    public enum Mode {
        /** Make a new store; refuse a directory that holds one. */
        CREATE,
        /** Open an existing store. */
        READ_WRITE,
        /** Open an existing store and change no byte of it; a writer must not be running. */
        READ_ONLY,
        /**
         * Open what is left of a damaged store and change no byte of it. Damaged blocks are handed out as they are read, and missing
         * files are noticed only by those who read what was in them: every value has to be checked by whoever reads it.
         */
        SALVAGE
    }
}
