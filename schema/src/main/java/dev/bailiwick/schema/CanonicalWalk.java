package dev.bailiwick.schema;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Says whether a segment is canonical by walking it once, without writing anything: each object must begin just where the walk, which is the
 * preorder, has come to, and be as small as it can be. The same question as whether {@link Canonical#ofSegments} would write the same
 * bytes, which the tests hold it to; but this is asked for each row of a store that is verified.
 *
 * <p>Used once, by one thread.
 */
final class CanonicalWalk {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] segment;
    private final int size;

    /** The word at which the next object must begin. */
    private int next = 1;

    private CanonicalWalk(byte[] segment) {
        this.segment = segment;
        this.size = segment.length / Long.BYTES;
    }

    static boolean isCanonical(byte[] segment) {
        int words = segment.length / Long.BYTES;
        if (segment.length % Long.BYTES != 0 || words == 0 || words > Canonical.WORDS) {
            return false;
        }
        CanonicalWalk walk = new CanonicalWalk(segment);
        long root = walk.word(0);
        boolean whole =
                root == 0 || (Canonical.kind(root) == Canonical.STRUCT && walk.struct(0, root, Canonical.DEPTH));
        return whole && walk.next == words;
    }

    private boolean pointer(int at, int depth) {
        if (depth <= 0) {
            return false;
        }
        long pointer = word(at);
        return switch (Canonical.kind(pointer)) {
            case Canonical.STRUCT -> pointer == 0 || struct(at, pointer, depth);
            case Canonical.LIST -> list(at, pointer, depth);
            default -> false; // Far pointers have no place in one segment, and capabilities none in what is stored.
        };
    }

    private boolean struct(int at, long pointer, int depth) {
        int data = Canonical.dataWords(pointer);
        int pointers = Canonical.pointerWords(pointer);
        if (data + pointers == 0) {
            return pointer == Canonical.structPointer(-1, 0, 0);
        }
        int to = next;
        return allot(data + pointers)
                && pointer == Canonical.structPointer(to - at - 1, data, pointers)
                && (data == 0 || word(to + data - 1) != 0)
                && (pointers == 0 || word(to + data + pointers - 1) != 0)
                && pointers(to + data, pointers, depth);
    }

    private boolean pointers(int from, int count, int depth) {
        for (int i = 0; i < count; i++) {
            if (!pointer(from + i, depth - 1)) {
                return false;
            }
        }
        return true;
    }

    private boolean list(int at, long pointer, int depth) {
        int elementSize = (int) (pointer >>> 32) & 7;
        int count = (int) (pointer >>> 35);
        int to = next;
        return pointer == Canonical.listPointer(to - at - 1, elementSize, count)
                && switch (elementSize) {
                    case Canonical.STRUCT_LIST -> structs(to, count, depth);
                    case Canonical.POINTER_LIST -> allot(count) && pointers(to, count, depth);
                    default -> flat((long) count * Canonical.ELEMENT_BITS[elementSize]);
                };
    }

    private boolean flat(long bits) {
        int spare = (int) (bits % Long.SIZE);
        return allot((bits + Long.SIZE - 1) / Long.SIZE) && (spare == 0 || word(next - 1) >>> spare == 0);
    }

    private boolean structs(int tagAt, int words, int depth) {
        if (!allot(1L + words)) {
            return false;
        }
        long tag = word(tagAt);
        int count = (int) tag >>> 2;
        int data = Canonical.dataWords(tag);
        int pointers = Canonical.pointerWords(tag);
        int each = data + pointers;
        if (tag != Canonical.structPointer(count, data, pointers)
                || count > Canonical.WORDS
                || (long) count * each != words
                || !areSmallest(tagAt + 1, count, data, pointers)) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            if (!pointers(tagAt + 1 + i * each + data, pointers, depth)) {
                return false;
            }
        }
        return true;
    }

    /** Whether some element needs the last data word, and some the last pointer. */
    private boolean areSmallest(int from, int count, int data, int pointers) {
        boolean dataUsed = data == 0;
        boolean pointersUsed = pointers == 0;
        int each = data + pointers;
        for (int i = 0; i < count && !(dataUsed && pointersUsed); i++) {
            int element = from + i * each;
            dataUsed |= word(element + Math.max(0, data - 1)) != 0;
            pointersUsed |= word(element + each - 1) != 0;
        }
        return dataUsed && pointersUsed;
    }

    private boolean allot(long words) {
        if (words > size - next) {
            return false;
        }
        next += (int) words;
        return true;
    }

    /** Only of words that were allotted. */
    private long word(int at) {
        return (long) LONGS.get(segment, at * Long.BYTES);
    }
}
