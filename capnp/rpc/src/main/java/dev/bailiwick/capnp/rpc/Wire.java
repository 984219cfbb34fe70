package dev.bailiwick.capnp.rpc;

/**
 * The bits of a Cap'n Proto pointer word (encoding specification, sections "Structs", "Lists", "Inter-Segment Pointers" and
 * "Capabilities"). The runtime keeps its own reader of them to itself, so the parts that know capabilities restate it.
 *
 * <pre>
 *  struct  [ 2: 0 ][ 30: signed offset   ][ 16: data words ][ 16: pointers  ]
 *  list    [ 2: 1 ][ 30: signed offset   ][  3: size       ][ 29: count     ]
 *  far     [ 2: 2 ][ 1: double ][ 29: pad word             ][ 32: segment   ]
 *  other   [ 2: 3 ][ 30: zero for a capability             ][ 32: cap index ]
 * </pre>
 */
final class Wire {
    static final int STRUCT = 0;
    static final int LIST = 1;
    static final int FAR = 2;
    static final int OTHER = 3;

    static final int VOID = 0;
    static final int BIT = 1;
    static final int POINTER = 6;
    static final int COMPOSITE = 7;

    /** The deepest nesting a message may have, as in the C++ implementation's default. */
    static final int NESTING_LIMIT = 64;

    private static final int[] ELEMENT_BITS = {0, 1, 8, 16, 32, 64, 64, 0};

    private Wire() {}

    static int kind(long ref) {
        return (int) ref & 3;
    }

    static int offset(long ref) {
        return (int) ref >> 2;
    }

    static int structData(long ref) {
        return (int) (ref >>> 32) & 0xffff;
    }

    static int structPointers(long ref) {
        return (int) (ref >>> 48);
    }

    static int structWords(long ref) {
        return structData(ref) + structPointers(ref);
    }

    static int listSize(long ref) {
        return (int) (ref >>> 32) & 7;
    }

    static int listCount(long ref) {
        return (int) (ref >>> 35);
    }

    /** Words taken by the elements of a list that is not composite. */
    static int listWords(int size, int count) {
        return (int) (((long) count * ELEMENT_BITS[size] + 63) >>> 6);
    }

    /** Elements of a composite list, from its tag word. */
    static int compositeCount(long tag) {
        return (int) tag >>> 2;
    }

    static boolean isDoubleFar(long ref) {
        return (ref & 4) != 0;
    }

    static int farPad(long ref) {
        return (int) ref >>> 3;
    }

    static int farSegment(long ref) {
        return (int) (ref >>> 32);
    }

    static boolean isCapability(long ref) {
        return (int) ref == OTHER;
    }

    static int capabilityIndex(long ref) {
        return (int) (ref >>> 32);
    }

    static long capability(int index) {
        return ((long) index << 32) | OTHER;
    }

    static long struct(int offset, int dataWords, int pointers) {
        return ((long) pointers << 48) | ((long) dataWords << 32) | low(offset, STRUCT);
    }

    static long list(int offset, int size, int count) {
        return ((long) count << 35) | ((long) size << 32) | low(offset, LIST);
    }

    static long compositeTag(int count, int dataWords, int pointers) {
        return struct(count, dataWords, pointers);
    }

    static long far(int segment, int pad) {
        return ((long) segment << 32) | (((long) pad << 3) & 0xffffffffL) | FAR;
    }

    private static long low(int offset, int kind) {
        return ((long) (offset << 2) & 0xffffffffL) | kind;
    }
}
