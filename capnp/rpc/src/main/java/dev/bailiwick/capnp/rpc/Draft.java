package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.wire.Payload;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.capnproto.Allocator;
import org.capnproto.AnyPointer;
import org.capnproto.BuilderArena;
import org.capnproto.FromPointerBuilder;
import org.capnproto.SegmentBuilder;
import org.capnproto.StructBuilder;
import org.capnproto.StructSize;
import org.jspecify.annotations.Nullable;

/**
 * A message being built, with its capability table.
 *
 * <p>Parameters and results are built inside the protocol message that would carry them over a wire: the struct skeleton of a
 * {@code Message{call{params}}} or {@code Message{return{results}}} is laid out first and the payload grows behind it. A local
 * call reads the payload where it lies and never looks at the skeleton; a remote one has its ids and capability descriptors
 * filled in and goes out as it is. Either way nothing is copied, and nobody needs to know beforehand which it will be.
 *
 * <p>Not thread-safe: one thread at a time.
 */
final class Draft extends Frame implements Allocator {
    /** Message, Call, MessageTarget and Payload, in preorder; word numbers in the layout below. */
    private static final long[] CALL_SKELETON = {
        Wire.struct(0, 1, 1), //  0 root -> Message
        2, //                     1 Message: which = call
        Wire.struct(0, 3, 3), //  2   -> Call
        0,
        0,
        0, //               3 Call: question, method, sendResultsTo; interface; flags
        Wire.struct(2, 1, 1), //  6   target -> MessageTarget at 9
        Wire.struct(3, 0, 2), //  7   params -> Payload at 11
        0, //                     8   third party
        0,
        0, //                  9 MessageTarget
        0,
        0, //                 11 Payload: content, capTable
    };

    private static final int CALL_QUESTION = 3;
    private static final int CALL_INTERFACE = 4;
    private static final int CALL_TARGET = 9;
    private static final int CALL_CONTENT = 11;

    private static final long[] RETURN_SKELETON = {
        Wire.struct(0, 1, 1), //  0 root -> Message
        3, //                     1 Message: which = return
        Wire.struct(0, 2, 1), //  2   -> Return
        0,
        0, //                  3 Return: answer, flags, which = results
        Wire.struct(0, 0, 2), //  5   results -> Payload at 6
        0,
        0, //                  6 Payload: content, capTable
    };

    private static final int RETURN_ANSWER = 3;
    private static final int RETURN_CONTENT = 6;

    private static final long[] ECHO_SKELETON = {
        Wire.struct(0, 1, 1), //  0 root -> Message
        0, //                     1 Message: which = unimplemented
        0, //                     2   -> the message sent back
    };

    private static final int ECHO_CONTENT = 2;

    private static final long[] PLAIN_SKELETON = {0};

    private static final int MAX_SEGMENT_BYTES = 1 << 24;
    private static final int DEFAULT_WORDS = 64;
    private static final int WORDS_PER_POINTER = 8;
    private static final int WORDS_FOR_CAPABILITIES = 8;

    private final BuilderArena arena;
    private final MessageView view;
    private final @Nullable OffHeap memory; // of the first segment
    private final int contentWord;
    private boolean claimed; // guarded by this

