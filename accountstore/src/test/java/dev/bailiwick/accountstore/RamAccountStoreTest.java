package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;

class RamAccountStoreTest extends AccountStoreContract {
    @Override
    Engine openEngine() {
        return RamEngine.open();
    }
}
