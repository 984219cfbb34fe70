package dev.bailiwick.capnp.rpc;

import java.util.AbstractList;
import org.capnproto.AnyPointer;
import org.capnproto.ListBuilder;
import org.capnproto.ListReader;
import org.capnproto.PointerFactory;
import org.capnproto.SegmentBuilder;
import org.capnproto.SegmentReader;
import org.capnproto.SetPointerBuilder;
import org.capnproto.TextList;

/**
 * Lists whose elements the stock runtime does not know how to put into a list, such as {@code List(List(SomeInterface))} and
 * {@code List(AnyList)}.
 */
public final class PointerList {
    private PointerList() {}

    /** Reads and writes fields that are lists of one type. */
    public static final class Factory<B, R>
            implements PointerFactory<Builder<B, R>, Reader<R>>,
                    SetPointerBuilder<Builder<B, R>, Reader<R>>,
                    ListBuilder.Factory<Builder<B, R>>,
                    ListReader.Factory<Reader<R>> {
        private final PointerType<B, R> elements;

        /** Lists of that type. */
        public Factory(PointerType<B, R> elements) {
            this.elements = elements;
        }

        @Override
        public Reader<R> constructReader(
                SegmentReader segment,
                int firstByte,
                int elementCount,
                int stepBits,
                int dataBits,
                short pointerCount,
                int nestingLimit) {
            return new Reader<>(
                    elements, PointerSpan.of(segment, firstByte, elementCount, stepBits, dataBits), nestingLimit);
        }

        @Override
        public Builder<B, R> constructBuilder(
                SegmentBuilder segment,
                int firstByte,
                int elementCount,
                int stepBits,
                int dataBits,
                short pointerCount) {
            return new Builder<>(elements, PointerSpan.of(segment, firstByte, elementCount, stepBits, dataBits));
        }

        @Override
        public Reader<R> fromPointerReader(SegmentReader segment, int pointer, int nestingLimit) {
            return new Reader<>(elements, PointerSpan.of(segment, pointer), nestingLimit - 1);
        }

        @Override
        public Builder<B, R> fromPointerBuilder(SegmentBuilder segment, int pointer) {
            return new Builder<>(elements, PointerSpan.of(segment, pointer));
        }

        @Override
        public Builder<B, R> initFromPointerBuilder(SegmentBuilder segment, int pointer, int elementCount) {
            DeepCopy.clear(segment, pointer);
            TextList.factory.initFromPointerBuilder(
                    segment, pointer, elementCount); // a list of pointers like any other
            return fromPointerBuilder(segment, pointer);
        }

        @Override
        public void setPointerBuilder(SegmentBuilder segment, int pointer, Reader<R> value) {
            Builder<B, R> copy = initFromPointerBuilder(segment, pointer, value.size());
            for (int i = 0; i < value.size(); i++) {
                DeepCopy.pointer(
                        copy.span.builder(),
                        copy.span.word(i),
                        new AnyPointer.Reader(value.span.segment(), value.span.word(i), value.nestingLimit));
            }
        }
    }

    /** A list to read. */
    public static final class Reader<R> extends AbstractList<R> {
        private final PointerFactory<?, R> elements;
        private final PointerSpan span;
        private final int nestingLimit;

        private Reader(PointerFactory<?, R> elements, PointerSpan span, int nestingLimit) {
            this.elements = elements;
            this.span = span;
            this.nestingLimit = nestingLimit;
        }

        @Override
        public R get(int index) {
            return elements.fromPointerReader(span.segment(), span.word(index), nestingLimit);
        }

        @Override
        public int size() {
            return span.count();
        }
    }

    /** A list to fill; its elements are null at first. */
    public static final class Builder<B, R> {
        private final PointerType<B, R> elements;
        private final PointerSpan span;

        private Builder(PointerType<B, R> elements, PointerSpan span) {
            this.elements = elements;
            this.span = span;
        }

        /** The number of elements. */
        public int size() {
            return span.count();
        }

        /** An element, to build on. */
        public B get(int index) {
            return elements.fromPointerBuilder(span.builder(), span.word(index));
        }

        /** Sets an element to a copy of the value, which shares the capabilities in it. */
        public void set(int index, R value) {
            elements.setPointerBuilder(span.builder(), span.word(index), value);
        }

        /** An element anew: of so many elements itself if it is a list. */
        public B init(int index, int size) {
            DeepCopy.clear(span.builder(), span.word(index));
            return elements.initFromPointerBuilder(span.builder(), span.word(index), size);
        }

        /** The list as a reader. */
        public Reader<R> asReader() {
            return new Reader<>(elements, span, Integer.MAX_VALUE);
        }
    }
}
