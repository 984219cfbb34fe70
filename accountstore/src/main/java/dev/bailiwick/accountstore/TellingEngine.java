package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineException;
import dev.bailiwick.engine.ForwardingEngine;
import dev.bailiwick.engine.View;
import dev.bailiwick.engine.Work;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The same engine, of which damage below the tables is told as damage of the store: whoever looks something up need not know at which
 * layer a flipped bit was noticed.
 */
final class TellingEngine extends ForwardingEngine {
    TellingEngine(Engine engine) {
        super(engine);
    }

    private static <T> T telling(Supplier<T> action) {
        try {
            return action.get();
        } catch (EngineException e) {
            throw told(e);
        }
    }

    private static RuntimeException told(EngineException e) {
        return switch (e.code()) {
            case CORRUPT, LOST -> new CorruptStoreException("a file of the store", String.valueOf(e.getMessage()), e);
            case MISSING, HELD, IO, READ_ONLY, FAILED, OVERLOADED, CLOSED -> e;
        };
    }

    private static <T> CompletionStage<T> telling(CompletionStage<T> answer) {
        return answer.exceptionally(failure -> {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            throw new CompletionException(cause instanceof EngineException e ? told(e) : cause);
        });
    }

    @Override
    public <T> T read(Function<View, T> reader) {
        return telling(() -> super.read(reader));
    }

    @Override
    public <T> CompletionStage<T> readAsync(Function<View, T> reader) {
        return telling(super.readAsync(reader));
    }

    @Override
    public <T> CompletionStage<T> submit(Work<T> work) {
        return telling(super.submit(work));
    }

    @Override
    public <T> T commit(Work<T> work) {
        return telling(() -> super.commit(work));
    }
}
