package dev.bailiwick.capnp.rpc;

class InMemorySturdyRefsTest extends SturdyRefStoreContract {
    @Override
    SturdyRefStore create() {
        return new InMemorySturdyRefs();
    }

    @Override
    SturdyRefStore reopen(SturdyRefStore store) {
        return store;
    }
}
