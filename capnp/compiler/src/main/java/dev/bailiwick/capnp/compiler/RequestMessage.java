package dev.bailiwick.capnp.compiler;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.capnproto.AnyPointer;
import org.capnproto.MessageReader;
import org.capnproto.ReaderOptions;

/**
 * A framed message whose segments are at hand, so that an object in it can be copied out word for word. The runtime's own copy
 * would turn lists of small structs into lists of words, and trips over its assertions when the message is damaged.
 */
final class RequestMessage {
    /** How often the message may be read over: parts of it are, but a damaged pointer must not make a loop of it. */
    private static final int READINGS = 64;

    private static final int NESTING_LIMIT = 256;

    /** For one default or constant, in words: 8 MiB. */
    private static final int MAX_OBJECT_WORDS = 1 << 20;

    private static final int STRUCT = 0;
    private static final int LIST = 1;
    private static final int FAR = 2;

    private static final int POINTERS = 6;
    private static final int STRUCTS = 7;

    /** Bits of an element, by the list's element size, for the sizes below {@link #POINTERS}. */
    private static final int[] ELEMENT_BITS = {0, 1, 8, 16, 32, 64};

    private final ByteBuffer[] segments;
    private final long totalWords;

    /**
     * Takes the frame apart: a count of segments less one and their sizes in words, 32 bits each, padded to a whole word.
     *
     * @throws IndexOutOfBoundsException if the segments are not all there
     */
    RequestMessage(byte[] framed) {
        ByteBuffer frame = ByteBuffer.wrap(framed).order(ByteOrder.LITTLE_ENDIAN);
        int count = Math.addExact(frame.getInt(0), 1);
        segments = new ByteBuffer[checked(count, framed.length / Integer.BYTES)];
        int start = (count / 2 + 1) * Long.BYTES;
        for (int i = 0; i < count; i++) {
            int size = Math.multiplyExact(frame.getInt((i + 1) * Integer.BYTES), Long.BYTES);
            segments[i] = frame.slice(start, size).order(ByteOrder.LITTLE_ENDIAN);
            start += size;
        }
        totalWords = framed.length / Long.BYTES;
    }

    MessageReader reader() {
        return new MessageReader(segments, new ReaderOptions(totalWords * READINGS, NESTING_LIMIT));
    }

    /** A message of one segment that holds a copy of an object of this one; empty for null. */
    byte[] copy(AnyPointer.Reader object) {
        if (object.isNull()) {
            return new byte[0];
        }
        Copy copy = new Copy();
        copy.allocate(1);
        object.getAs((segment, pointer, nestingLimit) -> {
            copy.pointer(0, segment.buffer, pointer, NESTING_LIMIT);
            return copy;
        });
        ByteBuffer bytes = ByteBuffer.allocate(copy.size * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(copy.words, 0, copy.size);
        return bytes.array();
    }

    private ByteBuffer segment(long id) {
        return segments[checked((int) id, segments.length)];
    }

    private static int checked(int value, int limit) {
        if (value < 0 || value >= limit) {
            throw new IndexOutOfBoundsException("segment " + value + " of " + limit);
        }
        return value;
    }

    private static long word(ByteBuffer segment, int index) {
        return segment.getLong(Math.multiplyExact(index, Long.BYTES));
    }

    /** The copy as it grows, preorder. */
    private final class Copy {
        private long[] words = new long[16];
        private int size;

        int allocate(int count) {
            int start = size;
            size = Math.addExact(size, count);
            if (size > MAX_OBJECT_WORDS) {
                throw new SchemaException("a default or constant is larger than " + MAX_OBJECT_WORDS + " words");
            }
            if (size > words.length) {
                words = Arrays.copyOf(words, Math.max(size, words.length * 2));
            }
            return start;
        }

        void pointer(int at, ByteBuffer segment, int index, int nesting) {
            long ref = word(segment, index);
            if (ref == 0) {
                return;
            }
            if (nesting == 0) {
                throw new SchemaException("a default or constant is nested too deeply");
            }
            if ((ref & 3) == FAR) {
                far(at, ref, nesting);
            } else {
                object(at, ref, segment, index + 1 + ((int) ref >> 2), nesting);
            }
        }

        private void far(int at, long ref, int nesting) {
            ByteBuffer padSegment = segment(ref >>> 32);
            int pad = (int) ref >>> 3;
            if ((ref & 4) == 0) {
                long landing = word(padSegment, pad);
                object(at, landing, padSegment, pad + 1 + ((int) landing >> 2), nesting);
            } else {
                long body = word(padSegment, pad);
                object(at, word(padSegment, pad + 1), segment(body >>> 32), (int) body >>> 3, nesting);
            }
        }

        private void object(int at, long tag, ByteBuffer segment, int start, int nesting) {
            switch ((int) tag & 3) {
                case STRUCT -> struct(at, tag, segment, start, nesting);
                case LIST -> list(at, tag, segment, start, nesting);
                default -> throw new SchemaException("a default or constant holds what is neither struct nor list");
            }
        }

        private void struct(int at, long tag, ByteBuffer segment, int start, int nesting) {
            int data = dataWords(tag);
            int pointers = pointers(tag);
            // A struct without a body points just before itself, as no other offset is sure to be in bounds.
            int to = data + pointers == 0 ? at : allocate(data + pointers);
            describe(at, tag, to);
            structBody(to, segment, start, data, pointers, nesting);
        }

        private void structBody(int to, ByteBuffer segment, int start, int data, int pointers, int nesting) {
            for (int i = 0; i < data; i++) {
                words[to + i] = word(segment, start + i);
            }
            for (int i = data; i < data + pointers; i++) {
                pointer(to + i, segment, start + i, nesting - 1);
            }
        }

        private void list(int at, long tag, ByteBuffer segment, int start, int nesting) {
            int elementSize = (int) (tag >>> 32) & 7;
            int count = (int) (tag >>> 35);
            switch (elementSize) {
                case STRUCTS -> structs(at, tag, segment, start, nesting);
                case POINTERS -> {
                    int to = allocate(count);
                    describe(at, tag, to);
                    for (int i = 0; i < count; i++) {
                        pointer(to + i, segment, start + i, nesting - 1);
                    }
                }
                default -> {
                    int wordCount = Math.toIntExact(((long) count * ELEMENT_BITS[elementSize] + 63) / 64);
                    int to = allocate(wordCount);
                    describe(at, tag, to);
                    for (int i = 0; i < wordCount; i++) {
                        words[to + i] = word(segment, start + i);
                    }
                }
            }
        }

        private void structs(int at, long tag, ByteBuffer segment, int start, int nesting) {
            long element = word(segment, start);
            int count = (int) element >>> 2;
            int data = dataWords(element);
            int pointers = pointers(element);
            int step = data + pointers;
            int to = allocate(Math.addExact(Math.multiplyExact(count, step), 1));
            describe(at, tag, to);
            words[to] = element;
            for (int i = 0; step > 0 && i < count; i++) {
                structBody(to + 1 + i * step, segment, start + 1 + i * step, data, pointers, nesting);
            }
        }

        /** Writes a pointer to the words from {@code to} on; all but the offset is as it was. */
        private void describe(int at, long tag, int to) {
            words[at] = (tag & 0xffff_ffff_0000_0003L) | ((long) (to - at - 1) << 2 & 0xffff_ffffL);
        }

        private static int dataWords(long tag) {
            return (int) (tag >>> 32) & 0xffff;
        }

        private static int pointers(long tag) {
            return (int) (tag >>> 48);
        }
    }
}