    private Draft(long[] skeleton, int contentWord, int payloadWords) {
        this.contentWord = contentWord;
        int bytes = (skeleton.length + payloadWords) * 8;
        this.memory = OffHeap.zeroed(bytes);
        ByteBuffer first = memory == null ? ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN) : memory.bytes();
        for (int i = 0; i < skeleton.length; i++) {
            first.putLong(i * 8, skeleton[i]);
        }
        this.arena = new BuilderArena(this, first);
        arena.segments.getFirst().pos = skeleton.length;
        this.view = skeleton[0] == 0 ? Tables.landing() : new MessageView(first);
        Tables.anchor(arena, view);
    }

    static Draft call() {
        return call(DEFAULT_WORDS);
    }

    /** A draft of a call's parameters, with room for so many words in its first segment. */
    static Draft call(int payloadWords) {
        return new Draft(CALL_SKELETON, CALL_CONTENT, payloadWords);
    }

    static Draft results() {
        return results(DEFAULT_WORDS);
    }

    /** A draft of a call's results, with room for so many words in its first segment. */
    static Draft results(int payloadWords) {
        return new Draft(RETURN_SKELETON, RETURN_CONTENT, payloadWords);
    }

    /** A draft of a message that sends another back, as its content. */
    static Draft unimplemented() {
        return new Draft(ECHO_SKELETON, ECHO_CONTENT, DEFAULT_WORDS);
    }

    /** A draft of a bare message. */
    static Draft plain(int payloadWords) {
        return new Draft(PLAIN_SKELETON, 0, payloadWords);
    }

    /** The room in words that something of that kind will need, if it is small: a struct, and something for each pointer to lead to. */
    static int roomFor(FromPointerBuilder<?> factory) {
        if (factory instanceof StructBuilder.Factory<?> struct) {
            StructSize size = struct.structSize();
            return size.total() + (size.pointers == 0 ? 0 : WORDS_FOR_CAPABILITIES + size.pointers * WORDS_PER_POINTER);
        }
        return DEFAULT_WORDS;
    }

    /** The content, made anew as something of that kind. */
    <T> T init(FromPointerBuilder<T> factory) {
        return factory.initFromPointerBuilder(first(), contentWord, 0);
    }

    AnyPointer.Builder content() {
        return new AnyPointer.Builder(first(), contentWord);
    }

    /** The root pointer: the protocol message around the content, or for a plain draft the content itself. */
    AnyPointer.Builder root() {
        return new AnyPointer.Builder(first(), 0);
    }

    /** Fills in what stands around the parameters, save whom the call is made on. */
    void completeCall(int questionId, long interfaceId, int methodId, boolean keepsResults) {
        first().put(
                        CALL_QUESTION,
                        Integer.toUnsignedLong(questionId)
                                | (methodId & 0xffffL) << 32
                                | (keepsResults ? 1L : 0) << 48); // sendResultsTo: caller or yourself
        first().put(CALL_INTERFACE, interfaceId);
    }

    /** Names an import as what the call is made on. */
    void completeTarget(int importId) {
        first().put(CALL_TARGET, Integer.toUnsignedLong(importId));
    }

    /** Fills in what stands around the results; those of the call keep their capabilities. */
    void completeReturn(int answerId) {
        first().put(RETURN_ANSWER, Integer.toUnsignedLong(answerId) | 1L << 32); // the flag is stored inverted
    }

    /** The payload around the content of a call or a return. */
    Payload.Builder payload() {
        return isCall()
                ? ProtocolWriter.message(this).getCall().getParams()
                : ProtocolWriter.message(this).getReturn().getResults();
    }

    boolean isCall() {
        return contentWord == CALL_CONTENT;
    }

    int contentWord() {
        return contentWord;
    }

    CapTable caps() {
        return view.caps();
    }

    SegmentBuilder first() {
        return arena.segments.getFirst();
    }

    /** Whether nobody claimed this before, to complete and send it. */
    synchronized boolean claim() {
        boolean isFirst = !claimed;
        claimed = true;
        return isFirst;
    }

    /** The content for reading, once it is complete: the memory it was built in, whatever room is left behind it included. */
    MessageView view() {
        return segmentCount() == 1 ? view : new MessageView(segments(), caps());
    }

    /** The anchor appears as an empty one. */
    @Override
    ByteBuffer[] segments() {
        int count = segmentCount();
        ByteBuffer[] slices = new ByteBuffer[count];
        for (int i = 0; i < count; i++) {
            slices[i] = i == Tables.ANCHOR_SEGMENT ? ByteBuffer.allocate(0) : slice(arena.segments.get(i));
        }
        return slices;
    }

    /** The capability table; null as long as nothing was put into it. */
    @Nullable
    CapTable capsIfAny() {
        return view.capsIfAny();
    }

    @Override
    int segmentCount() {
        int count = arena.segments.size();
        return count == Tables.ANCHOR_SEGMENT + 1 ? 1 : count;
    }

    @Override
    int segmentBytes(int segment) {
        return segment == Tables.ANCHOR_SEGMENT
                ? 0
                : arena.segments.get(segment).currentSize() * 8;
    }

    @Override
    @Nullable
    ByteBuffer offHeap(int segment, int offset) {
        return memory == null || segment > 0 ? null : memory.bytes().slice(offset, segmentBytes(segment) - offset);
    }

    @Override
    void retain() {
        if (memory != null) {
            memory.retain();
        }
    }

    @Override
    void release() {
        if (memory != null) {
            memory.release();
        }
    }

    /** Gives up what was built, capabilities and memory. */
    void discard() {
        view.releaseCaps();
        release();
    }

    @Override
    int writeSegment(int segment, int offset, ByteBuffer to) {
        int count = Math.min(segmentBytes(segment) - offset, to.remaining());
        if (count > 0) {
            to.put(to.position(), arena.segments.get(segment).buffer, offset, count);
            to.position(to.position() + count);
        }
        return count;
    }

    private static ByteBuffer slice(SegmentBuilder segment) {
        return segment.buffer.slice(0, segment.currentSize() * 8).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Memory for the arena, each time twice what it had last, so that a message of n words has O(log n) segments. */
    @Override
    public ByteBuffer allocateSegment(int minimumBytes) {
        int doublings = arena.segments.size() - Tables.ANCHOR_SEGMENT; // one for each segment besides the anchor
        long next = (long) first().buffer.capacity() << Math.min(doublings, Integer.SIZE - 1);
        return ByteBuffer.allocate((int) Math.max(minimumBytes, Math.min(next, MAX_SEGMENT_BYTES)));
    }
}
