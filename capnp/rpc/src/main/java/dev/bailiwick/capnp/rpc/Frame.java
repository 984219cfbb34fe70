package dev.bailiwick.capnp.rpc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A message as it is sent (encoding specification, "Serialization Over a Stream"): a table of segment sizes, and the segments,
 * which are written without intermediate buffers.
 */
abstract sealed class Frame permits Draft, ShortMessage {
    abstract int segmentCount();

    abstract int segmentBytes(int segment);

    /** Writes as many bytes of a segment from an offset on as there is room for; returns how many. */
    abstract int writeSegment(int segment, int offset, ByteBuffer to);

    /** The segments as they stand, for reading. */
    abstract ByteBuffer[] segments();

    /**
     * Where a segment lies outside the heap, so that a socket had better take it from there: a buffer with what follows an offset.
     * Null for other segments.
     */
    @Nullable
    ByteBuffer offHeap(int segment, int offset) {
        return null;
    }

    /** Keeps the memory while the message waits to be written. */
    void retain() {}

    /** Gives up what {@link #retain} kept. */
    void release() {}

    /** Bytes of the table of segment sizes. */
    final int headerBytes() {
        return Frames.headerBytes(segmentCount());
    }

    /** Bytes of the segments, without the table. */
    final long bodyBytes() {
        long bytes = 0;
        for (int i = 0; i < segmentCount(); i++) {
            bytes += segmentBytes(i);
        }
        return bytes;
    }

    /** Bytes of the message, its table included. */
    final long frameBytes() {
        return headerBytes() + bodyBytes();
    }

    /** Writes the table of segment sizes, for which there must be room. */
    final void writeHeader(ByteBuffer to) {
        int count = segmentCount();
        int start = to.position();
        to.putLong(start + headerBytes() - 8, 0); // the padding, if there is any
        putInt(to, start, count - 1);
        for (int i = 0; i < count; i++) {
            putInt(to, start + 4 + i * 4, segmentBytes(i) >>> 3);
        }
        to.position(start + headerBytes());
    }

    private static void putInt(ByteBuffer to, int at, int value) {
        to.putInt(at, to.order() == ByteOrder.LITTLE_ENDIAN ? value : Integer.reverseBytes(value));
    }
}
