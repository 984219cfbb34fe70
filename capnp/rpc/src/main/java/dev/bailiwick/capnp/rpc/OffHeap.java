package dev.bailiwick.capnp.rpc;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Memory outside the heap for one large message. A socket reads and writes it without another copy, and the same few pages are
 * handed out again and again, which stay in the processor's cache; memory of the heap is another each time.
 *
 * <p>It is counted: whoever holds a reference releases it once. With the last one it is over: whoever reads the message
 * after that gets an {@link IllegalStateException}, at the latest when the memory is used again, and never another message's
 * bytes. What nobody releases goes when nobody can reach it any more, as memory of the heap does. Safe for use by any thread.
 */
final class OffHeap {
    /** From this size on it is worth what ending it costs, which involves every thread of the process for a moment. */
    static final int LEAST_BYTES = 256 << 10;

    /** Looks after what was forgotten. One thread for the process, as with the JDK's own buffers. */
    private static final Cleaner FORGOTTEN = Cleaner.create();

    /** For messages that are built, whoever builds them. It knows its memory, and no more. */
    private static final SharedBlocks BUILT = new SharedBlocks();

    private final @Nullable Arena arena; // of this message alone; null if others are in it, too
    private final ByteBuffer bytes;
    private final Cleaner.Cleanable ending;
    private final AtomicInteger references = new AtomicInteger(1);

    private OffHeap(SharedBlocks.Block block) {
        this.arena = null;
        this.bytes = block.segment().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        this.ending = FORGOTTEN.register(block.segment(), block.ending());
    }

    private OffHeap(Arena arena, MemorySegment segment, Runnable afterwards) {
        this.arena = arena;
        this.bytes = segment.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        // Every buffer made of the segment refers to it, so it outlives them all.
        this.ending = FORGOTTEN.register(segment, () -> {
            if (close(arena)) {
                afterwards.run();
            }
        });
    }

    /** Zeroed memory of that size for a message to be built in, if it is a large one; null if the heap will do. */
    static @Nullable OffHeap zeroed(int size) {
        if (size < LEAST_BYTES) {
            return null;
        }
        SharedBlocks.Block block = BUILT.take(size);
        if (block != null) {
            block.segment().fill((byte) 0);
            return new OffHeap(block);
        }
        Arena shared = Arena.ofShared();
        return new OffHeap(shared, shared.allocate(size, Long.BYTES), () -> {});
    }

    /**
     * Memory of that size for a message that is received, if it is a large one; null if the heap will do. It is not zeroed, so
     * nobody must see it until it is full.
     */
    @SuppressWarnings("restricted") // sound: the block outlives the segment, which the cleaner lets go of it only after
    static @Nullable OffHeap toBeFilled(int size, BufferPool pool) {
        if (size < LEAST_BYTES) {
            return null;
        }
        SharedBlocks.Block part = pool.shared().take(size);
        if (part != null) {
            return new OffHeap(part);
        }
        MemorySegment block = pool.takeBlock(size);
        Arena shared = Arena.ofShared();
        return new OffHeap(shared, block.reinterpret(size, shared, null), () -> pool.giveBlock(block));
    }

    /** All of it, for whoever made it; its position and limit are theirs. */
    ByteBuffer bytes() {
        return bytes;
    }

    void retain() {
        int before = references.getAndIncrement();
        assert before > 0 : "memory retained after it was given back";
    }

    void release() {
        if (references.decrementAndGet() == 0 && (arena == null || close(arena))) {
            ending.clean();
        }
    }

    /** Makes the memory unreachable; false if somebody reads or writes a file or a socket with it just now. */
    static boolean close(Arena arena) {
        if (arena.scope().isAlive()) {
            try {
                arena.close();
            } catch (IllegalStateException inUse) {
                return false; // then it ends when it is forgotten
            }
        }
        return true;
    }
}
