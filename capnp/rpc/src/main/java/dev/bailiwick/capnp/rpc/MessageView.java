package dev.bailiwick.capnp.rpc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.capnproto.Arena;
import org.capnproto.DecodeException;
import org.capnproto.SegmentReader;

/**
 * A message's segments paired with a table of capabilities, as an arena the stock runtime reads from. Two views of the same
 * segments may carry different tables; that is how a {@link Membrane} wraps what crosses it without copying bytes.
 */
final class MessageView implements Arena {
    /** A segment's share of memory beside its words, roughly: two small objects and a reference. In bytes. */
    private static final int SEGMENT_COST = 128;

    private final Segment[] segments;
    private final CapTable caps;

    MessageView(ByteBuffer[] buffers, CapTable caps) {
        this.caps = caps;
        this.segments = new Segment[buffers.length];
        for (int i = 0; i < buffers.length; i++) {
            segments[i] = new Segment(buffers[i].order(ByteOrder.LITTLE_ENDIAN), this);
        }
    }

    private MessageView(Segment[] originals, CapTable caps) {
        this.caps = caps;
        this.segments = new Segment[originals.length];
        for (int i = 0; i < originals.length; i++) {
            segments[i] = new Segment(originals[i].buffer, this);
        }
    }

    MessageView withCaps(CapTable other) {
        return new MessageView(segments, other);
    }

    CapTable caps() {
        return caps;
    }

    int segmentCount() {
        return segments.length;
    }

    Segment segment(int id) {
        return segments[id];
    }

    /** Bytes of all segments together. */
    long sizeInBytes() {
        long size = 0;
        for (Segment segment : segments) {
            size += segment.buffer.capacity();
        }
        return size;
    }

    /** What it costs to keep the message: empty segments take memory too, and nearly none on the wire. */
    long costInBytes() {
        return sizeInBytes() + (long) segments.length * SEGMENT_COST;
    }

    @Override
    public SegmentReader tryGetSegment(int id) {
        if (id < 0 || id >= segments.length) {
            throw new DecodeException("message names segment " + Integer.toUnsignedString(id) + " but has only "
                    + segments.length + "; the sender must fix its encoder");
        }
        return segments[id];
    }

    /**
     * Charges nothing: a message from outside was walked whole by {@link MessageValidator} before it got here, against a budget
     * bound to its own size.
     */
    @Override
    public void checkReadLimit(int words) {}

    /** A segment that can name its message's capabilities. */
    static final class Segment extends SegmentReader {
        private final MessageView view;

        private Segment(ByteBuffer buffer, MessageView view) {
            super(buffer, view);
            this.view = view;
        }

        MessageView view() {
            return view;
        }

        int words() {
            return buffer.capacity() >>> 3;
        }
    }
}
