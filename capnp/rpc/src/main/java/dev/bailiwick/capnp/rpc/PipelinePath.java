package dev.bailiwick.capnp.rpc;

import java.util.Arrays;
import org.capnproto.AnyPointer;
import org.capnproto.DecodeException;
import org.capnproto.SegmentReader;
import org.capnproto.StructReader;

/**
 * The way from the root of some results to a capability in them: the pointer fields to follow, outermost first. The empty path
 * is the root itself.
 */
final class PipelinePath {
    static final PipelinePath ROOT = new PipelinePath(new int[0]);

    private final int[] fields;

    private PipelinePath(int[] fields) {
        this.fields = fields;
    }

    /** How many fields there are to follow. */
    int length() {
        return fields.length;
    }

    /** The pointer index of one of the fields. */
    int field(int position) {
        return fields[position];
    }

    /** This path, and then one pointer field more. */
    PipelinePath then(int field) {
        int[] longer = Arrays.copyOf(fields, fields.length + 1);
        longer[fields.length] = field;
        return new PipelinePath(longer);
    }

    /** The capability at the end of the path, as a fresh reference; broken if a field on the way is no struct. */
    ClientHook follow(Parcel parcel) {
        try {
            return end(parcel.content()).getAs(CapPointers::read);
        } catch (DecodeException malformed) {
            return new BrokenClient(RpcException.of(malformed));
        }
    }

    /** The index of the capability at the end of the path; -1 if there is none. */
    int index(AnyPointer.Reader root) {
        try {
            return end(root).getAs((segment, pointer, nesting) -> CapPointers.index(segment, pointer));
        } catch (DecodeException malformed) {
            return -1;
        }
    }

    private AnyPointer.Reader end(AnyPointer.Reader root) {
        AnyPointer.Reader pointer = root;
        for (int field : fields) {
            pointer = pointer.getAs(StructOfPointers.FACTORY).pointer(field);
        }
        return pointer;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PipelinePath path && Arrays.equals(fields, path.fields);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(fields);
    }

    @Override
    public String toString() {
        return Arrays.toString(fields);
    }

    /** Any struct, seen as its pointer section. */
    private static final class StructOfPointers extends StructReader {
        static final Factory FACTORY = new Factory();

        StructOfPointers(SegmentReader segment, int data, int pointers, int dataSize, short pointerCount, int nesting) {
            super(segment, data, pointers, dataSize, pointerCount, nesting);
        }

        AnyPointer.Reader pointer(int index) {
            return _getPointerField(AnyPointer.factory, index);
        }

        private static final class Factory extends ReadOnlyStructFactory<StructOfPointers> {
            @Override
            public StructOfPointers constructReader(
                    SegmentReader segment, int data, int pointers, int dataSize, short pointerCount, int nesting) {
                return new StructOfPointers(segment, data, pointers, dataSize, pointerCount, nesting);
            }
        }
    }
}
