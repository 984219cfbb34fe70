package dev.bailiwick.capnp.rpc;

import org.capnproto.AnyPointer;
import org.capnproto.Data;
import org.capnproto.ListBuilder;
import org.capnproto.PointerFactory;
import org.capnproto.SegmentBuilder;
import org.capnproto.SegmentReader;
import org.capnproto.SetPointerBuilder;
import org.capnproto.Text;

/**
 * What a type parameter of a generic struct or interface stands for: it reads, builds and sets fields of that type. Generated
 * code takes one for each parameter, for example {@code Box.factory(PointerType.TEXT)} for {@code Box(Text)} or
 * {@code Box.factory(PointerType.of(Person.factory))} for {@code Box(Person)}.
 *
 * @param <B> the type's builder
 * @param <R> the type's reader
 */
public final class PointerType<B, R> implements PointerFactory<B, R>, SetPointerBuilder<B, R> {
    /** {@code Text}. */
    public static final PointerType<Text.Builder, Text.Reader> TEXT = of(Text.factory);

    /** {@code Data}. */
    public static final PointerType<Data.Builder, Data.Reader> DATA = of(Data.factory);

    /** {@code AnyPointer}; what a parameter stands for where a schema does not say. */
    public static final PointerType<AnyPointer.Builder, AnyPointer.Reader> ANY = of(AnyPointer.factory);

    private final PointerFactory<B, R> places;
    private final SetPointerBuilder<B, R> setter;

    private PointerType(PointerFactory<B, R> places, SetPointerBuilder<B, R> setter) {
        this.places = places;
        this.setter = setter;
    }

    /** The type of a struct, list or capability, by its factory. */
    public static <B, R, F extends PointerFactory<B, R> & SetPointerBuilder<B, R>> PointerType<B, R> of(F factory) {
        return new PointerType<>(factory, factory);
    }

    @Override
    public R fromPointerReader(SegmentReader segment, int pointer, int nestingLimit) {
        return places.fromPointerReader(segment, pointer, nestingLimit);
    }

    @Override
    public B fromPointerBuilder(SegmentBuilder segment, int pointer) {
        if (segment.get(pointer) == 0 && places instanceof ListBuilder.Factory<?> lists) {
            // The runtime has no builder for a list that is not there; an empty one says as much.
            @SuppressWarnings("unchecked") // a list's factory makes the same builder from a place as from a pointer
            B empty = (B) lists.constructBuilder(segment, 0, 0, 0, 0, (short) 0);
            return empty;
        }
        return places.fromPointerBuilder(segment, pointer);
    }

    /** Makes a field anew; the capabilities that were in it are given back. */
    @Override
    public B initFromPointerBuilder(SegmentBuilder segment, int pointer, int elementCount) {
        DeepCopy.clear(segment, pointer);
        return places.initFromPointerBuilder(segment, pointer, elementCount);
    }

    /** Sets a field to a copy of the value, which shares the capabilities in it. */
    @Override
    public void setPointerBuilder(SegmentBuilder segment, int pointer, R value) {
        if (!DeepCopy.value(segment, pointer, value)) {
            DeepCopy.clear(segment, pointer);
            setter.setPointerBuilder(segment, pointer, value);
        }
    }
}
