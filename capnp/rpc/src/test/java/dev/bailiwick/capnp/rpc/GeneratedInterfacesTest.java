package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bailiwick.capnp.rpc.shapes.Cell;
import dev.bailiwick.capnp.rpc.shapes.Counted;
import dev.bailiwick.capnp.rpc.shapes.Holder;
import dev.bailiwick.capnp.rpc.shapes.Named;
import dev.bailiwick.capnp.rpc.shapes.Shapes;
import dev.bailiwick.capnp.rpc.shapes.Special;
import dev.bailiwick.capnp.rpc.shapes.Thing;
import dev.bailiwick.capnp.rpc.shapes.Weight;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.capnproto.AnyPointer;
import org.capnproto.Text;
import org.capnproto.Void;
import org.junit.jupiter.api.Test;

/** What the compiler generates for interfaces, called in process: each shape a schema can give an interface. */
class GeneratedInterfacesTest {
    @Test
    void aClientMakesItsOwnCallsAndThoseOfEverySuperclass() {
        try (Special.Client special = Special.client(new Servant("one"))) {
            assertThat(nameOf(special)).isEqualTo("one");
            assertThat(increment(special, 4)).isEqualTo(4);
            try (var response = special.countRequest().send().join()) {
                assertThat(response.get().getCount()).isEqualTo(4);
            }
            var request = special.nestedRequest();
            request.params().initNested().setDepth((byte) 3);
            try (var response = request.send().join()) {
                assertThat(response.get().getNested().getDepth()).isEqualTo((byte) 4);
            }
        }
    }

    @Test
    void aClientOfASuperclassReachesTheSameObject() {
        try (Thing.Client thing = Thing.client(new Servant("two"));
                Counted.Client counted = thing.castAs(Counted.factory);
                Named.Client named = thing.share()) {
            var increment = counted.incrementRequest().send();
            try (var response = increment.join()) {
                assertThat(response.get().getCount())
                        .as("the parameter's default is 1")
                        .isEqualTo(1);
            }
            assertThat(nameOf(named)).isEqualTo("two");
        }
    }

    @Test
    void aMethodNamedLikeAKeywordIsCalledLikeAnyOther() {
        try (Thing.Client thing = Thing.client(new Servant("three"))) {
            thing.importRequest().send().await();
        }
    }

    @Test
    void aMethodNobodyOverrodeSaysWhichOneItIs() {
        try (Thing.Client thing = Thing.client(new Thing.Server() {})) {
            assertThatExceptionOfType(RpcException.class)
                    .isThrownBy(() -> thing.importRequest().send().await())
                    .withMessageContaining("Thing.import")
                    .satisfies(failure -> assertThat(failure.type()).isEqualTo(RpcException.Type.UNIMPLEMENTED));
            assertThatExceptionOfType(RpcException.class)
                    .isThrownBy(() -> thing.countRequest().send().await())
                    .withMessageContaining("Counted.count");
        }
    }

    @Test
    void aMethodOfAnInterfaceTheObjectLacksIsUnimplemented() {
        try (Named.Client named = Named.client(new Servant("four").asNamedOnly());
                Cell.Client<Text.Builder, Text.Reader> cell = named.castAs(Cell.factory(PointerType.TEXT))) {
            assertThatExceptionOfType(RpcException.class)
                    .isThrownBy(() -> cell.getRequest().send().await())
                    .satisfies(failure -> assertThat(failure.type()).isEqualTo(RpcException.Type.UNIMPLEMENTED));
        }
    }

    @Test
    void callsRunOnResultsThatAreStillPromised() {
        try (Thing.Client thing = Thing.client(new Servant("five"));
                var sent = thing.selfRequest().send();
                Thing.Client promised = sent.pipeline().getThing();
                Thing.Client inUnion = sent.pipeline().getHolder().getMany().getFirst();
                Thing.Client nested = sent.pipeline().getHolder().getInner().getThing()) {
            assertThat(nameOf(promised)).isEqualTo("five");
            assertThat(nameOf(inUnion)).isEqualTo("five first");
            assertThat(nameOf(nested)).isEqualTo("five inner");
        }
    }

