package dev.bailiwick.capnp.rpc;

import org.capnproto.SegmentBuilder;
import org.capnproto.SegmentReader;
import org.capnproto.StructReader;

/** What generated readers of structs that may hold capabilities are built on: it can copy the struct, capabilities included. */
public abstract class CarrierReader extends StructReader {
    /** A reader of the struct at that place, as the stock runtime gives places. */
    protected CarrierReader(
            SegmentReader segment, int data, int pointers, int dataSize, short pointerCount, int nestingLimit) {
        super(segment, data, pointers, dataSize, pointerCount, nestingLimit);
    }

    /**
     * Makes a pointer of a message refer to a copy of this, which shares the capabilities in it.
     *
     * @throws IllegalStateException if there are capabilities in it and the message cannot carry any
     */
    public final void copyTo(SegmentBuilder target, int pointer) {
        DeepCopy.struct(target, pointer, segment, data, pointers, dataSize, pointerCount);
    }

    /** The words of the struct's data section, which may be cut short if an older schema wrote it. */
    final int dataWords() {
        return (dataSize + 63) >>> 6;
    }

    final int pointerWords() {
        return Short.toUnsignedInt(pointerCount);
    }

    /** Copies from this struct's message to that one. */
    final DeepCopy.Copy copyInto(SegmentBuilder target) {
        return DeepCopy.copy(segment, target);
    }

    /** Copies the struct's body to words that are zero. */
    final void copyBody(DeepCopy.Copy copy, SegmentBuilder target, int word) {
        copy.body(target, word, segment, data, dataSize, pointers, pointerWords(), Wire.NESTING_LIMIT);
    }
}
