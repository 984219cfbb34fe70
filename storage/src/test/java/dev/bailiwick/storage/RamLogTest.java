package dev.bailiwick.storage;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;

class RamLogTest extends LogContract {
    @Override
    Engine openEngine() {
        return RamEngine.open();
    }
}
