package dev.bailiwick.capnp.rpc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What goes over a stream (encoding specification, "Serialization Over a Stream"): a table of segment sizes, padded to a word, and the segments. */
final class Frames {
    private Frames() {}

    /** The table that goes before these segments, ready to be read. */
    static ByteBuffer header(ByteBuffer[] segments) {
        ByteBuffer header = ByteBuffer.allocate(headerBytes(segments.length)).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(0, segments.length - 1);
        for (int i = 0; i < segments.length; i++) {
            header.putInt(4 + i * 4, segments[i].remaining() >>> 3);
        }
        return header;
    }

    /** Bytes of the table for so many segments: their number and size of each, 4 bytes each, padded to a word. */
    static int headerBytes(int segments) {
        return (4 + segments * 4 + 7) & ~7;
    }

    /** Bytes of the segments, without the table. */
    static long bytes(ByteBuffer[] segments) {
        long bytes = 0;
        for (ByteBuffer segment : segments) {
            bytes += segment.remaining();
        }
        return bytes;
    }
}
