package dev.bailiwick.daemon;

import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.accountstore.Mutation;
import dev.bailiwick.accountstore.StoreTables;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineLimits;
import dev.bailiwick.engine.RocksEngine;
import dev.bailiwick.engine.RocksOptions;
import dev.bailiwick.engine.StoreOwner;
import dev.bailiwick.engine.Table;
import dev.bailiwick.storage.StorageTables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * An open store directory: the engine and the account store over it. Closing this closes both, in the order they need.
 *
 * @param engine over the directory
 * @param accounts over the engine
 */
record OpenedStore(Engine engine, AccountStore accounts) implements AutoCloseable {
    /** In the order in which a store makes them. */
    static final List<Table> TABLES = Stream.concat(StoreTables.ALL.stream(), StorageTables.all().stream())
            .toList();

    /** Makes a new store. */
    static OpenedStore create(
            StoreLocation location, List<Mutation> seeds, InstantSource clock, RandomGenerator random) {
        return over(
                engine(location, RocksOptions.Mode.CREATE, Optional.empty()),
                engine -> AccountStore.create(engine, location.files(), seeds, clock, random));
    }

    /**
     * Opens a store.
     *
     * @param endpoint where whoever comes second can speak to this process
     */
    static OpenedStore open(
            StoreLocation location,
            RocksOptions.Mode mode,
            Optional<Path> endpoint,
            InstantSource clock,
            RandomGenerator random) {
        return over(
                engine(location, mode, endpoint), engine -> AccountStore.open(engine, location.files(), clock, random));
    }

    private interface Opening {
        AccountStore over(Engine engine);
    }

    private static OpenedStore over(Engine engine, Opening opening) {
        try {
            return new OpenedStore(engine, opening.over(engine));
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    private static Engine engine(StoreLocation location, RocksOptions.Mode mode, Optional<Path> endpoint) {
        requireUninterrupted(location);
        return engine(location.directory(), mode, endpoint);
    }

    /** A recovery that was interrupted between its last two steps has left the store under another name. */
    private static void requireUninterrupted(StoreLocation location) {
        if (!Files.exists(location.directory())) {
            NextEpoch.interrupted(location).ifPresent(place -> {
                throw new DaemonException(
                        DaemonException.Code.INTERRUPTED,
                        "a recovery or import was interrupted: the store is not in place, and \"" + place
                                + "\" is there");
            });
        }
    }

    /** Opens the tables of accounts and of storage in a directory. */
    static Engine engine(Path directory, RocksOptions.Mode mode, Optional<Path> endpoint) {
        return RocksEngine.open(new RocksOptions(
                directory, TABLES, mode, StoreOwner.thisProcess(endpoint.map(Path::toString)), EngineLimits.DEFAULT));
    }

    @Override
    public void close() {
        try {
            engine.close();
        } finally {
            accounts.close();
        }
    }
}
