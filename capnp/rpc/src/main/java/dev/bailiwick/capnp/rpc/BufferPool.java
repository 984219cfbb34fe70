package dev.bailiwick.capnp.rpc;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Buffers outside the heap, which the kernel reads and writes without another copy. They are borrowed for a moment, so a few
 * serve any number of connections. Safe for use by any thread.
 */
class BufferPool {
    /** About what a Unix-domain socket takes at once. */
    static final int BUFFER_BYTES = 128 << 10;

    private static final int MOST_IDLE = 8;

    private final Deque<ByteBuffer> idle = new ArrayDeque<>(MOST_IDLE); // guarded by itself

    /** An empty buffer of {@link #BUFFER_BYTES}. */
    ByteBuffer take() {
        ByteBuffer taken;
        synchronized (idle) {
            taken = idle.pollLast();
        }
        return taken == null ? ByteBuffer.allocateDirect(BUFFER_BYTES) : taken.clear();
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
