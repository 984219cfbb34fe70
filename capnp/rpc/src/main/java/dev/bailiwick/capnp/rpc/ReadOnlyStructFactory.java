package dev.bailiwick.capnp.rpc;

import org.capnproto.SegmentBuilder;
import org.capnproto.StructBuilder;
import org.capnproto.StructFactory;
import org.capnproto.StructReader;
import org.capnproto.StructSize;

/** A struct type that is only ever read. */
abstract class ReadOnlyStructFactory<R extends StructReader> extends StructFactory<StructBuilder, R> {
    @Override
    public StructBuilder constructBuilder(
            SegmentBuilder segment, int data, int pointers, int dataSize, short pointerCount) {
        throw new UnsupportedOperationException("this struct type is read only");
    }

    @Override
    public StructSize structSize() {
        return new StructSize((short) 0, (short) 0);
    }

    @Override
    public R asReader(StructBuilder builder) {
        throw new UnsupportedOperationException("this struct type is read only");
    }
}
