package dev.bailiwick.qemu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A disk at any moment of its write log, as a power cut at that moment could have left it. All that was flushed is there; of what had
 * been written since, whatever a {@link Fate} decides.
 *
 * <p>Moments are visited forwards only: the flushed part is kept in one image that grows. Not thread-safe.
 */
final class Replay implements AutoCloseable {
    private final Path flushed;
    private final FileChannel log;
    private final List<WriteLog.Entry> entries;
    private final FileChannel disk;
    private int applied;

    /** @param flushed the disk as it was before the log began; becomes the disk as of the newest flush */
    Replay(WriteLog log, Path flushed) throws IOException {
        this.flushed = flushed;
        this.entries = log.entries();
        this.log = FileChannel.open(log.file(), StandardOpenOption.READ);
        this.disk = FileChannel.open(flushed, StandardOpenOption.WRITE);
    }

    /** What becomes of the writes that no flush followed. */
    enum Fate {
        /** All reached the disk. */
        KEPT,
        /** None did. */
        LOST,
        /** Each did or did not. */
        SOME,
        /** Each did, did not, or did up to one of its sectors, or from one on. */
        TORN
    }

    /**
     * How one cut went.
     *
     * @param pending writes that no flush had followed
     * @param lost those of which nothing is there
     * @param torn those of which some sectors are
     */
    record Cut(int pending, int lost, int torn) {}

    List<WriteLog.Entry> entries() {
        return entries;
    }

    /** The bytes of one write. */
    byte[] bytes(WriteLog.Entry entry) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(entry.bytesInLog()));
        while (bytes.hasRemaining()) {
            if (log.read(bytes, entry.data() + bytes.position()) < 0) {
                throw new IOException("the log of writes ends in the middle of an entry");
            }
        }
        return bytes.array();
    }

    /**
     * Cuts the power when the first {@code moment} requests of the log were done.
     *
     * @param moment not before that of the call before, as far as flushes are concerned
     * @param image where the disk goes
     */
    Cut cut(int moment, Fate fate, SplittableRandom random, Path image) throws IOException {
        int newestFlush = moment;
        while (newestFlush > 0 && !entries.get(newestFlush - 1).isFlush()) {
            newestFlush--;
        }
        flushUpTo(newestFlush);
        Disk.copySparse(flushed, image);
        List<WriteLog.Entry> pending = entries.subList(newestFlush, moment).stream()
                .filter(entry -> entry.sectorsInLog() > 0)
                .toList();
        int lost = 0;
        int torn = 0;
        try (FileChannel cut = FileChannel.open(image, StandardOpenOption.WRITE)) {
            for (WriteLog.Entry entry : pending) {
                int sectors = entry.sectorsInLog();
                Part part = part(fate, sectors, random);
                WriteLog.copy(log, entry, part.first, part.end, cut);
                lost += part.first == part.end ? 1 : 0;
                torn += part.first < part.end && part.end - part.first < sectors ? 1 : 0;
            }
        }
        return new Cut(pending.size(), lost, torn);
    }

    private void flushUpTo(int moment) throws IOException {
        if (moment < applied) {
            throw new IllegalArgumentException("moments are visited forwards");
        }
        for (WriteLog.Entry entry : entries.subList(applied, moment)) {
            WriteLog.copy(log, entry, 0, entry.sectorsInLog(), disk);
        }
        applied = moment;
    }

    /** Sectors of a write, from the first up to the end. */
    private record Part(int first, int end) {}

    private static Part part(Fate fate, int sectors, SplittableRandom random) {
        return switch (fate) {
            case KEPT -> new Part(0, sectors);
            case LOST -> new Part(0, 0);
            case SOME -> random.nextBoolean() ? new Part(0, sectors) : new Part(0, 0);
            case TORN -> {
                int border = random.nextInt(sectors + 1);
                Part torn = random.nextBoolean() ? new Part(0, border) : new Part(border, sectors);
                yield random.nextBoolean() ? torn : part(Fate.SOME, sectors, random);
            }
        };
    }

    @Override
    public void close() throws IOException {
        try (log;
                disk) {
            // Both are to be closed, whichever fails.
        }
    }
}
