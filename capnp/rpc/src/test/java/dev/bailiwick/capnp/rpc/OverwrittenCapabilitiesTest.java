package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.capnp.rpc.generics.Box;
import dev.bailiwick.capnp.rpc.kinds.Kinds;
import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.capnproto.MessageBuilder;
import org.capnproto.StructList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written over in a message gives its capabilities back at once, not when the message ends. */
class OverwrittenCapabilitiesTest {
    /** A place in a message, how a capability gets there, and how something else does. */
    record Place(String name, BiConsumer<Kinds.Builder, Counter.Client> put, Consumer<Kinds.Builder> overwrite) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Place> places() {
        return Stream.of(
                new Place(
                        "a struct, made anew",
                        (kinds, counter) -> kinds.initSelf().setCounter(counter),
                        Kinds.Builder::initSelf),
                new Place(
                        "a struct, set",
                        (kinds, counter) -> kinds.initSelf().setCounter(counter),
                        kinds -> kinds.setSelf(
                                new MessageBuilder().initRoot(Kinds.factory).asReader())),
                new Place(
                        "a list of capabilities, made anew",
                        (kinds, counter) -> kinds.initCounters(3).set(1, counter),
                        kinds -> kinds.initCounters(1)),
                new Place(
                        "a list of structs, made anew",
                        (kinds, counter) -> kinds.initSelves(2).get(1).setCounter(counter),
                        kinds -> kinds.initSelves(2)),
                new Place(
                        "a list of structs, set to one without elements",
                        (kinds, counter) -> kinds.initSelves(2).get(1).setCounter(counter),
                        kinds -> kinds.setSelves(noKinds())),
                new Place(
                        "an AnyPointer, made anew",
                        (kinds, counter) -> kinds.initAny().initAs(Slot.factory).setCounter(counter),
                        Kinds.Builder::initAny),
                new Place(
                        "a union's AnyPointer, overwritten by text at the same place",
                        (kinds, counter) ->
                                kinds.initAnything().initAs(Slot.factory).setCounter(counter),
                        kinds -> kinds.setWord("word")),
                new Place(
                        "a union's AnyPointer, overwritten by new text at the same place",
                        (kinds, counter) ->
                                kinds.initAnything().initAs(Slot.factory).setCounter(counter),
                        kinds -> kinds.initWord(8)),
                new Place(
                        "a union's AnyPointer, overwritten by a group of plain data at the same place",
                        (kinds, counter) ->
                                kinds.initAnything().initAs(Slot.factory).setCounter(counter),
                        Kinds.Builder::initBoth),
                new Place(
                        "a group with a capability, made anew",
                        (kinds, counter) -> kinds.getNamed().setSecond(counter),
                        Kinds.Builder::initNamed),
                new Place(
                        "a type parameter, made anew",
                        (kinds, counter) -> box(kinds).setValue(slotWith(counter)),
                        kinds -> kinds.getAny().getAs(BOXES).initValue()),
                new Place(
                        "a type parameter, set",
                        (kinds, counter) -> box(kinds).setValue(slotWith(counter)),
                        kinds -> kinds.getAny()
                                .getAs(BOXES)
                                .setValue(new MessageBuilder()
                                        .initRoot(Slot.factory)
                                        .asReader())));
    }

    private static final Box.Factory<Slot.Builder, Slot.Reader> BOXES = Box.factory(PointerType.of(Slot.factory));

    private static Box.Builder<Slot.Builder, Slot.Reader> box(Kinds.Builder kinds) {
        return kinds.initAny().initAs(BOXES);
    }

    private static Slot.Reader slotWith(Counter.Client counter) {
        Slot.Builder slot = Draft.results(8).content().initAs(Slot.factory);
        slot.setCounter(counter);
        return slot.asReader();
    }

    private static StructList.Reader<Kinds.Reader> noKinds() {
        Kinds.Builder kinds = new MessageBuilder().initRoot(Kinds.factory);
        kinds.initSelves(0);
        return kinds.asReader().getSelves();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("places")
    void areGivenBack(Place place) {
        Adder adder = new Adder(Runnable::run);
        Draft draft = Draft.results(64);
        Kinds.Builder kinds = draft.content().initAs(Kinds.factory);
        Counter.Client counter = adder.client();
        place.put().accept(kinds, counter);
        ClientHook hook = counter.hook();
        int held = hook.references();

        place.overwrite().accept(kinds);
        assertThat(hook.references()).isEqualTo(held - 1);

        counter.close();
        draft.caps().release();
    }
}
