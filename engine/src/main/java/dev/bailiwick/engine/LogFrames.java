package dev.bailiwick.engine;

import dev.bailiwick.engine.EngineException.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Looks at the frames of RocksDB's log files, the write-ahead logs and the MANIFEST, before RocksDB does.
 *
 * <pre>
 * a file is blocks of 32 KiB (the last may be shorter), each a chain of frames; a frame never crosses blocks
 * +-----------------+---------------+---------+---------...
 * | checksum (4)    | length (2)    | type(1) | body        little-endian; less than 7 bytes at a block's end are padding
 * +-----------------+---------------+---------+---------...
 * </pre>
 *
 * <p>RocksDB may write into an old log file again in place of a new one, and marks the frames of such files by types of their own. This
 * engine does not let it: that cannot be had together with the recovery mode that refuses damage in the middle of a log. So such a type is a
 * flipped bit. RocksDB 11.8.1, meeting one behind a frame that is not of those types, never comes back from opening: it refuses the frame,
 * does not step over it, and reads it again. What else may be wrong with a frame RocksDB tells by itself.
 *
 * <p>Stateless.
 */
final class LogFrames {
    static final int BLOCK_BYTES = 32 * 1024;
    static final int HEADER_BYTES = 7;
    private static final int TYPE_AT = 6;
    private static final int LENGTH_AT = 4;
    private static final int UNSIGNED_SHORT = 0xffff;
    private static final int UNSIGNED_BYTE = 0xff;

    /** The files that RocksDB reads frame by frame. */
    private static final Predicate<String> FRAMED =
            Pattern.compile("[0-9]+\\.log|MANIFEST-[0-9]+").asMatchPredicate();

    private LogFrames() {}

    /**
     * Refuses a database in which RocksDB would be caught.
     *
     * @throws EngineException {@link Code#CORRUPT} naming the file and the frame; {@link Code#IO} if a file cannot be read
     */
    static void requireReadable(Path database) {
        try {
            for (Path file : framedFiles(database)) {
                OptionalLong frame = firstReused(file);
                if (frame.isPresent()) {
                    throw new EngineException(
                            Code.CORRUPT,
                            "the store's files are damaged: in '" + file + "' the frame at byte " + frame.getAsLong()
                                    + " is of a type that is never written");
                }
            }
        } catch (IOException e) {
            throw new EngineException(Code.IO, "cannot read '" + database + "': " + e.getMessage(), e);
        }
    }

    /**
     * Gives each frame of a type that is never written the type that has its place in files that were not used before, so that its checksum
     * decides what it is: if only its type was damaged it is whole again, otherwise it is one that RocksDB steps over.
     */
    static void mend(Path database) throws IOException {
        for (Path file : framedFiles(database)) {
            OptionalLong frame = firstReused(file);
            while (frame.isPresent()) {
                mendType(file, frame.getAsLong() + TYPE_AT);
                frame = firstReused(file);
            }
        }
    }

    private static void mendType(Path file, long at) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer type = ByteBuffer.allocate(1);
            readFully(channel, type, at);
            type.put(0, (byte) freshTwin(type.get(0) & UNSIGNED_BYTE));
            channel.write(type.rewind(), at);
        }
    }

    private static List<Path> framedFiles(Path database) throws IOException {
        if (!Files.isDirectory(database)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(database)) {
            return files.filter(file -> FRAMED.test(file.getFileName().toString()))
                    .sorted()
                    .toList();
        }
    }

    /** Where the first frame begins whose type marks a file that is used again. */
    private static OptionalLong firstReused(Path file) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (long start = 0; ; start += BLOCK_BYTES) {
                block.clear();
                readFully(channel, block, start);
                block.flip();
                int inBlock = firstReused(block);
                if (inBlock >= 0) {
                    return OptionalLong.of(start + inBlock);
                }
                if (block.limit() < BLOCK_BYTES) {
                    return OptionalLong.empty();
                }
            }
        }
    }

    /** Follows the chain as far as it leads: behind a length that is wrong there is no frame to be found in this block. */
    private static int firstReused(ByteBuffer block) {
        int at = 0;
        while (at + HEADER_BYTES <= block.limit()) {
            int type = block.get(at + TYPE_AT) & UNSIGNED_BYTE;
            if (freshTwin(type) != type) {
                return at;
            }
            at += HEADER_BYTES + (block.getShort(at + LENGTH_AT) & UNSIGNED_SHORT);
        }
        return -1;
    }

    /**
     * The type that a frame of this type would have in a file that was not used before; the same for all others. The numbers are RocksDB's
     * ({@code db/log_format.h}): four parts of a record, the sizes of timestamps, and what is said of the log before.
     */
    private static int freshTwin(int type) {
        return switch (type) {
            case 5, 6, 7, 8 -> type - 4;
            case 11 -> 10;
            case 131 -> 130;
            default -> type; // Not a closed set: a byte.
        };
    }

    private static void readFully(FileChannel channel, ByteBuffer into, long from) throws IOException {
        long at = from;
        while (into.hasRemaining()) {
            int count = channel.read(into, at);
            if (count < 0) {
                return;
            }
            at += count;
        }
    }
}
