package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RocksOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class RocksAccountStoreTest extends AccountStoreContract {
    @TempDir
    private Path directory;

    @Override
    Engine openEngine() {
        return Stores.rocks(directory.resolve("store"), RocksOptions.Mode.CREATE);
    }
}
