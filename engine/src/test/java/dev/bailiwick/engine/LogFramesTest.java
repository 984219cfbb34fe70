package dev.bailiwick.engine;

import static dev.bailiwick.engine.Bytes.COLOURS;
import static dev.bailiwick.engine.Bytes.TABLES;
import static dev.bailiwick.engine.Bytes.put;
import static dev.bailiwick.engine.Bytes.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.bailiwick.engine.EngineException.Code;
import dev.bailiwick.engine.RocksOptions.Mode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damage to the frames of log files, in which RocksDB is not to be caught. */
class LogFramesTest {
    private static final StoreOwner OWNER = StoreOwner.thisProcess(Optional.empty());
    private static final int TYPE_AT = 6;

    /** Far more than opening takes; what never comes back fails here. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path temporary;

    private Path store;

    /** Three commits that are only in the log. */
    @BeforeEach
    void aStoreWhoseCommitsAreInItsLog() {
        store = temporary.resolve("store");
        try (Engine engine = open(Mode.CREATE)) {
            engine.commit(put(COLOURS, "sky", "blue"));
            engine.commit(put(COLOURS, "sea", "green"));
            engine.commit(put(COLOURS, "sand", "yellow"));
        }
    }

    private Engine open(Mode mode) {
        return RocksEngine.open(new RocksOptions(store, TABLES, mode, OWNER, EngineLimits.DEFAULT));
    }

    private Path only(String suffix) throws IOException {
        try (Stream<Path> files = Files.list(RocksBackend.databaseDirectory(store))) {
            return files.filter(file -> file.getFileName().toString().matches(suffix))
                    .filter(file -> file.toFile().length() > 0)
                    .reduce((first, second) -> {
                        throw new AssertionError("both " + first + " and " + second);
                    })
                    .orElseThrow();
        }
    }

    /** Where the frames of a file of one block begin. */
    private static List<Integer> frames(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        List<Integer> frames = new ArrayList<>();
        for (int at = 0; at + LogFrames.HEADER_BYTES <= file.length; ) {
            frames.add(at);
            at += LogFrames.HEADER_BYTES + (bytes.getShort(at + 4) & 0xffff);
        }
        return frames;
    }

    private static byte[] withType(byte[] file, int frame, int type) {
        byte[] changed = file.clone();
        changed[frame + TYPE_AT] = (byte) type;
        return changed;
    }

    private void openAndClose(Mode mode) {
        assertTimeoutPreemptively(PATIENCE, () -> {
            try (Engine engine = open(mode)) {
                stored(engine, COLOURS);
            } catch (EngineException e) {
                assertThat(e.code()).isEqualTo(Code.CORRUPT);
            }
        });
    }

    @Test
    void noTypeOfFrameKeepsAnOpeningFromComingBack() throws IOException {
        Path log = only("[0-9]+\\.log");
        byte[] whole = Files.readAllBytes(log);
        int last = frames(whole).getLast();
        for (int type = 0; type <= 0xff; type++) {
            Files.write(log, withType(whole, last, type));
            openAndClose(Mode.READ_ONLY);
        }
    }

    @Test
    void aFrameOfAFileUsedAgainIsRefusedInTheLogAndInTheManifest() throws IOException {
        for (String which : List.of("[0-9]+\\.log", "MANIFEST-[0-9]+")) {
            Path file = only(which);
            byte[] whole = Files.readAllBytes(file);
            for (int frame : frames(whole)) {
                for (int type : new int[] {5, 6, 7, 8, 11, 131}) {
                    Files.write(file, withType(whole, frame, type));
                    for (Mode mode : List.of(Mode.READ_WRITE, Mode.READ_ONLY, Mode.SALVAGE)) {
                        assertThatThrownBy(() -> assertTimeoutPreemptively(
                                        PATIENCE, () -> open(mode).close()))
                                .isInstanceOfSatisfying(
                                        EngineException.class,
                                        e -> assertThat(e.code()).isEqualTo(Code.CORRUPT))
                                .hasMessageContaining("the frame at byte " + frame + " is of a type that is never");
                    }
                }
            }
            Files.write(file, whole);
        }
        try (Engine engine = open(Mode.READ_WRITE)) {
            assertThat(stored(engine, COLOURS)).hasSize(3);
        }
    }

    @Test
    void behindTheFirstBlockFramesAreLookedAtToo() throws IOException {
        try (Engine engine = open(Mode.READ_WRITE)) {
            engine.commit(put(COLOURS, "mud", "brown".repeat(LogFrames.BLOCK_BYTES)));
            engine.commit(put(COLOURS, "snow", "white"));
        }
        Path log = only("[0-9]+\\.log");
        byte[] whole = Files.readAllBytes(log);
        int thirdBlock = 2 * LogFrames.BLOCK_BYTES;
        Files.write(log, withType(whole, thirdBlock, whole[thirdBlock + TYPE_AT] + 4));

        assertThatThrownBy(() -> open(Mode.READ_ONLY)).hasMessageContaining("the frame at byte " + thirdBlock);
    }

    @Test
    void aCopyThatIsMendedHasTheFrameWhoseTypeAloneWasDamaged() throws IOException {
        Path log = only("[0-9]+\\.log");
        byte[] whole = Files.readAllBytes(log);
        int last = frames(whole).getLast();
        Files.write(log, withType(whole, last, whole[last + TYPE_AT] + 4));
        Path copy = temporary.resolve("copy");

        assertTimeoutPreemptively(PATIENCE, () -> RocksRepair.copy(store, copy, TABLES));

        try (Engine engine =
                RocksEngine.open(new RocksOptions(copy, TABLES, Mode.SALVAGE, OWNER, EngineLimits.DEFAULT))) {
            assertThat(stored(engine, COLOURS)).containsExactly("sand=yellow", "sea=green", "sky=blue");
        }
        assertThat(Files.readAllBytes(log)).isEqualTo(withType(whole, last, whole[last + TYPE_AT] + 4));
    }
}
