package dev.bailiwick.capnp.rpc;

import java.util.Objects;
import org.capnproto.DecodeException;
import org.capnproto.SegmentBuilder;
import org.capnproto.SegmentReader;

/**
 * Where a list's pointers lie: in a row, or one in each struct of a list that a newer schema turned into structs.
 *
 * @param first the word of the first pointer
 * @param step words from one pointer to the next
 */
record PointerSpan(SegmentReader segment, int first, int step, int count) {
    /** From the arguments of the runtime's list constructors. */
    static PointerSpan of(SegmentReader segment, int firstByte, int count, int stepBits, int dataBits) {
        return new PointerSpan(segment, (firstByte + dataBits / 8) / 8, stepBits / 64, count);
    }

    /**
     * The list a pointer leads to; an empty one for null.
     *
     * @throws DecodeException if it leads to something else
     */
    static PointerSpan of(SegmentReader segment, int pointer) {
        long ref = segment.get(pointer);
        if (ref == 0) {
            return new PointerSpan(segment, 0, 0, 0);
        }
        DeepCopy.Found found = DeepCopy.follow(segment, pointer, ref);
        if (found == null || Wire.kind(found.tag()) != Wire.LIST) {
            throw new DecodeException("message holds something else where a list of pointers was expected");
        }
        int size = Wire.listSize(found.tag());
        if (size == Wire.POINTER) {
            return new PointerSpan(found.segment(), found.word(), 1, Wire.listCount(found.tag()));
        }
        long tag = size == Wire.COMPOSITE ? found.segment().get(found.word()) : 0;
        if (Wire.structPointers(tag) == 0) {
            throw new DecodeException("message holds a list without pointers where pointers were expected");
        }
        return new PointerSpan(
                found.segment(),
                found.word() + 1 + Wire.structData(tag),
                Wire.structWords(tag),
                Wire.compositeCount(tag));
    }

    SegmentBuilder builder() {
        return (SegmentBuilder) segment;
    }

    int word(int index) {
        return first + Objects.checkIndex(index, count) * step;
    }
}
