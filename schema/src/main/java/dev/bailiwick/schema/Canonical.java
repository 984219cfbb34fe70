package dev.bailiwick.schema;

import dev.bailiwick.capnp.rpc.Limits;
import dev.bailiwick.capnp.rpc.ValidatedMessage;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.capnproto.MessageBuilder;
import org.capnproto.MessageReader;
import org.capnproto.ReaderOptions;

/**
 * The canonical form of Cap'n Proto messages ("Canonicalization" in the encoding specification): one segment; objects in
 * preorder; data and pointer sections without trailing zeros; the elements of a struct list all as small as the largest
 * of them allows. Equal content then means equal bytes, whoever wrote it and with whichever version of the schema, and
 * hashes can be taken of it.
 *
 * <p>It works on the encoding alone, without a schema: source segments are walked from the root pointer and written anew.
 *
 * <pre>
 * word 0      root pointer, offset 0
 * word 1 ...  root struct: data words, pointer words
 * then        what the first pointer points to, with all below it; then the second; ...
 *
 * pointer, low bits first:  struct  00 | offset 30 | data words 16 | pointers 16
 *                           list    01 | offset 30 | element size 3 | count 29
 *                           far     10 | double 1 | word in segment 29 | segment 32
 *                           other   11 | ... a capability: refused
 * </pre>
 *
 * <p>Agrees byte for byte with {@code capnp convert X:canonical}, which the tests hold it to. Sources are not trusted: bounds,
 * depth and the amount written are checked. Stateless; any thread may call it.
 */
public final class Canonical {
    /** Nesting of pointers; records nest four deep. */
    static final int DEPTH = 64;

    /** Words written; records are of a few hundred bytes, catalogues of some ten thousand. Stops messages that share objects. */
    static final int WORDS = 1 << 20;

    private static final int WORD = Long.BYTES;
    static final int STRUCT = 0;
    static final int LIST = 1;
    private static final int FAR = 2;
    static final int POINTER_LIST = 6;
    static final int STRUCT_LIST = 7;
    private static final int NO_POINTER = -1;

    /** Bits of one element of lists of element size 0 to 5. */
    static final int[] ELEMENT_BITS = {0, 1, 8, 16, 32, 64};

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final ByteBuffer[] segments;
    private byte[] out = new byte[512];
    private int words;

    private Canonical(ByteBuffer[] segments) {
        this.segments = segments;
    }

    /** The canonical segment of a message being built. */
    public static byte[] of(MessageBuilder message) {
        return ofSegments(message.getSegmentsForOutput());
    }

    /**
     * The canonical segment of a message.
     *
     * @throws CanonicalException if it is malformed, contains a capability, or is too deep or too large
     */
    public static byte[] ofSegments(ByteBuffer... segments) {
        return rewrite(segments, NO_POINTER);
    }

    /** Whether these bytes are exactly what {@link #ofSegments} makes of them. */
    public static boolean isCanonical(byte[] segment) {
        return CanonicalWalk.isCanonical(segment);
    }

    /**
     * The canonical segment of the same struct with one of its pointer fields unset.
     *
     * @param pointerIndex index in the root struct's pointer section
     * @throws CanonicalException as {@link #ofSegments}
     */
    public static byte[] withoutPointer(byte[] segment, int pointerIndex) {
        return rewrite(new ByteBuffer[] {ByteBuffer.wrap(segment)}, pointerIndex);
    }

    /**
     * Reads a canonical segment. The bytes must not change afterwards. They are not trusted: what they hold is walked first, so
     * that accessors fail with nothing but {@link org.capnproto.DecodeException}.
     *
     * @throws org.capnproto.DecodeException if they are no message
     */
    public static MessageReader reader(byte[] segment) {
        ByteBuffer buffer = ByteBuffer.wrap(segment).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        ValidatedMessage.segments(Limits.DEFAULT, buffer);
        return new MessageReader(new ByteBuffer[] {buffer}, ReaderOptions.DEFAULT_READER_OPTIONS);
    }

    private static byte[] rewrite(ByteBuffer[] source, int omittedPointer) {
        Canonical rewritten = rewritten(source, omittedPointer);
        return Arrays.copyOf(rewritten.out, rewritten.words * WORD);
    }

    private static Canonical rewritten(ByteBuffer[] source, int omittedPointer) {
        ByteBuffer[] segments = new ByteBuffer[source.length];
        for (int i = 0; i < source.length; i++) {
            segments[i] = source[i].slice().order(ByteOrder.LITTLE_ENDIAN);
            require(segments[i].limit() % WORD == 0, "a segment is not a whole number of words");
        }
        require(segments.length > 0 && segments[0].limit() >= WORD, "a message has no root");
        Canonical writer = new Canonical(segments);
        int root = writer.allocate(1);
        writer.writeRoot(root, omittedPointer);
        return writer;
    }