    @Test
    void capabilitiesTravelInEveryPartOfAStruct() {
        try (Thing.Client thing = Thing.client(new Servant("six"));
                Thing.Client given = Thing.client(new Servant("given"))) {
            var request = thing.swapRequest();
            Holder.Builder holder = request.params();
            holder.setLabel("there");
            holder.setThing(given);
            CapabilityList.Builder<Thing.Client> things = holder.initThings(2);
            things.set(1, given);
            holder.getAny().setAs(Thing.factory, given);
            Holder.Many.Builder many = holder.initMany();
            many.setFirst(given);
            many.initRest(1).set(0, given);
            holder.initInner().setOne(given);
            holder.initHolders(1).get(0).setThing(given);

            try (var response = request.send().join()) {
                Holder.Reader back = response.get();
                assertThat(back.getLabel()).hasToString("there and back");
                assertNamed("given", back.getThing());
                assertThat(back.getThings()).hasSize(2);
                try (Thing.Client absent = back.getThings().get(0)) {
                    assertThat(absent.isNull()).isTrue();
                }
                assertNamed("given", back.getThings().get(1));
                assertNamed("given", back.getAny().getAs(Thing.factory));
                assertNamed("given", back.getMany().getFirst());
                assertNamed("given", back.getMany().getRest().get(0));
                assertNamed("given", back.getInner().getInner().getOne());
                assertThat(back.getInner().getInner().which()).isEqualTo(Holder.Which.ONE);
                assertNamed("given", back.getInner().getHolders().get(0).getThing());
            }
        }
    }

    @Test
    void aGroupStartsWithoutTheCapabilitiesItHeld() {
        try (Thing.Client thing = Thing.client(new Servant("seven"));
                var request = thing.swapRequest()) {
            request.params().initMany().setFirst(thing);
            request.params().setNone(Void.VOID);

            assertThat(request.params().initMany().hasFirst()).isFalse();
        }
    }

    @Test
    void aTypeParameterCanStandForAnInterface() {
        try (Cell.Client<Thing.Client, Thing.Client> cell = Cell.client(new Variable());
                Thing.Client thing = Thing.client(new Servant("eight"))) {
            var put = cell.putRequest();
            put.params().setValue(thing);
            put.send().await();

            try (var sent = cell.getRequest().send();
                    Thing.Client promised = sent.pipeline().getValue().asCapability(Thing.factory)) {
                assertThat(nameOf(promised)).isEqualTo("eight");
            }
            try (var response = cell.getRequest().send().join()) {
                assertNamed("eight", response.get().getValue());
            }
            var echo = thing.echoRequest(PointerType.TEXT);
            echo.params().setValue(new Text.Reader("again"));
            try (var response = echo.send().join()) {
                assertThat(response.get().getValue()).hasToString("again");
            }
        }
    }

    @Test
    void theSchemaTellsWhatTheInterfaceIs() {
        assertThat(Special.SCHEMA.displayName()).isEqualTo("Special");
        assertThat(Special.SCHEMA.superclasses())
                .as("a superclass that another one implies is not repeated")
                .containsExactly(Thing.SCHEMA);
        assertThat(Special.SCHEMA.isA(Counted.TYPE_ID)).isTrue();
        assertThat(Counted.SCHEMA.isA(Special.TYPE_ID)).isFalse();
        assertThat(Thing.SCHEMA.annotations()).containsOnly(entry(Shapes.WEIGHT_ANNOTATION, Weight.HEAVY));
        assertThat(Thing.SCHEMA.methods())
                .extracting(MethodSchema::name)
                .containsExactly("self", "swap", "import", "echo");
        assertThat(Thing.LIMIT).isEqualTo(3);
    }

    @Test
    void theSchemaKeepsWhatAMethodIsAnnotatedWith() {
        MethodSchema name = Special.SCHEMA.method(Named.TYPE_ID, 0).orElseThrow();

        assertThat(name.annotations())
                .containsOnly(
                        entry(Shapes.WEIGHT_ANNOTATION, Weight.LIGHT),
                        entry(Shapes.PRICE_ANNOTATION, 65535L),
                        entry(Shapes.REMARK_ANNOTATION, "cheap"),
                        entry(Shapes.RATIO_ANNOTATION, 0.5),
                        entry(Shapes.PLAIN_ANNOTATION, Void.VOID),
                        entry(Shapes.FREE_ANNOTATION, true));
        assertThat(name.annotation(Shapes.WEIGHT_ANNOTATION, Weight.class)).contains(Weight.LIGHT);
        assertThat(name.results().get()).isSameAs(Named.NameResults.factory);
    }

