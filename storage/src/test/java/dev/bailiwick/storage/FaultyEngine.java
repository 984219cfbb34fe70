package dev.bailiwick.storage;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineException;
import dev.bailiwick.engine.ForwardingEngine;
import dev.bailiwick.engine.View;
import dev.bailiwick.engine.Work;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** An engine that refuses while it is told to. */
final class FaultyEngine extends ForwardingEngine {
    private volatile Optional<EngineException.Code> fault = Optional.empty();

    FaultyEngine(Engine engine) {
        super(engine);
    }

    void failWith(EngineException.Code code) {
        fault = Optional.of(code);
    }

    void recover() {
        fault = Optional.empty();
    }

    private void refuseIfFaulty() {
        fault.ifPresent(code -> {
            throw new EngineException(code, "as the test wants it");
        });
    }

    @Override
    public <T> T read(Function<View, T> reader) {
        refuseIfFaulty();
        return super.read(reader);
    }

    @Override
    public <T> CompletionStage<T> readAsync(Function<View, T> reader) {
        refuseIfFaulty();
        return super.readAsync(reader);
    }

    @Override
    public <T> CompletionStage<T> submit(Work<T> work) {
        refuseIfFaulty();
        return super.submit(work);
    }

    @Override
    public <T> T commit(Work<T> work) {
        refuseIfFaulty();
        return super.commit(work);
    }
}
