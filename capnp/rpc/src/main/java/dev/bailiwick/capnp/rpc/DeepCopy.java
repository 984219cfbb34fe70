package dev.bailiwick.capnp.rpc;

import java.util.function.UnaryOperator;
import org.capnproto.AnyPointer;
import org.capnproto.BuilderArena;
import org.capnproto.DecodeException;
import org.capnproto.ListList;
import org.capnproto.SegmentBuilder;
import org.capnproto.SegmentReader;
import org.capnproto.SetPointerBuilder;
import org.capnproto.StructList;
import org.jspecify.annotations.Nullable;

/**
 * Copies and clears objects that may contain capabilities. The stock runtime does both for plain data only: its copy throws on
 * a capability pointer, and its clear forgets the reference behind one. Generated setters of structs with capabilities come
 * here instead.
 *
 * <p>A copied capability is shared: the target message takes a reference of its own. A cleared one is given back.
 */
public final class DeepCopy {
    private DeepCopy() {}

    /**
     * Makes a pointer of the target refer to a copy of what the source refers to.
     *
     * @throws DecodeException if the source is malformed or nested deeper than 64
     * @throws IllegalStateException if the source holds capabilities and the target cannot carry any
     */
    public static void pointer(SegmentBuilder target, int targetPointer, AnyPointer.Reader source) {
        source.getAs((segment, pointer, nestingLimit) -> {
            new Copy(Tables.of(segment), Tables.of(target), ClientHook::addRef)
                    .pointer(target, targetPointer, segment, pointer, Wire.NESTING_LIMIT);
            return target;
        });
    }

    /**
     * Makes a pointer of the target refer to a copy of a struct, given as a struct reader's constructor takes it: the byte where
     * its data begins, the word where its pointers begin, its data size in bits, and its pointer count.
     *
     * @throws DecodeException if the source is malformed or nested deeper than 64
     * @throws IllegalStateException if the source holds capabilities and the target cannot carry any
     */
    public static void struct(
            SegmentBuilder target,
            int targetPointer,
            SegmentReader source,
            int data,
            int pointers,
            int dataSize,
            short pointerCount) {
        new Copy(Tables.of(source), Tables.of(target), ClientHook::addRef)
                .struct(
                        target,
                        targetPointer,
                        source,
                        data,
                        dataSize,
                        pointers,
                        Short.toUnsignedInt(pointerCount),
                        Wire.NESTING_LIMIT);
    }

    /**
     * Makes a pointer of the target refer to a copy of a list, elements that hold capabilities included.
     *
     * @throws DecodeException if the source is malformed or nested deeper than 64
     * @throws IllegalStateException if the source holds capabilities and the target cannot carry any
     */
    public static <R> void list(SegmentBuilder target, int targetPointer, SetPointerBuilder<?, R> factory, R source) {
        if (!value(target, targetPointer, source)) {
            clear(target, targetPointer);
            factory.setPointerBuilder(target, targetPointer, source);
        }
    }

    /** Copies a value of any pointer type, if it is of a kind that can hold capabilities; else does nothing and says so. */
    static boolean value(SegmentBuilder target, int targetPointer, Object source) {
        switch (source) {
            case CarrierReader struct -> struct.copyTo(target, targetPointer);
            case AnyPointer.Reader any -> pointer(target, targetPointer, any);
            case StructList.Reader<?> list when carries(list) -> structs(target, targetPointer, list);
            case ListList.Reader<?> lists when carries(lists) -> lists(target, targetPointer, lists);
            default -> { // text, data, lists of plain data, and what has a factory that knows better
                return false;
            }
        }
        return true;
    }

    private static boolean carries(Object value) {
        return switch (value) {
            case StructList.Reader<?> list -> list.size() > 0 && list.get(0) instanceof CarrierReader;
            case ListList.Reader<?> lists -> {
                for (int i = 0; i < lists.size(); i++) {
                    if (carries(lists.get(i))) {
                        yield true;
                    }
                }
                yield false;
            }
            default -> false; // any other kind of value
        };
    }