    private void writeRoot(int at, int omittedPointer) {
        Target target = follow(new Target(0, 0, wordAt(0, 0)));
        if (target.pointer == 0) {
            return;
        }
        require(kind(target.pointer) == STRUCT, "the root is not a struct");
        StructAt struct = structAt(target);
        if (omittedPointer >= 0 && omittedPointer < struct.pointers) {
            struct = struct.omitting(omittedPointer);
        }
        writeStruct(at, struct, DEPTH);
    }

    /** Writes what {@code source} points to and makes the pointer word {@code at} point there. */
    private void writePointer(int at, Target source, int depth) {
        require(depth > 0, "a message is nested too deeply");
        Target target = follow(source);
        if (target.pointer == 0) {
            return;
        }
        switch (kind(target.pointer)) {
            case STRUCT -> writeStruct(at, structAt(target), depth);
            case LIST -> writeList(at, target, depth);
            default -> throw new CanonicalException("a canonical message cannot hold a capability");
        }
    }

    private void writeStruct(int at, StructAt struct, int depth) {
        int data = struct.usedData();
        int pointers = struct.usedPointers();
        if (data + pointers == 0) {
            // An empty struct points at itself, so as not to be mistaken for null.
            put(at, structPointer(-1, 0, 0));
            return;
        }
        int to = allocate(data + pointers);
        put(at, structPointer(to - at - 1, data, pointers));
        copyData(struct, data, to);
        writePointers(struct, pointers, to + data, depth);
    }

    private void copyData(StructAt struct, int data, int to) {
        for (int i = 0; i < data; i++) {
            put(to + i, struct.dataWord(i));
        }
    }

    private void writePointers(StructAt struct, int pointers, int to, int depth) {
        for (int i = 0; i < pointers; i++) {
            writePointer(to + i, struct.pointer(i), depth - 1);
        }
    }

    private void writeList(int at, Target list, int depth) {
        int elementSize = (int) (list.pointer >>> 32) & 7;
        int count = (int) (list.pointer >>> 35);
        switch (elementSize) {
            case STRUCT_LIST -> writeStructList(at, list, count, depth);
            case POINTER_LIST -> writePointerList(at, list, count, depth);
            default -> writeFlatList(at, list, elementSize, count);
        }
    }

    private void writeFlatList(int at, Target list, int elementSize, int count) {
        long bits = (long) count * ELEMENT_BITS[elementSize];
        int size = Math.toIntExact((bits + 63) / 64);
        requireRange(list.segment, list.word, size);
        int to = allocate(size);
        put(at, listPointer(to - at - 1, elementSize, count));
        for (int i = 0; i < size; i++) {
            put(to + i, wordAt(list.segment, list.word + i));
        }
        int spare = (int) (bits % 64);
        if (spare != 0) {
            int last = to + size - 1;
            put(last, written(last) & ((1L << spare) - 1));
        }
    }

    private void writePointerList(int at, Target list, int count, int depth) {
        requireRange(list.segment, list.word, count);
        int to = allocate(count);
        put(at, listPointer(to - at - 1, POINTER_LIST, count));
        for (int i = 0; i < count; i++) {
            int word = list.word + i;
            writePointer(to + i, new Target(list.segment, word, wordAt(list.segment, word)), depth - 1);
        }
    }

    private void writeStructList(int at, Target list, int words, int depth) {
        requireRange(list.segment, list.word, 1 + words);
        long tag = wordAt(list.segment, list.word);
        require(kind(tag) == STRUCT, "the tag of a struct list is not a struct");
        int count = (int) tag >>> 2;
        int data = dataWords(tag);
        int pointers = pointerWords(tag);
        require((long) count * (data + pointers) <= words, "the elements of a struct list overrun it");
        // Elements without size take no room in the source, so their number must be bounded here.
        require(count <= WORDS, "a message is too large");
        StructAt[] elements = new StructAt[count];
        int usedData = 0;
        int usedPointers = 0;
        for (int i = 0; i < count; i++) {
            elements[i] = new StructAt(list.segment, list.word + 1 + i * (data + pointers), data, pointers, NO_POINTER);
            usedData = Math.max(usedData, elements[i].usedData());
            usedPointers = Math.max(usedPointers, elements[i].usedPointers());
        }
        int size = usedData + usedPointers;
        require((long) count * size <= WORDS, "a message is too large");
        int to = allocate(1 + count * size);
        put(at, listPointer(to - at - 1, STRUCT_LIST, count * size));
        put(to, structPointer(count, usedData, usedPointers));
        for (int i = 0; i < count; i++) {
            copyData(elements[i], usedData, to + 1 + i * size);
        }
        for (int i = 0; i < count; i++) {
            writePointers(elements[i], usedPointers, to + 1 + i * size + usedData, depth);
        }
    }

