package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Engine;
import java.util.function.Function;

/** Reads one published state. It can do nothing else, which is why readers are made of it and not of the engine. */
record Reading(Engine engine) {
    <T> T read(Function<ViewSnapshot, T> reader) {
        return engine.read(view -> reader.apply(new ViewSnapshot(view)));
    }
}
