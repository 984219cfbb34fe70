package dev.bailiwick.storage;

import dev.bailiwick.engine.Engine;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class RocksNamespaceTest extends NamespaceContract {
    @TempDir
    private Path temporary;

    @Override
    Engine openEngine() {
        return RocksDirectory.create(temporary.resolve("store"));
    }
}
