package dev.bailiwick.engine;

import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Passes everything on to another engine, for those that do one thing differently. As safe for use by threads as that one. */
public abstract class ForwardingEngine implements Engine {
    private final Engine engine;

    /** Closing this closes that engine. */
    protected ForwardingEngine(Engine engine) {
        this.engine = engine;
    }

    @Override
    public <T> T read(Function<View, T> reader) {
        return engine.read(reader);
    }

    @Override
    public <T> CompletionStage<T> readAsync(Function<View, T> reader) {
        return engine.readAsync(reader);
    }

    @Override
    public <T> CompletionStage<T> submit(Work<T> work) {
        return engine.submit(work);
    }

    @Override
    public <T> T commit(Work<T> work) {
        return engine.commit(work);
    }

    @Override
    public void addDurabilityHook(DurabilityHook hook) {
        engine.addDurabilityHook(hook);
    }

    @Override
    public State state() {
        return engine.state();
    }

    @Override
    public EngineStats stats() {
        return engine.stats();
    }

    @Override
    public void verifyChecksums() {
        engine.verifyChecksums();
    }

    @Override
    public void close() {
        engine.close();
    }
}
