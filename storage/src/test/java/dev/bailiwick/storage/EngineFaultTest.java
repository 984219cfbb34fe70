package dev.bailiwick.storage;

import static dev.bailiwick.storage.Store.bytes;
import static dev.bailiwick.storage.Store.code;
import static dev.bailiwick.storage.Store.put;
import static dev.bailiwick.storage.Store.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bailiwick.engine.EngineException;
import dev.bailiwick.engine.RamEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of namespaces when the engine below refuses. */
class EngineFaultTest {
    private final FaultyEngine engine = new FaultyEngine(RamEngine.open());
    private final Store store = new Store(engine);
    private final Namespace home = store.home();

    @BeforeEach
    void putSomething() {
        put(home, "x", "a content of several chunks");
    }

    @AfterEach
    void nothingIsWrongOrLeftAtTheEnd() {
        assertThat(new StorageVerifier(engine).verify().findings()).isEmpty();
        assertThat(store.namespaces.sweepSessionRoots().contents()).isZero();
        store.close();
    }

    @Test
    void damageBelowIsReportedWithRootAndPath() {
        engine.failWith(EngineException.Code.CORRUPT);
        assertThatExceptionOfType(CorruptStorageException.class)
                .isThrownBy(() -> home.get("x"))
                .satisfies(e -> assertThat(e.owner()).isEqualTo(Store.HOME.toString()))
                .satisfies(e -> assertThat(e.path()).isEqualTo("x"));
        assertThatExceptionOfType(CorruptStorageException.class)
                .isThrownBy(() -> home.put("y", bytes("1"), Expectation.any()))
                .satisfies(e -> assertThat(e.path()).isEqualTo("y"));
        engine.recover();
    }

    @Test
    void whatCouldNotBeCollectedIsCollectedAfterALaterChange() {
        BlobWriter writer = home.writer("y", Expectation.any());
        writer.write(bytes("some chunks of content"));
        engine.failWith(EngineException.Code.OVERLOADED);
        writer.close();
        engine.recover();

        put(home, "z", "1");
    }

    @Test
    void aWriterThatLostAChunkCannotBeCommitted() {
        BlobWriter writer = home.writer("y", Expectation.any());
        writer.write(bytes("some chunks of content"));
        engine.failWith(EngineException.Code.OVERLOADED);
        assertThatExceptionOfType(EngineException.class).isThrownBy(() -> writer.write(bytes("more chunks")));
        engine.recover();

        assertThat(code(writer.write(bytes("even more")))).isEqualTo("closed");
        assertThat(code(writer.commit())).isEqualTo("closed");
        assertThat(code(home.stat("y"))).isEqualTo("not-found");
        put(home, "z", "1");
    }

    @Test
    void blobsAndWritersCanBeClosedAfterTheEngine() {
        BlobWriter writer = home.writer("y", Expectation.any());
        writer.write(bytes("some chunks of content"));
        Blob blob = Store.blob(home, "x");
        put(home, "x", "1");
        engine.failWith(EngineException.Code.CLOSED);
        blob.close();
        writer.close();
        engine.recover();

        assertThat(store.namespaces.sweepSessionRoots()).isEqualTo(new Swept(0, 2, 0));
    }

    @Test
    void aRefusedChangeLeavesEverythingReadable() {
        engine.failWith(EngineException.Code.OVERLOADED);
        assertThatExceptionOfType(EngineException.class).isThrownBy(() -> home.put("x", bytes("1"), Expectation.any()));
        engine.recover();
        assertThat(text(home, "x")).isEqualTo("a content of several chunks");
        put(home, "x", "1");
        assertThat(text(home, "x")).isEqualTo("1");
    }
}
