package dev.bailiwick.capnp.rpc;

import java.util.AbstractList;
import java.util.List;
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
            return new Reader<>(elements, PointerSpan.of(segment, firstByte, elementCount, stepBits, dataBits));
        }

        @Override
        public Builder<T> constructBuilder(
                SegmentBuilder segment,
                int firstByte,
                int elementCount,
                int stepBits,
                int dataBits,
                short pointerCount) {
            return new Builder<>(elements, PointerSpan.of(segment, firstByte, elementCount, stepBits, dataBits));
        }

        @Override
        public Reader<T> fromPointerReader(SegmentReader segment, int pointer, int nestingLimit) {
            return new Reader<>(elements, PointerSpan.of(segment, pointer));
        }

        @Override
        public Builder<T> fromPointerBuilder(SegmentBuilder segment, int pointer) {
            return new Builder<>(elements, PointerSpan.of(segment, pointer));
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
        private final PointerSpan span;

        private Reader(CapabilityFactory<T> elements, PointerSpan span) {
            this.elements = elements;
            this.span = span;
        }

        @Override
        public T get(int index) {
            return elements.client(CapPointers.read(span.segment(), span.word(index)));
        }

        @Override
        public int size() {
            return span.count();
        }
    }

    /** A list to fill; its elements are null capabilities at first. */
    public static final class Builder<T extends CapabilityClient> {
        private final CapabilityFactory<T> elements;
        private final PointerSpan span;

        private Builder(CapabilityFactory<T> elements, PointerSpan span) {
            this.elements = elements;
            this.span = span;
        }

        /** The number of elements. */
        public int size() {
            return span.count();
        }

        /** An element, as a client of its own that the caller closes. */
        public T get(int index) {
            return elements.client(CapPointers.read(span.segment(), span.word(index)));
        }

        /** Sets an element; the client remains the caller's to close. */
        public void set(int index, T value) {
            CapPointers.write(span.builder(), span.word(index), value.hook());
        }

        /** The list as a reader. */
        public List<T> asReader() {
            return new Reader<>(elements, span);
        }
    }
}
