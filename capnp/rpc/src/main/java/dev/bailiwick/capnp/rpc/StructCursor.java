package dev.bailiwick.capnp.rpc;

import java.nio.ByteBuffer;
import org.capnproto.DecodeException;

/**
 * Reads one struct after another without an object for each, as the stock runtime's readers are: it is moved from struct to struct.
 * For the envelopes of calls and their answers, which are read for every call and kept by nobody.
 *
 * <p>Only for messages that a {@link MessageValidator} has walked. Not thread-safe.
 */
final class StructCursor {
    private MessageView.Segment segment = EMPTY;
    private int data;
    private int dataBytes;
    private int pointers;
    private int pointerCount;

    private static final MessageView.Segment EMPTY = new MessageView(ByteBuffer.allocate(8)).segment(0);

    /** Goes to the struct that a message's root pointer leads to. */
    void moveToRoot(MessageView view) {
        move(view.segment(0), 0);
    }

    /** Goes to the struct that a pointer of another cursor's struct leads to: an empty one, if there is no such pointer. */
    void moveTo(StructCursor parent, int pointer) {
        if (parent.isNull(pointer)) {
            clear();
        } else {
            move(parent.segment, parent.pointers + pointer);
        }
    }

    /** Forgets the struct, so that its message can go. */
    void clear() {
        segment = EMPTY;
        dataBytes = 0;
        pointerCount = 0;
    }

    private void move(MessageView.Segment from, int word) {
        MessageView.Segment at = from;
        int base = word + 1;
        long ref = from.get(word);
        if (Wire.kind(ref) == Wire.FAR) {
            MessageView view = from.view();
            at = view.segment(Wire.farSegment(ref));
            int pad = Wire.farPad(ref);
            long landing = at.get(pad);
            if (Wire.isDoubleFar(ref)) {
                ref = at.get(pad + 1);
                at = view.segment(Wire.farSegment(landing));
                base = Wire.farPad(landing);
            } else {
                ref = landing;
                base = pad + 1;
            }
        }
        if (ref == 0) {
            clear();
            return;
        }
        if (Wire.kind(ref) != Wire.STRUCT) {
            throw new DecodeException("message has something else where a struct was expected");
        }
        segment = at;
        data = (base + Wire.offset(ref)) * 8;
        dataBytes = Wire.structData(ref) * 8;
        pointers = base + Wire.offset(ref) + Wire.structData(ref);
        pointerCount = Wire.structPointers(ref);
    }

    /** The 64-bit number with that index in the data section; 0 beyond its end, as all that follows. */
    long int64(int index) {
        return index * 8 < dataBytes ? segment.buffer.getLong(data + index * 8) : 0;
    }

    int int32(int index) {
        return index * 4 < dataBytes ? segment.buffer.getInt(data + index * 4) : 0;
    }

    short int16(int index) {
        return index * 2 < dataBytes ? segment.buffer.getShort(data + index * 2) : 0;
    }

    boolean bit(int index) {
        return index / 8 < dataBytes && (segment.buffer.get(data + index / 8) >>> (index % 8) & 1) != 0;
    }

    /** Whether a pointer is null, or not there. */
    boolean isNull(int pointer) {
        return pointer >= pointerCount || segment.get(pointers + pointer) == 0;
    }

    /** Where a pointer stands that is there. */
    int word(int pointer) {
        return pointers + pointer;
    }

    /** The segment that the struct lies in. */
    MessageView.Segment segment() {
        return segment;
    }
}
