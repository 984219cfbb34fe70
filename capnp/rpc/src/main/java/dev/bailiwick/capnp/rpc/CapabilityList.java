package dev.bailiwick.capnp.rpc;

import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import org.capnproto.DecodeException;
import org.capnproto.ListBuilder;
import org.capnproto.ListReader;
import org.capnproto.PointerFactory;
import org.capnproto.SegmentBuilder;
import org.capnproto.SegmentReader;
import org.capnproto.SetPointerBuilder;
import org.capnproto.TextList;

/** Lists of capabilities, as generated code uses them for fields of type {@code List(SomeInterface)}. */
public final class CapabilityList {
    private CapabilityList() {}

    /** Reads and writes fields that are lists of one interface's capabilities. */
    public static final class Factory<T extends CapabilityClient>
            implements PointerFactory<Builder<T>, Reader<T>>,
                    SetPointerBuilder<Builder<T>, Reader<T>>,
                    ListBuilder.Factory<Builder<T>>,
                    ListReader.Factory<Reader<T>> {
        private final CapabilityFactory<T> elements;

        /** Lists of that interface's clients. */
        public Factory(CapabilityFactory<T> elements) {
            this.elements = elements;
        }

        @Override
        public Reader<T> constructReader(
                SegmentReader segment,
                int firstByte,
                int elementCount,
                int stepBits,
                int dataBits,
                short pointerCount,
                int nestingLimit) {
            return new Reader<>(elements, Span.of(segment, firstByte, elementCount, stepBits, dataBits));
        }

        @Override
        public Builder<T> constructBuilder(
                SegmentBuilder segment,
                int firstByte,
                int elementCount,
                int stepBits,
                int dataBits,
                short pointerCount) {
            return new Builder<>(elements, Span.of(segment, firstByte, elementCount, stepBits, dataBits));
        }

        @Override
        public Reader<T> fromPointerReader(SegmentReader segment, int pointer, int nestingLimit) {
            return new Reader<>(elements, Span.of(segment, pointer));
        }

        @Override
        public Builder<T> fromPointerBuilder(SegmentBuilder segment, int pointer) {
            return new Builder<>(elements, Span.of(segment, pointer));
        }

        @Override
        public Builder<T> initFromPointerBuilder(SegmentBuilder segment, int pointer, int elementCount) {
            DeepCopy.clear(segment, pointer);
            TextList.factory.initFromPointerBuilder(
                    segment, pointer, elementCount); // a list of pointers like any other
            return fromPointerBuilder(segment, pointer);
        }

        @Override
        public void setPointerBuilder(SegmentBuilder segment, int pointer, Reader<T> value) {
            Builder<T> copy = initFromPointerBuilder(segment, pointer, value.size());
            for (int i = 0; i < value.size(); i++) {
                try (T element = value.get(i)) {
                    copy.set(i, element);
                }
            }
        }
    }

    /** A list to read. Each element got is a client of its own, which the caller closes. */
    public static final class Reader<T extends CapabilityClient> extends AbstractList<T> {
        private final CapabilityFactory<T> elements;
        private final Span span;

        private Reader(CapabilityFactory<T> elements, Span span) {
            this.elements = elements;
            this.span = span;
        }

        @Override
        public T get(int index) {
            Objects.checkIndex(index, span.count);
            return elements.client(CapPointers.read(span.segment, span.first + index * span.step));
        }

        @Override
        public int size() {
            return span.count;
        }
    }

    /** A list to fill; its elements are null capabilities at first. */
    public static final class Builder<T extends CapabilityClient> {
        private final CapabilityFactory<T> elements;
        private final Span span;

        private Builder(CapabilityFactory<T> elements, Span span) {
            this.elements = elements;
            this.span = span;
        }

        /** The number of elements. */
        public int size() {
            return span.count;
        }

        /** An element, as a client of its own that the caller closes. */
        public T get(int index) {
            Objects.checkIndex(index, span.count);
            return elements.client(CapPointers.read(span.segment, span.first + index * span.step));
        }

        /** Sets an element; the client remains the caller's to close. */
        public void set(int index, T value) {
            Objects.checkIndex(index, span.count);
            CapPointers.write((SegmentBuilder) span.segment, span.first + index * span.step, value.hook());
        }

        /** The list as a reader. */
        public List<T> asReader() {
            return new Reader<>(elements, span);
        }
    }

    /** Where a list's pointers lie: in a row, or one in each struct of a list that a newer schema turned into structs. */
    private static final class Span {
        final SegmentReader segment;
        final int first;
        final int step;
        final int count;

        private Span(SegmentReader segment, int first, int step, int count) {
            this.segment = segment;
            this.first = first;
            this.step = step;
            this.count = count;
        }

        static Span of(SegmentReader segment, int firstByte, int count, int stepBits, int dataBits) {
            return new Span(segment, (firstByte + dataBits / 8) / 8, stepBits / 64, count);
        }

        static Span of(SegmentReader segment, int pointer) {
            long ref = segment.get(pointer);
            if (ref == 0) {
                return new Span(segment, 0, 0, 0);
            }
            DeepCopy.Found found = DeepCopy.follow(segment, pointer, ref);
            if (found == null || Wire.kind(found.tag()) != Wire.LIST) {
                throw new DecodeException("message holds something else where a list of capabilities was expected");
            }
            int size = Wire.listSize(found.tag());
            if (size == Wire.POINTER) {
                return new Span(found.segment(), found.word(), 1, Wire.listCount(found.tag()));
            }
            long tag = size == Wire.COMPOSITE ? found.segment().get(found.word()) : 0;
            if (Wire.structPointers(tag) == 0) {
                throw new DecodeException("message holds a list without pointers where capabilities were expected");
            }
            return new Span(
                    found.segment(),
                    found.word() + 1 + Wire.structData(tag),
                    Wire.structWords(tag),
                    Wire.compositeCount(tag));
        }
    }
}
