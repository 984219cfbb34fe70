package dev.bailiwick.storage;

import dev.bailiwick.engine.Engine;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** One directory for all tests of the class, emptied before each. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
class RocksKeepingTest extends KeepingContract {
    private final Engine engine;

    RocksKeepingTest(@TempDir Path temporary) {
        engine = RocksDirectory.create(temporary.resolve("store"));
    }

    @Override
    Engine openEngine() {
        return RocksDirectory.wiped(engine);
    }

    @AfterAll
    void closeDirectory() {
        engine.close();
    }
}
