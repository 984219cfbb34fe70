package dev.bailiwick.broker;

import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.accountstore.StoreFiles;
import dev.bailiwick.accountstore.StoreTables;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineLimits;
import dev.bailiwick.engine.RocksEngine;
import dev.bailiwick.engine.RocksOptions;
import dev.bailiwick.engine.StoreOwner;
import dev.bailiwick.storage.StorageTables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/**
 * On files: an orderly end closes them, and a crash is what they are at that moment, copied from under the daemon. Everything is opened
 * again, against the anchor.
 */
class RocksPersistenceTest extends PersistenceContract {
    @TempDir
    private Path directory;

    private Path store() {
        return directory.resolve("store");
    }

    private static StoreFiles files(Path store) {
        return StoreFiles.defaultsFor(store);
    }

    private static Engine engine(Path store, RocksOptions.Mode mode) {
        return RocksEngine.open(new RocksOptions(
                store,
                Stream.concat(StoreTables.ALL.stream(), StorageTables.all().stream())
                        .toList(),
                mode,
                StoreOwner.thisProcess(Optional.empty()),
                EngineLimits.DEFAULT));
    }

    @Override
    World seeded() {
        return World.over(
                engine(store(), RocksOptions.Mode.CREATE),
                (engine, seeds, clock, random) -> AccountStore.create(engine, files(store()), seeds, clock, random));
    }

    @Override
    Found again(World world, End end) {
        Path place = switch (end) {
            case ORDERLY -> {
                world.engine.close();
                world.store.close();
                yield store();
            }
            case CRASH -> copied();
        };
        Engine engine = engine(place, RocksOptions.Mode.READ_WRITE);
        AccountStore store = AccountStore.open(engine, files(place), world.clock, new SecureRandom());
        return new Found(engine, store, () -> {
            engine.close();
            store.close();
        });
    }

    private Path copied() {
        Path copy = directory.resolve("crashed");
        try (Stream<Path> files = Files.walk(store())) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(store().relativize(file).toString()));
            }
            Files.copy(files(store()).anchor(), files(copy).anchor());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return copy;
    }
}
