package dev.bailiwick.qemu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Every write and flush that a guest sent to one disk during one boot, as QEMU's {@code blklogwrites} driver keeps them, in the
 * format of the kernel's {@code Documentation/admin-guide/device-mapper/log-writes.rst}. All numbers are little-endian.
 *
 * <pre>
 *   sector 0     magic u64 = 0x6a736677736872   version u64 = 1   entries u64   sector size u32
 *   then, for each entry, one sector
 *                sector u64   sectors u64   flags u64 (1 flush, 2 FUA, 4 discard, 8 mark)   data length u64
 *                followed by the sectors written, unless it is a discard
 * </pre>
 *
 * @param file the log; QEMU writes the number of entries anew at each flush
 */
record WriteLog(Path file) {
    static final int SECTOR_BYTES = 512;

    private static final long MAGIC = 0x6a736677736872L;
    private static final long FLUSH = 1;
    private static final long DISCARD = 4;
    private static final int HEADER_BYTES = 32;

    /** One request to the disk; {@code data} is where its bytes start in the log. */
    record Entry(long sector, long sectors, long flags, long data) {
        boolean isFlush() {
            return (flags & FLUSH) != 0;
        }

        /** None for a discard: a disk may keep what it was told to forget. */
        long bytesInLog() {
            return (flags & DISCARD) == 0 ? sectors * SECTOR_BYTES : 0;
        }

        /** Sectors that carry bytes. */
        int sectorsInLog() {
            return Math.toIntExact(bytesInLog() / SECTOR_BYTES);
        }
    }

    /**
     * Repeats on {@code image}, which must be the disk as it was before the boot, the writes up to the last flush. What comes
     * after it is what a disk may still hold in its volatile cache.
     *
     * @return how many writes were left out
     */
    int replayFlushed(Path image) throws IOException {
        try (FileChannel log = FileChannel.open(file, StandardOpenOption.READ);
                FileChannel disk = FileChannel.open(image, StandardOpenOption.WRITE)) {
            List<Entry> entries = entries();
            int lastFlush = entries.size() - 1;
            while (lastFlush >= 0 && !entries.get(lastFlush).isFlush()) {
                lastFlush--;
            }
            for (Entry entry : entries.subList(0, lastFlush + 1)) {
                copy(log, entry, 0, entry.sectorsInLog(), disk);
            }
            return entries.size() - 1 - lastFlush;
        }
    }

    /** Writes some of the sectors of one write, from {@code first} of them up to {@code end}, to where they belong. */
    static void copy(FileChannel log, Entry entry, int first, int end, FileChannel disk) throws IOException {
        disk.position((entry.sector + first) * SECTOR_BYTES);
        long until = entry.data + (long) end * SECTOR_BYTES;
        for (long at = entry.data + (long) first * SECTOR_BYTES; at < until; ) {
            at += log.transferTo(at, until - at, disk);
        }
    }

    /** All that was written and flushed, in the order in which the disk had done it. */
    List<Entry> entries() throws IOException {
        try (FileChannel log = FileChannel.open(file, StandardOpenOption.READ)) {
            return entries(log);
        }
    }

    /** Reads to the end and not to the counted number: the count is as of a flush, and the writes after it are the point. */
    private List<Entry> entries(FileChannel log) throws IOException {
        ByteBuffer header = read(log, 0);
        if (header.getLong() != MAGIC) {
            throw new IOException(file + " is not a log of writes");
        }
        List<Entry> entries = new ArrayList<>();
        long end = Files.size(file);
        long at = SECTOR_BYTES;
        while (at + HEADER_BYTES <= end) {
            ByteBuffer fields = read(log, at);
            Entry entry = new Entry(fields.getLong(), fields.getLong(), fields.getLong(), at + SECTOR_BYTES);
            if (entry.sectors == 0 && entry.flags == 0) {
                break;
            }
            at = entry.data + entry.bytesInLog();
            if (at > end) {
                // QEMU was killed while it wrote this one down: the guest never heard that it was done.
                break;
            }
            entries.add(entry);
        }
        return entries;
    }

    private static ByteBuffer read(FileChannel log, long position) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (log.read(buffer, position + buffer.position()) < 0) {
                throw new IOException("the log of writes ends in the middle of an entry");
            }
        }
        return buffer.flip();
    }
}
