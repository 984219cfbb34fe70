package dev.bailiwick.capnp.rpc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.capnproto.Arena;
import org.capnproto.DecodeException;
import org.capnproto.SegmentReader;
import org.jspecify.annotations.Nullable;

/**
 * A message's segments paired with a table of capabilities, as an arena the stock runtime reads from. Two views of the same
 * segments may carry different tables; that is how a {@link Membrane} wraps what crosses it without copying bytes.
 */
final class MessageView implements Arena {
    /** A segment's share of memory beside its words, roughly: two small objects and a reference. In bytes. */
    private static final int SEGMENT_COST = 128;

    private static final Segment[] NONE = {};

    private final Segment first;
    private final Segment[] further;
    private volatile @Nullable CapTable caps; // null until it is asked for, for most messages have no capabilities
    private final @Nullable OffHeap
            memory; // that the segments lie in; null if it is the heap's, or the original's to count

    /** A message of that one segment, as most are. */
    MessageView(ByteBuffer only) {
        this.memory = null;
        this.first = new Segment(only.order(ByteOrder.LITTLE_ENDIAN), this);
        this.further = NONE;
    }

    MessageView(ByteBuffer[] buffers, CapTable caps) {
        this(buffers, (OffHeap) null);
        this.caps = caps;
    }

    /** A message in that memory, one reference to which it takes over. */
    MessageView(ByteBuffer[] buffers, @Nullable OffHeap memory) {
        this.memory = memory;
        this.first = new Segment(buffers[0].order(ByteOrder.LITTLE_ENDIAN), this);
        this.further = buffers.length == 1 ? NONE : new Segment[buffers.length - 1];
        for (int i = 1; i < buffers.length; i++) {
            further[i - 1] = new Segment(buffers[i].order(ByteOrder.LITTLE_ENDIAN), this);
        }
    }

    private MessageView(MessageView original, CapTable caps) {
        this.caps = caps;
        this.memory = null;
        this.first = new Segment(original.first.buffer, this);
        this.further = original.further.length == 0 ? NONE : new Segment[original.further.length];
        for (int i = 0; i < further.length; i++) {
            further[i] = new Segment(original.further[i].buffer, this);
        }
    }

    MessageView withCaps(CapTable other) {
        return new MessageView(this, other);
    }

    /** Keeps the bytes of a message from outside. */
    void retain() {
        if (memory != null) {
            memory.retain();
        }
    }

    /** Gives up what {@link #retain} kept, or the reference it was made with. */
    void release() {
        if (memory != null) {
            memory.release();
        }
    }

    /** The table, whose capabilities the message owns. */
    CapTable caps() {
        CapTable known = caps;
        return known == null ? makeCaps() : known;
    }

    private synchronized CapTable makeCaps() {
        CapTable made = caps;
        if (made == null) {
            made = new CapTable();
            caps = made;
        }
        return made;
    }

    /** The table; null as long as it would be empty because nobody has asked for it. */
    @Nullable
    CapTable capsIfAny() {
        return caps;
    }

    /** Gives the capabilities back. */
    void releaseCaps() {
        CapTable known = caps;
        if (known != null) {
            known.release();
        }
    }

    int segmentCount() {
        return 1 + further.length;
    }

    Segment segment(int id) {
        return id == 0 ? first : further[id - 1];
    }

    /** Bytes of all segments together. */
    long sizeInBytes() {
        long size = first.buffer.capacity();
        for (Segment segment : further) {
            size += segment.buffer.capacity();
        }
        return size;
    }

    /** What it costs to keep the message: empty segments take memory too, and nearly none on the wire. */
    long costInBytes() {
        return sizeInBytes() + (long) segmentCount() * SEGMENT_COST;
    }

    @Override
    public SegmentReader tryGetSegment(int id) {
        if (id < 0 || id >= segmentCount()) {
            throw new DecodeException("message names segment " + Integer.toUnsignedString(id) + " but has only "
                    + segmentCount() + "; the sender must fix its encoder");
        }
        return segment(id);
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