    private static void structs(SegmentBuilder target, int targetPointer, StructList.Reader<?> list) {
        clear(target, targetPointer);
        if (list.size() == 0) {
            Place place = Place.allocate(target, targetPointer, 1);
            place.describe(Wire.list(place.offset(), Wire.COMPOSITE, 0));
            return;
        }
        CarrierReader first = (CarrierReader) list.get(0);
        int data = first.dataWords();
        int pointers = first.pointerWords();
        int step = data + pointers;
        Place place = Place.allocate(target, targetPointer, list.size() * step + 1);
        place.describe(Wire.list(place.offset(), Wire.COMPOSITE, list.size() * step));
        place.segment.put(place.word, Wire.compositeTag(list.size(), data, pointers));
        Copy copy = first.copyInto(target);
        for (int i = 0; i < list.size(); i++) {
            ((CarrierReader) list.get(i)).copyBody(copy, place.segment, place.word + 1 + i * step);
        }
    }

    private static void lists(SegmentBuilder target, int targetPointer, ListList.Reader<?> lists) {
        clear(target, targetPointer);
        Place place = Place.allocate(target, targetPointer, lists.size());
        place.describe(Wire.list(place.offset(), Wire.POINTER, lists.size()));
        for (int i = 0; i < lists.size(); i++) {
            switch (lists.get(i)) {
                case StructList.Reader<?> list -> structs(place.segment, place.word + i, list);
                case ListList.Reader<?> list -> lists(place.segment, place.word + i, list);
                default -> throw new IllegalStateException("a list of lists has elements of two kinds");
            }
        }
    }

    static Copy copy(SegmentReader source, SegmentBuilder target) {
        return new Copy(Tables.of(source), Tables.of(target), ClientHook::addRef);
    }

    /** Copies a parcel's content into a draft, with each capability replaced by what the function makes of it. */
    static void content(Draft target, Parcel source, UnaryOperator<ClientHook> function) {
        new Copy(source.capsIfAny(), target.caps(), function)
                .pointer(
                        target.first(),
                        target.contentWord(),
                        source.contentSegment(),
                        source.contentWord(),
                        Wire.NESTING_LIMIT);
    }

    /** Sets a pointer to null: gives back the capabilities below it and overwrites the objects with zeros. */
    public static void clear(SegmentBuilder segment, int pointer) {
        long ref = segment.get(pointer);
        if (ref == 0) {
            return;
        }
        if (Wire.isCapability(ref)) {
            CapTable table = Tables.of(segment);
            if (table != null) {
                table.drop(Wire.capabilityIndex(ref));
            }
        } else if (Wire.kind(ref) == Wire.FAR) {
            SegmentBuilder padSegment = segment.getArena().getSegment(Wire.farSegment(ref));
            int pad = Wire.farPad(ref);
            long first = padSegment.get(pad);
            if (Wire.isDoubleFar(ref)) {
                clearObject(
                        segment.getArena().getSegment(Wire.farSegment(first)),
                        Wire.farPad(first),
                        padSegment.get(pad + 1));
                padSegment.put(pad + 1, 0);
            } else {
                clearObject(padSegment, pad + 1 + Wire.offset(first), first);
            }
            padSegment.put(pad, 0);
        } else {
            clearObject(segment, pointer + 1 + Wire.offset(ref), ref);
        }
        segment.put(pointer, 0);
    }

    private static void clearObject(SegmentBuilder segment, int word, long tag) {
        if (Wire.kind(tag) == Wire.STRUCT) {
            clearStruct(segment, word, tag);
            return;
        }
        int count = Wire.listCount(tag);
        switch (Wire.listSize(tag)) {
            case Wire.POINTER -> {
                for (int i = 0; i < count; i++) {
                    clear(segment, word + i);
                }
            }
            case Wire.COMPOSITE -> {
                long element = segment.get(word);
                int elements = Wire.compositeCount(element);
                for (int i = 0; i < elements; i++) {
                    clearStruct(segment, word + 1 + i * Wire.structWords(element), element);
                }
                segment.put(word, 0);
            }
            default -> zero(segment, word, Wire.listWords(Wire.listSize(tag), count));
        }
    }

