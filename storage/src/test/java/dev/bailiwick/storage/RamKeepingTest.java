package dev.bailiwick.storage;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;

class RamKeepingTest extends KeepingContract {
    @Override
    Engine openEngine() {
        return RamEngine.open();
    }
}
