package dev.bailiwick.capnp.rpc;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Blocks for large messages that lie in one arena together and end together: ending an arena involves every thread of the process,
 * which costs more the more else the machine has to do, and so it is done once for {@value #COUNT} messages. None of the memory is
 * used again before. Safe for use by any thread.
 *
 * <p>INVARIANT (little is kept): there is one such arena at a time. While a message of it is held, those that were given back wait
 * for it, three at most; the messages that come meanwhile have an arena each.
 */
final class SharedBlocks {
    static final int COUNT = 4;

    /** Of a message of 1 MiB with what stands around it. With {@link #COUNT}, no more than 5 MiB are kept. */
    static final int LARGEST_BYTES = (1 << 20) + (256 << 10);

    private static final int STEP = 256 << 10;

    private @Nullable Sheet sheet; // guarded by this
    private @Nullable MemorySegment idle; // memory of a former one; guarded by this

    /** A block of exactly that size, with whatever was in it before; null if it must have an arena of its own. */
    synchronized @Nullable Block take(int bytes) {
        if (bytes > LARGEST_BYTES) {
            return null;
        }
        Sheet current = sheet;
        if (current != null && !current.hasRoom(bytes)) {
            endIfGivenBack(current);
            current = sheet;
        }
        if (current == null) {
            current = new Sheet(memory((bytes + STEP - 1L) / STEP * STEP * COUNT));
            sheet = current;
        }
        return current.take(bytes);
    }

    private MemorySegment memory(long bytes) {
        MemorySegment former = idle;
        idle = null;
        return former != null && former.byteSize() >= bytes
                ? former
                : Arena.ofAuto().allocate(bytes, Long.BYTES);
    }

    private synchronized void giveBack(Sheet from) {
        from.outstanding--;
        if (from.isSpent()) {
            endIfGivenBack(from);
        }
    }

    /** If somebody reads or writes a file or a socket with a block just now, it is tried again when the next one is asked for. */
    private void endIfGivenBack(Sheet current) {
        if (current.outstanding == 0 && OffHeap.close(current.arena)) {
            idle = current.memory;
            sheet = null;
        }
    }

    /** A block, for one message. */
    final class Block {
        private final Sheet from;
        private final MemorySegment segment;

        private Block(Sheet from, MemorySegment segment) {
            this.from = from;
            this.segment = segment;
        }

        MemorySegment segment() {
            return segment;
        }

        /** What is to be done once when nobody uses the segment any more. Does not refer to it. */
        Runnable ending() {
            SharedBlocks blocks = SharedBlocks.this;
            Sheet whole = from;
            return () -> blocks.giveBack(whole); // and not this, which refers to the segment
        }
    }

    /** The memory of so many blocks, in an arena. Guarded by the blocks'. */
    private final class Sheet {
        private final MemorySegment memory;
        private final Arena arena = Arena.ofShared();
        private final MemorySegment guarded;
        private int handedOut;
        private int outstanding;

        @SuppressWarnings(
                "restricted") // sound: this keeps the memory until the arena was closed, or none of it can be reached
        Sheet(MemorySegment memory) {
            this.memory = memory;
            this.guarded = memory.reinterpret(arena, null);
        }

        boolean isSpent() {
            return handedOut == COUNT;
        }

        private long blockBytes() {
            return guarded.byteSize() / COUNT;
        }

        boolean hasRoom(int bytes) {
            return !isSpent() && bytes <= blockBytes();
        }

        @Nullable
        Block take(int bytes) {
            long blockBytes = blockBytes();
            if (!hasRoom(bytes)) {
                return null;
            }
            MemorySegment segment = guarded.asSlice(handedOut * blockBytes, bytes);
            handedOut++;
            outstanding++;
            return new Block(this, segment);
        }
    }
}
