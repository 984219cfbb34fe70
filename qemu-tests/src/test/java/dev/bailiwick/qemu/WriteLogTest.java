package dev.bailiwick.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteLogTest {
    private static final int SECTORS = 4;

    @TempDir
    private Path folder;

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
    void anythingElseIsRefused() {
        assertThatThrownBy(this::replay).isInstanceOf(IOException.class).hasMessageContaining("not a log of writes");
    }

    /** The first byte of each sector of a disk that held only dashes. */
    private String replay() throws IOException {
        Path image = folder.resolve("disk.img");
        byte[] before = new byte[SECTORS * WriteLog.SECTOR_BYTES];
        Arrays.fill(before, (byte) '-');
        Files.write(image, before);
        Path file = Files.write(folder.resolve("disk.writes"), log.array());

        new WriteLog(file).replayFlushed(image);

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

    private void write(long sector, char content) {
        log.putLong(sector).putLong(1).putLong(0).putLong(0);
        nextSector();
        log.put((byte) content);
        nextSector();
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