    private static void clearStruct(SegmentBuilder segment, int word, long tag) {
        int data = Wire.structData(tag);
        zero(segment, word, data);
        for (int i = 0; i < Wire.structPointers(tag); i++) {
            clear(segment, word + data + i);
        }
    }

    private static void zero(SegmentBuilder segment, int word, int words) {
        for (int i = 0; i < words; i++) {
            segment.put(word + i, 0);
        }
    }

    /** Where an object was found, behind any far pointers, and the word that describes it. */
    record Found(SegmentReader segment, int word, long tag) {}

    /** One copy from a message to another. */
    record Copy(@Nullable CapTable from, @Nullable CapTable to, UnaryOperator<ClientHook> function) {
        void pointer(SegmentBuilder target, int targetPointer, SegmentReader source, int sourcePointer, int nesting) {
            clear(target, targetPointer);
            long ref = source.get(sourcePointer);
            if (ref == 0) {
                return;
            }
            if (Wire.kind(ref) == Wire.OTHER) {
                capability(target, targetPointer, ref);
                return;
            }
            if (nesting <= 0) {
                throw new DecodeException("message is nested deeper than " + Wire.NESTING_LIMIT);
            }
            Found found = follow(source, sourcePointer, ref);
            if (found == null) {
                // A reader of someone else's: it has no capabilities, and its arena only the runtime can follow.
                AnyPointer.factory.setPointerBuilder(
                        target, targetPointer, new AnyPointer.Reader(source, sourcePointer, nesting));
                return;
            }
            long tag = found.tag();
            switch (Wire.kind(tag)) {
                case Wire.STRUCT -> {
                    int data = Wire.structData(tag);
                    struct(
                            target,
                            targetPointer,
                            found.segment(),
                            found.word() * 8,
                            data * 64,
                            found.word() + data,
                            Wire.structPointers(tag),
                            nesting);
                }
                case Wire.LIST -> list(target, targetPointer, found, nesting);
                default -> throw new DecodeException("message has a far pointer that leads to no object");
            }
        }

        private void capability(SegmentBuilder target, int targetPointer, long ref) {
            ClientHook hook = Wire.isCapability(ref) && from != null ? from.get(Wire.capabilityIndex(ref)) : null;
            if (hook == null) {
                hook = BrokenClient.of("copied a capability that was not sent with its message");
            }
            if (to == null) {
                throw new IllegalStateException(
                        "the target cannot carry capabilities; build it as the parameters or results of a call");
            }
            target.put(targetPointer, Wire.capability(to.add(function.apply(hook))));
        }

        void struct(
                SegmentBuilder target,
                int targetPointer,
                SegmentReader source,
                int dataByte,
                int dataBits,
                int pointers,
                int pointerCount,
                int nesting) {
            clear(target, targetPointer);
            int dataWords = (dataBits + 63) >>> 6;
            int words = dataWords + pointerCount;
            if (words == 0) {
                target.put(targetPointer, Wire.struct(-1, 0, 0));
                return;
            }
            Place place = Place.allocate(target, targetPointer, words);
            place.describe(Wire.struct(place.offset(), dataWords, pointerCount));
            body(place.segment, place.word, source, dataByte, dataBits, pointers, pointerCount, nesting);
        }

        /** Copies what a struct consists of to words that are zero. */
        void body(
                SegmentBuilder target,
                int word,
                SegmentReader source,
                int dataByte,
                int dataBits,
                int pointers,
                int pointerCount,
                int nesting) {
            target.buffer.put(word * 8, source.buffer, dataByte, dataBits >>> 3);
            int dataWords = (dataBits + 63) >>> 6;
            for (int i = 0; i < pointerCount; i++) {
                pointer(target, word + dataWords + i, source, pointers + i, nesting - 1);
            }
        }

