package dev.bailiwick.capnp.rpc;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Memory outside the heap, which the kernel reads and writes without another copy: buffers that are borrowed for a moment, so that
 * a few serve any number of connections, and blocks for large messages that come. Safe for use by any thread.
 */
class BufferPool {
    /** About what a Unix-domain socket takes at once. */
    static final int BUFFER_BYTES = 128 << 10;

    private static final int MOST_IDLE = 8;
    private static final int MOST_IDLE_BLOCKS = 4;

    /** Blocks are multiples of that, so that messages of about the same size can use each other's. */
    private static final int BLOCK_STEP = 256 << 10;

    /** Larger blocks are not kept. With {@link #MOST_IDLE_BLOCKS}, a pool keeps no more than 8 MiB of them. */
    private static final int LARGEST_KEPT = 2 << 20;

    private final Deque<ByteBuffer> idle = new ArrayDeque<>(MOST_IDLE); // guarded by itself
    private final Deque<MemorySegment> blocks = new ArrayDeque<>(MOST_IDLE_BLOCKS); // guarded by idle

    private final SharedBlocks shared = new SharedBlocks();

    /** Blocks of messages that come, which end several at a time. */
    SharedBlocks shared() {
        return shared;
    }

    /** An empty buffer of {@link #BUFFER_BYTES}. */
    ByteBuffer take() {
        ByteBuffer taken;
        synchronized (idle) {
            taken = idle.pollLast();
        }
        return taken == null ? ByteBuffer.allocateDirect(BUFFER_BYTES) : taken.clear();
    }

    /** A block of at least so many bytes, with whatever was in it before. It goes when nobody refers to it any more. */
    MemorySegment takeBlock(int bytes) {
        synchronized (idle) {
            for (MemorySegment block : blocks) { // the last one given back is in the cache, as a rule
                if (block.byteSize() >= bytes) {
                    blocks.removeFirstOccurrence(block);
                    return block;
                }
            }
        }
        return Arena.ofAuto().allocate(((long) bytes + BLOCK_STEP - 1) / BLOCK_STEP * BLOCK_STEP, Long.BYTES);
    }

    /** Takes a block back, which nobody may use any more. */
    void giveBlock(MemorySegment block) {
        synchronized (idle) {
            if (blocks.size() < MOST_IDLE_BLOCKS && block.byteSize() <= LARGEST_KEPT) {
                blocks.addFirst(block);
            }
        }
    }

    /** Takes a buffer back. */
    void give(ByteBuffer buffer) {
        synchronized (idle) {
            if (idle.size() < MOST_IDLE) {
                idle.addLast(buffer);
            }
        }
    }
}
