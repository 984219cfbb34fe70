package dev.bailiwick.storage;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineLimits;
import dev.bailiwick.engine.RocksEngine;
import dev.bailiwick.engine.RocksOptions;
import dev.bailiwick.engine.RocksOptions.Mode;
import dev.bailiwick.engine.StoreOwner;
import java.nio.file.Path;
import java.util.Optional;

/** Opens RocksDB engines for tests. */
final class RocksDirectory {
    private RocksDirectory() {}

    static Engine create(Path directory) {
        return open(directory, Mode.CREATE);
    }

    static Engine reopen(Path directory) {
        return open(directory, Mode.READ_WRITE);
    }

    static Engine open(Path directory, Mode mode) {
        return RocksEngine.open(new RocksOptions(
                directory, StorageTables.all(), mode, StoreOwner.thisProcess(Optional.empty()), EngineLimits.DEFAULT));
    }
}