    private static Map.Entry<Long, Object> entry(long id, Object value) {
        return Map.entry(id, value);
    }

    private static String nameOf(Named.Client named) {
        try (var response = named.nameRequest().send().join()) {
            return response.get().getName().toString();
        }
    }

    private static long increment(Special.Client special, long by) {
        var request = special.incrementRequest();
        request.params().setBy(by);
        try (var response = request.send().join()) {
            return response.get().getCount();
        }
    }

    private static void assertNamed(String name, Thing.Client owned) {
        try (owned) {
            assertThat(nameOf(owned)).isEqualTo(name);
        }
    }

    /** Implements everything a {@link Special} can do. */
    private static final class Servant implements Special.Server {
        private final String name;
        private long count;

        Servant(String name) {
            this.name = name;
        }

        Named.Server asNamedOnly() {
            return new Named.Server() {
                @Override
                public CompletionStage<?> name(CallContext<Named.NameParams.Reader, Named.NameResults.Builder> call) {
                    return Servant.this.name(call);
                }
            };
        }

        @Override
        public CompletionStage<?> name(CallContext<Named.NameParams.Reader, Named.NameResults.Builder> call) {
            call.results().setName(name);
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> count(CallContext<Counted.CountParams.Reader, Counted.CountResults.Builder> call) {
            call.results().setCount(count);
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> increment(
                CallContext<Counted.IncrementParams.Reader, Counted.IncrementResults.Builder> call) {
            count += call.params().getBy();
            call.results().setCount(count);
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> self(CallContext<Thing.SelfParams.Reader, Thing.SelfResults.Builder> call) {
            try (Thing.Client self = Thing.client(this);
                    Thing.Client first = Thing.client(new Servant(name + " first"));
                    Thing.Client inner = Thing.client(new Servant(name + " inner"))) {
                call.results().setThing(self);
                call.results().initHolder().initMany().setFirst(first);
                call.results().getHolder().initInner().setThing(inner);
            }
            return Calls.DONE;
        }

        /** Returns what it was given field by field, and all of it once more as the inner struct. */
        @Override
        public CompletionStage<?> swap(CallContext<Holder.Reader, Holder.Builder> call) {
            Holder.Reader given = call.params();
            Holder.Builder back = call.results();
            back.setLabel(given.getLabel() + " and back");
            try (Thing.Client thing = given.getThing();
                    Thing.Client first = given.getMany().getFirst()) {
                back.setThing(thing);
                back.initMany().setFirst(first);
            }
            back.setThings(given.getThings());
            back.getMany().setRest(given.getMany().getRest());
            back.setAny(given.getAny());
            back.setInner(given);
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> import_(CallContext<Thing.ImportParams.Reader, Thing.ImportResults.Builder> call) {
            return Calls.DONE;
        }

        /** A method cannot know what its own type parameters stand for. */
        @Override
        public CompletionStage<?> echo(
                CallContext<
                                Thing.EchoParams.Reader<AnyPointer.Builder, AnyPointer.Reader>,
                                Thing.EchoResults.Builder<AnyPointer.Builder, AnyPointer.Reader>>
                        call) {
            call.results().setValue(call.params().getValue());
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> nested(CallContext<Special.NestedParams.Reader, Special.NestedResults.Builder> call) {
            call.results().setNested(call.params().getNested());
            call.results().getNested().setDepth((byte)
                    (call.params().getNested().getDepth() + 1));
            return Calls.DONE;
        }
    }

    /** A cell for one thing. */
    private static final class Variable implements Cell.Server<Thing.Client, Thing.Client> {
        private Thing.Client held = Thing.factory.nullClient();

        @Override
        public PointerType<Thing.Client, Thing.Client> typeOfCellT() {
            return PointerType.of(Thing.factory);
        }

        @Override
        public CompletionStage<?> get(
                CallContext<Cell.GetParams.Reader, Cell.GetResults.Builder<Thing.Client, Thing.Client>> call) {
            call.results().setValue(held);
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> put(
                CallContext<Cell.PutParams.Reader<Thing.Client, Thing.Client>, Cell.PutResults.Builder> call) {
            held.close();
            held = call.params().getValue();
            return Calls.DONE;
        }

        @Override
        public void released() {
            held.close();
        }
    }
}
