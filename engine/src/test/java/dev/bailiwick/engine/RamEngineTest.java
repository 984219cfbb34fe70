package dev.bailiwick.engine;

final class RamEngineTest extends EngineContract {
    @Override
    Engine open(EngineLimits limits) {
        return RamEngine.open(limits);
    }
}
