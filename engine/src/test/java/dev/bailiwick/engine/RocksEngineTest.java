package dev.bailiwick.engine;

import static dev.bailiwick.engine.Bytes.COLOURS;
import static dev.bailiwick.engine.Bytes.SHAPES;
import static dev.bailiwick.engine.Bytes.TABLES;
import static dev.bailiwick.engine.Bytes.get;
import static dev.bailiwick.engine.Bytes.put;
import static dev.bailiwick.engine.Bytes.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.engine.EngineException.Code;
import dev.bailiwick.engine.RocksOptions.Mode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RocksEngineTest extends EngineContract {
    private static final StoreOwner OWNER = StoreOwner.thisProcess(Optional.of("/run/example.sock"));

    @TempDir
    private Path temporary;

    private int opened;

    @Override
    Engine open(EngineLimits limits) {
        return RocksEngine.open(
                new RocksOptions(temporary.resolve("contract" + opened++), TABLES, Mode.CREATE, OWNER, limits));
    }

    private Path store() {
        return temporary.resolve("store");
    }

    private Engine open(Mode mode) {
        return RocksEngine.open(new RocksOptions(store(), TABLES, mode, OWNER, EngineLimits.DEFAULT));
    }

    private void createWithSky() {
        try (Engine engine = open(Mode.CREATE)) {
            engine.commit(put(COLOURS, "sky", "blue"));
        }
    }

    @Test
    void committedStateSurvivesReopening() {
        createWithSky();
        try (Engine engine = open(Mode.READ_WRITE)) {
            assertThat(engine.<String>read(view -> get(view, COLOURS, "sky"))).isEqualTo("blue");
            engine.verifyChecksums();
        }
    }

    @Test
    void readingOnlyChangesNoByteEvenWithAnUnflushedLog() throws IOException {
        createWithSky();
        // A copy taken while the writer runs is what a crash leaves: the log is all there is of the last commit.
        Path crashed = temporary.resolve("crashed");
        try (Engine engine = open(Mode.READ_WRITE)) {
            engine.commit(put(COLOURS, "sea", "green"));
            copy(store(), crashed);
        }
        Map<String, String> before = contents(crashed);
        try (Engine engine =
                RocksEngine.open(new RocksOptions(crashed, TABLES, Mode.READ_ONLY, OWNER, EngineLimits.DEFAULT))) {
            assertThat(stored(engine, COLOURS)).containsExactly("sea=green", "sky=blue");
            assertThat(engine.state()).isEqualTo(Engine.State.READ_ONLY);
            assertThatThrownBy(() -> engine.commit(put(COLOURS, "sky", "red")))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.code()).isEqualTo(Code.READ_ONLY));
        }
        assertThat(contents(crashed)).isEqualTo(before);
    }

    @Test
    void readingOnlySeesMissingTablesAsEmpty() {
        try (Engine engine = RocksEngine.open(
                new RocksOptions(store(), List.of(COLOURS), Mode.CREATE, OWNER, EngineLimits.DEFAULT))) {
            engine.commit(put(COLOURS, "sky", "blue"));
        }
        try (Engine engine = open(Mode.READ_ONLY)) {
            assertThat(stored(engine, SHAPES)).isEmpty();
        }
    }

    @Test
    void tablesAddedLaterAreMade() {
        try (Engine engine = RocksEngine.open(
                new RocksOptions(store(), List.of(COLOURS), Mode.CREATE, OWNER, EngineLimits.DEFAULT))) {
            assertThatThrownBy(() -> engine.read(view -> get(view, SHAPES, "ball")))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        try (Engine engine = open(Mode.READ_WRITE)) {
            engine.commit(put(SHAPES, "ball", "round"));
            assertThat(engine.<String>read(view -> get(view, SHAPES, "ball"))).isEqualTo("round");
        }
    }

    @Test
    void aSecondOpenerIsToldWhoHoldsTheStore() {
        try (Engine first = open(Mode.CREATE)) {
            for (Mode mode : List.of(Mode.READ_WRITE, Mode.READ_ONLY, Mode.READ_WRITE)) {
                assertThatThrownBy(() -> open(mode))
                        .isInstanceOfSatisfying(StoreHeldException.class, e -> {
                            assertThat(e.code()).isEqualTo(Code.HELD);
                            assertThat(e.owner()).contains(OWNER);
                        })
                        .hasMessageContaining(
                                "process " + ProcessHandle.current().pid() + " at /run/example.sock");
            }
            first.commit(put(COLOURS, "sky", "blue"));
        }
        open(Mode.READ_WRITE).close();
    }

    @Test
    void anOpeningThatFailsLetsGoOfTheStore() throws IOException {
        createWithSky();
        // As on a full or read-only disk: the holder's name cannot be written.
        Path inTheWay = Files.createDirectory(store().resolve("owner.new"));
        assertThatThrownBy(() -> open(Mode.READ_WRITE))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.code()).isEqualTo(Code.IO));
        Files.delete(inTheWay);
        open(Mode.READ_WRITE).close();
    }

    @Test
    void readersShareAndKeepWritersOut() {
        createWithSky();
        try (Engine one = open(Mode.READ_ONLY);
                Engine two = open(Mode.READ_ONLY)) {
            assertThat(one.<String>read(view -> get(view, COLOURS, "sky"))).isEqualTo("blue");
            assertThat(two.<String>read(view -> get(view, COLOURS, "sky"))).isEqualTo("blue");
            assertThatThrownBy(() -> open(Mode.READ_WRITE)).isInstanceOf(StoreHeldException.class);
        }
    }

    @Test
    void aHoldKeepsWritersOutEvenWhenTheDirectoryIsRenamed() throws IOException {
        createWithSky();
        Path renamed = temporary.resolve("renamed");
        try (var _ = StoreHold.againstWriters(store()).orElseThrow()) {
            open(Mode.READ_ONLY).close();
            assertThatThrownBy(() -> open(Mode.READ_WRITE)).isInstanceOf(StoreHeldException.class);
            Files.move(store(), renamed);
            assertThatThrownBy(() -> RocksEngine.open(
                            new RocksOptions(renamed, TABLES, Mode.READ_WRITE, OWNER, EngineLimits.DEFAULT)))
                    .isInstanceOf(StoreHeldException.class);
        }
        Files.move(renamed, store());
        open(Mode.READ_WRITE).close();
        assertThat(StoreHold.againstWriters(temporary)).isEmpty();
    }

    @Test
    void onlyOneHoldsAPlaceAtATime() {
        try (var _ = StoreHold.ofPlace(store())) {
            assertThatThrownBy(() -> StoreHold.ofPlace(temporary.resolve("another")))
                    .isInstanceOf(StoreHeldException.class);
        }
        StoreHold.ofPlace(store()).close();
    }

    @Test
    void nobodyElseCanLookIntoANewDirectory() throws IOException {
        Files.createDirectory(store());
        Files.setPosixFilePermissions(store(), PosixFilePermissions.fromString("rwxr-xr-x"));
        createWithSky();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store())))
                .isEqualTo("rwxr-xr-x");
        for (String inside : List.of("db", "lock")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store().resolve(inside))))
                    .endsWith("------");
        }
        open(EngineLimits.DEFAULT).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(temporary.resolve("contract0"))))
                .isEqualTo("rwx------");
    }

    @Test
    void aMissingStoreIsNotMadeByOpening() {
        for (Mode mode : List.of(Mode.READ_WRITE, Mode.READ_ONLY)) {
            assertThatThrownBy(() -> open(mode))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.code()).isEqualTo(Code.MISSING));
        }
        assertThat(store()).doesNotExist();
    }

    @Test
    void aStoreIsNotMadeOverAnother() {
        createWithSky();
        assertThatThrownBy(() -> open(Mode.CREATE)).hasMessageContaining("already holds a store");
        try (Engine engine = open(Mode.READ_WRITE)) {
            assertThat(engine.<String>read(view -> get(view, COLOURS, "sky"))).isEqualTo("blue");
        }
    }

    @Test
    void aTornTailOpensByItselfWithoutTheTornWork() throws IOException {
        Path log = crashedLogOfTwoCommits();
        byte[] whole = Files.readAllBytes(log);
        Files.write(log, java.util.Arrays.copyOf(whole, whole.length - 3));
        try (Engine engine =
                RocksEngine.open(new RocksOptions(crashed(), TABLES, Mode.READ_WRITE, OWNER, EngineLimits.DEFAULT))) {
            assertThat(stored(engine, COLOURS)).containsExactly("a=1");
        }
    }

    @Test
    void aFlippedBitInTheMiddleOfTheLogIsRefused() throws IOException {
        Path log = crashedLogOfTwoCommits();
        byte[] whole = Files.readAllBytes(log);
        whole[12] ^= 0x10;
        Files.write(log, whole);
        for (Mode mode : List.of(Mode.READ_WRITE, Mode.READ_ONLY)) {
            assertThatThrownBy(() ->
                            RocksEngine.open(new RocksOptions(crashed(), TABLES, mode, OWNER, EngineLimits.DEFAULT)))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.code()).isEqualTo(Code.CORRUPT));
        }
    }

    private Path crashed() {
        return temporary.resolve("crashed");
    }

    private Path crashedLogOfTwoCommits() throws IOException {
        try (Engine engine = open(Mode.CREATE)) {
            engine.commit(put(COLOURS, "a", "1"));
            engine.commit(put(COLOURS, "b", "2"));
            copy(store(), crashed());
        }
        try (Stream<Path> files = Files.list(crashed().resolve("db"))) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }

    /** Copies a directory that is in use, as one moment left it: again until nothing moved meanwhile. */
    private static void copy(Path from, Path to) {
        AtomicInteger attempts = new AtomicInteger();
        await().ignoreExceptionsInstanceOf(IOException.class)
                .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                .until(() -> {
                    Path attempt = to.resolveSibling(to.getFileName() + "." + attempts.incrementAndGet());
                    copyOnce(from, attempt);
                    if (!bytes(attempt).equals(bytes(from))) {
                        return false;
                    }
                    Files.move(attempt, to);
                    return true;
                });
    }

    private static void copyOnce(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static Map<String, String> bytes(Path directory) throws IOException {
        Map<String, String> bytes = new TreeMap<>();
        contents(directory).forEach((file, content) -> bytes.put(file.substring(0, file.indexOf(' ')), content));
        return bytes;
    }

    private static Map<String, String> contents(Path directory) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                contents.put(
                        directory.relativize(file) + " " + Files.getLastModifiedTime(file),
                        Files.isDirectory(file) ? "" : HexFormat.of().formatHex(Files.readAllBytes(file)));
            }
        }
        return contents;
    }
}