    // ---- reading ----

    /** A pointer with where its object begins, or, before {@link #follow}, where the pointer itself is. */
    private record Target(int segment, int word, long pointer) {}

    /** Resolves far pointers; the result's place is where the object begins. Null pointers come back as they are. */
    private Target follow(Target source) {
        long pointer = source.pointer;
        if (pointer == 0) {
            return source;
        }
        if (kind(pointer) != FAR) {
            return new Target(source.segment, source.word + 1 + offset(pointer), pointer);
        }
        int padSegment = (int) (pointer >>> 32);
        int padWord = (int) pointer >>> 3;
        long pad = wordAt(padSegment, padWord);
        if ((pointer & 4) == 0) {
            require(kind(pad) != FAR, "a far pointer leads to a far pointer");
            return pad == 0
                    ? new Target(padSegment, padWord, 0)
                    : new Target(padSegment, padWord + 1 + offset(pad), pad);
        }
        require(kind(pad) == FAR && (pad & 4) == 0, "a double-far landing pad does not start with a far pointer");
        long tag = wordAt(padSegment, padWord + 1);
        require(kind(tag) != FAR && offset(tag) == 0, "a double-far landing pad has no tag");
        return new Target((int) (pad >>> 32), (int) pad >>> 3, tag);
    }

    private StructAt structAt(Target target) {
        int data = dataWords(target.pointer);
        int pointers = pointerWords(target.pointer);
        if (data + pointers > 0) {
            requireRange(target.segment, target.word, data + pointers);
        }
        return new StructAt(target.segment, target.word, data, pointers, NO_POINTER);
    }

    /** A struct in the source, of which one pointer may be read as null. Its range has been checked. */
    private final class StructAt {
        private final int segment;
        private final int word;
        private final int data;
        private final int pointers;
        private final int omitted;

        StructAt(int segment, int word, int data, int pointers, int omitted) {
            this.segment = segment;
            this.word = word;
            this.data = data;
            this.pointers = pointers;
            this.omitted = omitted;
        }

        StructAt omitting(int pointer) {
            return new StructAt(segment, word, data, pointers, pointer);
        }

        int usedData() {
            int used = data;
            while (used > 0 && dataWord(used - 1) == 0) {
                used--;
            }
            return used;
        }

        int usedPointers() {
            int used = pointers;
            while (used > 0 && pointer(used - 1).pointer == 0) {
                used--;
            }
            return used;
        }

        long dataWord(int i) {
            return i < data ? wordAt(segment, word + i) : 0;
        }

        Target pointer(int i) {
            int at = word + data + i;
            return new Target(segment, at, i == omitted || i >= pointers ? 0 : wordAt(segment, at));
        }
    }

    private long wordAt(int segment, int word) {
        requireRange(segment, word, 1);
        return segments[segment].getLong(word * WORD);
    }

    private void requireRange(int segment, int word, int count) {
        require(
                segment >= 0
                        && segment < segments.length
                        && word >= 0
                        && count >= 0
                        && (long) word + count <= segments[segment].limit() / WORD,
                "a pointer leads out of the message");
    }

    static int kind(long pointer) {
        return (int) pointer & 3;
    }

    private static int offset(long pointer) {
        return (int) pointer >> 2;
    }

    static int dataWords(long pointer) {
        return (int) (pointer >>> 32) & 0xffff;
    }

    static int pointerWords(long pointer) {
        return (int) (pointer >>> 48);
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new CanonicalException(otherwise);
        }
    }

    // ---- writing ----

    private int allocate(int count) {
        require(words + count <= WORDS, "a message is too large");
        int at = words;
        words += count;
        if (words * WORD > out.length) {
            out = Arrays.copyOf(out, Math.max(words * WORD, out.length * 2));
        }
        return at;
    }

    private void put(int word, long value) {
        LONGS.set(out, word * WORD, value);
    }

    private long written(int word) {
        return (long) LONGS.get(out, word * WORD);
    }

    static long structPointer(int offset, int data, int pointers) {
        return (offset << 2 & 0xffffffffL) | (long) data << 32 | (long) pointers << 48;
    }

    static long listPointer(int offset, int elementSize, int count) {
        return ((offset << 2 | LIST) & 0xffffffffL) | (long) elementSize << 32 | (long) count << 35;
    }
}
