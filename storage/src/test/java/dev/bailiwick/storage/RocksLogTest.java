package dev.bailiwick.storage;

import dev.bailiwick.engine.Engine;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class RocksLogTest extends LogContract {
    @TempDir
    private Path temporary;

    @Override
    Engine openEngine() {
        return RocksDirectory.create(temporary.resolve("store"));
    }
}