        private void list(SegmentBuilder target, int targetPointer, Found found, int nesting) {
            int size = Wire.listSize(found.tag());
            int count = Wire.listCount(found.tag());
            switch (size) {
                case Wire.POINTER -> {
                    Place place = Place.allocate(target, targetPointer, count);
                    place.describe(Wire.list(place.offset(), size, count));
                    for (int i = 0; i < count; i++) {
                        pointer(place.segment, place.word + i, found.segment(), found.word() + i, nesting - 1);
                    }
                }
                case Wire.COMPOSITE -> composite(target, targetPointer, found, nesting);
                default -> {
                    int words = Wire.listWords(size, count);
                    Place place = Place.allocate(target, targetPointer, words);
                    place.describe(Wire.list(place.offset(), size, count));
                    place.segment.buffer.put(place.word * 8, found.segment().buffer, found.word() * 8, words * 8);
                }
            }
        }

        private void composite(SegmentBuilder target, int targetPointer, Found found, int nesting) {
            SegmentReader source = found.segment();
            long tag = source.get(found.word());
            int elements = Wire.compositeCount(tag);
            int step = Wire.structWords(tag);
            int data = Wire.structData(tag);
            int words = elements * step;
            Place place = Place.allocate(target, targetPointer, words + 1);
            place.describe(Wire.list(place.offset(), Wire.COMPOSITE, words));
            place.segment.put(place.word, tag);
            int from = found.word() + 1;
            int to = place.word + 1;
            for (int i = 0; i < elements; i++) {
                place.segment.buffer.put(to * 8, source.buffer, from * 8, data * 8);
                for (int j = data; j < step; j++) {
                    pointer(place.segment, to + j, source, from + j, nesting - 1);
                }
                from += step;
                to += step;
            }
        }
    }

    /** The object a pointer leads to; null if it lies in an arena we cannot follow. */
    static @Nullable Found follow(SegmentReader segment, int pointer, long ref) {
        if (Wire.kind(ref) != Wire.FAR) {
            return segment instanceof MessageView.Segment || segment instanceof SegmentBuilder
                    ? new Found(segment, pointer + 1 + Wire.offset(ref), ref)
                    : null;
        }
        SegmentReader padSegment = sibling(segment, Wire.farSegment(ref));
        if (padSegment == null) {
            return null;
        }
        int pad = Wire.farPad(ref);
        long first = padSegment.get(pad);
        if (!Wire.isDoubleFar(ref)) {
            return new Found(padSegment, pad + 1 + Wire.offset(first), first);
        }
        SegmentReader body = sibling(segment, Wire.farSegment(first));
        return body == null ? null : new Found(body, Wire.farPad(first), padSegment.get(pad + 1));
    }

    private static @Nullable SegmentReader sibling(SegmentReader segment, int id) {
        return switch (segment) {
            case MessageView.Segment ours -> ours.view().tryGetSegment(id);
            case SegmentBuilder builder -> builder.getArena().getSegment(id);
            default -> null;
        };
    }

    /** Fresh words for an object, and the pointer that shall describe it: the given one, or a landing pad it leads to. */
    private static final class Place {
        final SegmentBuilder segment;
        final int word;
        private final int pointer;

        private Place(SegmentBuilder segment, int word, int pointer) {
            this.segment = segment;
            this.word = word;
            this.pointer = pointer;
        }

        static Place allocate(SegmentBuilder segment, int pointer, int words) {
            int word = segment.allocate(words);
            if (word != SegmentBuilder.FAILED_ALLOCATION) {
                return new Place(segment, word, pointer);
            }
            BuilderArena.AllocateResult pad = segment.getArena().allocate(words + 1);
            segment.put(pointer, Wire.far(pad.segment.id, pad.offset));
            return new Place(pad.segment, pad.offset + 1, pad.offset);
        }

        int offset() {
            return word - pointer - 1;
        }

        void describe(long tag) {
            segment.put(pointer, tag);
        }
    }
}
