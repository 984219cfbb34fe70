package dev.bailiwick.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.qemu.Replay.Fate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteLogTest {
    private static final int SECTORS = 4;

    @TempDir
    private Path folder;

    private final SplittableRandom random = new SplittableRandom(11);
    private final ByteBuffer log =
            ByteBuffer.allocate(16 * WriteLog.SECTOR_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    @Test
    void writesUpToTheLastFlushAreOnTheDiskAndLaterOnesAreNot() throws IOException {
        header();
        write(0, 'a');
        write(2, 'b');
        flush();
        write(2, 'c');
        flush();
        write(0, 'x');
        write(3, 'y');

        assertThat(replay()).isEqualTo("a-c-");
    }

    @Test
    void withoutAnyFlushTheDiskIsAsBefore() throws IOException {
        header();
        write(0, 'a');

        assertThat(replay()).isEqualTo("----");
    }

    @Test
    void aCutKeepsWhatWasFlushedAndWhatIsWishedOfTheRest() throws IOException {
        header();
        write(0, 'a');
        flush();
        write(1, 'b');
        write(2, 'c');
        flush();
        write(3, 'd');

        assertThat(cut(1, Fate.KEPT)).isEqualTo("a---");
        assertThat(cut(1, Fate.LOST)).isEqualTo("----");
        assertThat(cut(3, Fate.KEPT)).isEqualTo("ab--");
        assertThat(cut(4, Fate.LOST)).isEqualTo("a---");
        assertThat(cut(5, Fate.LOST)).isEqualTo("abc-");
        assertThat(cut(6, Fate.KEPT)).isEqualTo("abcd");
    }

    @Test
    void ofTwoUnflushedWritesTheFirstAloneTheSecondAloneBothOrNoneMayBeThere() throws IOException {
        header();
        write(1, 'b');
        write(2, 'c');
        Set<String> seen = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            seen.add(cut(2, Fate.SOME));
        }
        assertThat(seen).containsExactly("----", "--c-", "-b--", "-bc-");
    }

    @Test
    void aTornWriteIsThereUpToASectorOrFromOneOn() throws IOException {
        header();
        write(0, 'a', 'b', 'c', 'd');
        Set<String> seen = new TreeSet<>();
        for (int i = 0; i < 300; i++) {
            seen.add(cut(1, Fate.TORN));
        }
        assertThat(seen).containsExactly("----", "---d", "--cd", "-bcd", "a---", "ab--", "abc-", "abcd");
    }

    @Test
    void aLogThatEndsInTheMiddleOfAWriteIsReadUpToThere() throws IOException {
        header();
        write(0, 'a');
        write(1, 'b', 'c');
        Path file = Files.write(
                folder.resolve("cut.writes"), Arrays.copyOf(log.array(), log.position() - WriteLog.SECTOR_BYTES));

        assertThat(new WriteLog(file).entries())
                .extracting(WriteLog.Entry::sector)
                .containsExactly(0L);
    }

    @Test
    void anythingElseIsRefused() {
        assertThatThrownBy(this::replay).isInstanceOf(IOException.class).hasMessageContaining("not a log of writes");
    }

    /** The first byte of each sector of a disk that held only dashes. */
    private String replay() throws IOException {
        Path image = blank("disk.img");
        writeLog().replayFlushed(image);
        return sectors(image);
    }

    /** The same after a power cut. */
    private String cut(int moment, Fate fate) throws IOException {
        Path image = folder.resolve("cut.img");
        try (Replay replay = new Replay(writeLog(), blank("flushed.img"))) {
            replay.cut(moment, fate, random, image);
        }
        return sectors(image);
    }

    private WriteLog writeLog() throws IOException {
        return new WriteLog(Files.write(folder.resolve("disk.writes"), log.array()));
    }

    private Path blank(String name) throws IOException {
        byte[] before = new byte[SECTORS * WriteLog.SECTOR_BYTES];
        Arrays.fill(before, (byte) '-');
        return Files.write(folder.resolve(name), before);
    }

    private static String sectors(Path image) throws IOException {
        byte[] after = Files.readAllBytes(image);
        StringBuilder sectors = new StringBuilder();
        for (int sector = 0; sector < SECTORS; sector++) {
            sectors.append((char) after[sector * WriteLog.SECTOR_BYTES]);
        }
        return sectors.toString();
    }

    private void header() {
        log.putLong(0x6a736677736872L).putLong(1).putLong(0).putInt(WriteLog.SECTOR_BYTES);
        nextSector();
    }

    private void write(long sector, char... contents) {
        log.putLong(sector).putLong(contents.length).putLong(0).putLong(0);
        nextSector();
        for (char content : contents) {
            log.put((byte) content);
            nextSector();
        }
    }

    private void flush() {
        log.putLong(0).putLong(0).putLong(1).putLong(0);
        nextSector();
    }

    private void nextSector() {
        int sector = WriteLog.SECTOR_BYTES;
        log.position((log.position() + sector - 1) / sector * sector);
    }
}
