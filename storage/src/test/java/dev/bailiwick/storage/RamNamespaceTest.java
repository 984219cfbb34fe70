package dev.bailiwick.storage;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;

class RamNamespaceTest extends NamespaceContract {
    @Override
    Engine openEngine() {
        return RamEngine.open();
    }
}
