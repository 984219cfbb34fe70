package dev.bailiwick.broker;

/** In memory: what a daemon that starts again finds is what the one before left there. */
class PersistenceTest extends PersistenceContract {
    @Override
    World seeded() {
        return World.seeded();
    }

    @Override
    Found again(World world, End end) {
        return new Found(world.engine, world.store, () -> {});
    }
}
