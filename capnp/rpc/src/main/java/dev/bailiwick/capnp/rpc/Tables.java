package dev.bailiwick.capnp.rpc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.capnproto.BuilderArena;
import org.capnproto.SegmentBuilder;
import org.capnproto.SegmentReader;
import org.capnproto.StructReader;
import org.jspecify.annotations.Nullable;

/**
 * Finds the capability table of the message a runtime segment belongs to.
 *
 * <p>The stock runtime has no notion of capabilities: a factory is handed a segment and a word number and nothing else. Yet a
 * capability pointer is only an index, and means nothing without its message's table. So the table must be reachable from the
 * segment.
 *
 * <p><b>Reading</b> is easy: {@link SegmentReader} can be extended, and {@link MessageView.Segment} knows its view.
 *
 * <p><b>Building</b> is not: {@link SegmentBuilder} and {@link BuilderArena} are final, and an arena keeps its allocator to
 * itself. A map from arena to table would be a static registry, with a lock on every access and entries to be cleaned. What an
 * arena does show is its list of segments, and what a segment does take is any {@link org.capnproto.Arena}. Hence the
 * <i>anchor</i>: in every message that {@link Draft} builds, segment 1 is a full one-word segment whose arena is a
 * {@link MessageView} of ours that carries the table. Its word is a far pointer "segment 0, word 0"; asked to
 * read a struct through it, the runtime follows the pointer with the anchor's own arena, and hands our factory the segment it
 * found there: a {@link MessageView.Segment}, which knows the table.
 *
 * <pre>
 *  BuilderArena.segments
 *   [0] root, calls, payload ...            first segment, grows to its capacity
 *   [1] far(0,0) --its arena--> MessageView [0] any struct     -> CapTable
 *   [2] further segments, if needed
 * </pre>
 *
 * The anchor is recognised by the identity of its constant buffer, so a message of someone else's making is never mistaken for
 * ours. It is written to the wire as a segment of zero words, and only if there are further segments.
 */
final class Tables {
    static final int ANCHOR_SEGMENT = 1;

    private static final ByteBuffer ANCHOR_WORD = word(Wire.far(0, 0));
    private static final ByteBuffer LANDING_WORD = word(Wire.struct(0, 0, 0));
    private static final AnchorFactory ANCHOR_FACTORY = new AnchorFactory();

    private Tables() {}

    private static ByteBuffer word(long value) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0, value)
                .asReadOnlyBuffer()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A view that carries a table, for a message whose own root is no struct yet. */
    static MessageView landing() {
        return new MessageView(LANDING_WORD);
    }

    /** Makes the arena lead to the view, whose root is a struct; to be called when it has exactly its first segment. */
    static void anchor(BuilderArena arena, MessageView view) {
        SegmentBuilder anchor = new SegmentBuilder(ANCHOR_WORD, view);
        anchor.id = ANCHOR_SEGMENT;
        anchor.pos = 1; // full, so the arena allocates past it
        arena.segments.add(anchor);
    }

    /** The table of the segment's message; null for a message that was not made or read by this module. */
    @SuppressWarnings("ReferenceEquality") // equal bytes could be anybody's; only this very buffer marks our anchor
    static @Nullable CapTable of(SegmentReader segment) {
        if (segment instanceof MessageView.Segment ours) {
            return ours.view().caps();
        }
        if (segment instanceof SegmentBuilder builder) {
            var segments = builder.getArena().segments;
            if (segments.size() > ANCHOR_SEGMENT) {
                SegmentBuilder anchor = segments.get(ANCHOR_SEGMENT);
                if (anchor.buffer == ANCHOR_WORD) {
                    return ANCHOR_FACTORY.fromPointerReader(anchor, 0, 1).caps();
                }
            }
        }
        return null;
    }

    private static final class AnchorReader extends StructReader {
        AnchorReader(SegmentReader segment, int data, int pointers, int dataSize, short pointerCount, int nesting) {
            super(segment, data, pointers, dataSize, pointerCount, nesting);
        }

        CapTable caps() {
            return ((MessageView.Segment) segment).view().caps();
        }
    }

    /** A struct type without fields, which exists only to be told a segment. */
    private static final class AnchorFactory extends ReadOnlyStructFactory<AnchorReader> {
        @Override
        public AnchorReader constructReader(
                SegmentReader segment, int data, int pointers, int dataSize, short pointerCount, int nestingLimit) {
            return new AnchorReader(segment, data, pointers, dataSize, pointerCount, nestingLimit);
        }
    }
}
