package dev.bailiwick.capnp.rpc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Messages as they look on a stream. */
final class Streams {
    private Streams() {}

    static ByteBuffer bytes(Frame message) {
        ByteBuffer[] segments = message.segments();
        ByteBuffer header = Frames.header(segments);
        ByteBuffer bytes = ByteBuffer.allocate((int) (header.remaining() + Frames.bytes(segments)))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(header);
        for (ByteBuffer segment : segments) {
            bytes.put(segment);
        }
        return bytes.flip();
    }
}
