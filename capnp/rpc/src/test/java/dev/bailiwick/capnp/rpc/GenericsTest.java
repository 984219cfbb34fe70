package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.capnp.rpc.generics.Box;
import dev.bailiwick.capnp.rpc.generics.Cell;
import dev.bailiwick.capnp.rpc.generics.Generics;
import dev.bailiwick.capnp.rpc.generics.Pair;
import dev.bailiwick.capnp.rpc.generics.Person;
import dev.bailiwick.capnp.rpc.generics.Registry;
import dev.bailiwick.capnp.rpc.generics.TextCell;
import dev.bailiwick.capnp.rpc.generics.Uses;
import dev.bailiwick.capnp.rpc.generics.Versioned;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.capnproto.AnyPointer;
import org.capnproto.MessageBuilder;
import org.capnproto.Text;
import org.junit.jupiter.api.Test;

/** What generated code makes of type parameters: known where the schema binds them, told once where Java begins. */
class GenericsTest {
    private static final PointerType<Person.Builder, Person.Reader> PERSON = PointerType.of(Person.factory);

    @Test
    void aFieldsTypeArgumentsAreKnownWithoutAskingForThem() {
        Uses.Builder uses = new MessageBuilder().initRoot(Uses.factory);
        uses.initText().setValue(new Text.Reader("text"));
        uses.initData().initValue(2).asByteBuffer().put(1, (byte) 7);
        uses.initPerson().initValue().setName("Ada");
        uses.initNumbers().initValue(3).set(2, 9);
        uses.initPeople().initValue(2).get(1).setName("Grace");
        uses.initWords().initValue(1).set(0, new Text.Reader("word"));
        uses.initNested().initValue().initValue().setValue(new Text.Reader("deep"));
        uses.initPair().initFirst().setName("first");
        uses.getPair().initSecond(1).set(0, new Text.Reader("second"));
        uses.initGrid(1).init(0, 1).get(0).setValue(new Text.Reader("grid"));
        uses.initSelf().initValue().initPerson().initValue().setAge((byte) 3);
        uses.initAnything().getValue().setAs(Text.factory, new Text.Reader("anything"));
        uses.initBoxed().setLabel("union");

        Uses.Reader read = uses.asReader();

        assertThat(read.getText().getValue()).hasToString("text");
        assertThat(read.getData().getValue().toArray()).containsExactly(0, 7);
        assertThat(read.getPerson().getValue().getName()).hasToString("Ada");
        assertThat(read.getNumbers().getValue().get(2)).isEqualTo(9);
        assertThat(read.getPeople().getValue().get(1).getName()).hasToString("Grace");
        assertThat(read.getWords().getValue().get(0)).hasToString("word");
        assertThat(read.getNested().getValue().getValue().getValue()).hasToString("deep");
        assertThat(read.getPair().getFirst().getName()).hasToString("first");
        assertThat(read.getPair().getSecond().get(0)).hasToString("second");
        assertThat(read.getGrid().get(0).get(0).getValue()).hasToString("grid");
        assertThat(read.getSelf().getValue().getPerson().getValue().getAge()).isEqualTo((byte) 3);
        assertThat(read.getAnything().getValue().getAs(Text.factory)).hasToString("anything");
        assertThat(read.getBoxed().getLabel()).hasToString("union");
        assertThat(read.getUnbound().getLabel()).hasToString("box");
    }

    @Test
    void typesInsideGenericOnesKnowTheParametersAroundThem() {
        Uses.Builder uses = new MessageBuilder().initRoot(Uses.factory);
        uses.initInner().setFirst(new Text.Reader("of the pair"));
        uses.getInner().initThird().setName("of the inner");
        uses.initDeep().initThird().setName("of the inner");
        uses.getDeep().initSecond(1).asByteBuffer().put((byte) 5);
        uses.getDeep().setMood(Pair.Mood.STORMY);

        Uses.Reader read = uses.asReader();

        assertThat(read.getInner().getFirst()).hasToString("of the pair");
        assertThat(read.getInner().getThird().getName()).hasToString("of the inner");
        assertThat(read.getDeep().getThird().getName()).hasToString("of the inner");
        assertThat(read.getDeep().getSecond().toArray()).containsExactly(5);
        assertThat(read.getDeep().getMood()).isEqualTo(Pair.Mood.STORMY);
    }

    @Test
    void groupsUnionsAndSelfReferencesKeepTheTypes() {
        var pair = new MessageBuilder().initRoot(Pair.factory(PERSON, PointerType.TEXT));
        pair.getBoth().initLeft().setName("left");
        pair.getBoth().initRight().setValue(new Text.Reader("right"));
        pair.initSwapped().setFirst(new Text.Reader("swapped"));
        pair.getSwapped().initSecond().setAge((byte) 1);
        pair.initMany().initOne().setName("one");
        pair.getMany().initMore(1).get(0).setSecond(new Text.Reader("more"));
        pair.initBoxes(1).get(0).setValue(new Text.Reader("boxed"));

        var read = pair.asReader();

        assertThat(read.getBoth().getLeft().getName()).hasToString("left");
        assertThat(read.getBoth().getCount()).isEqualTo(7);
        assertThat(read.getBoth().getRight().getValue()).hasToString("right");
        assertThat(read.getSwapped().getFirst()).hasToString("swapped");
        assertThat(read.getSwapped().getSecond().getAge()).isEqualTo((byte) 1);
        assertThat(read.getMany().getOne().getName()).hasToString("one");
        assertThat(read.getMany().getMore().get(0).getSecond()).hasToString("more");
        assertThat(read.getBoxes().get(0).getValue()).hasToString("boxed");
    }

    @Test
    void defaultsAndConstantsOfGenericTypesAreTyped() {
        Uses.Builder uses = new MessageBuilder().initRoot(Uses.factory);

        assertThat(uses.asReader().getWithDefault().getValue().getName()).hasToString("Ada");
        assertThat(uses.getWithDefault().getValue().getAge()).isEqualTo((byte) 36);
        assertThat(Generics.BOXED.getValue()).hasToString("constant");
        assertThat(Generics.PAIR.getFirst().getName()).hasToString("Grace");
        assertThat(Generics.PAIR.getBoth().getLeft().getAge()).isEqualTo((byte) 8);
    }

    @Test
    void aWholeGenericStructIsSetAsItIs() {
        var box = new MessageBuilder().initRoot(Box.factory(PERSON));
        box.initValue().setName("copied");
        Uses.Builder uses = new MessageBuilder().initRoot(Uses.factory);

        uses.setPerson(box.asReader());
        uses.initUnbound().setLabel("as it is");

        assertThat(uses.asReader().getPerson().getValue().getName()).hasToString("copied");
    }

    @Test
    void aBuilderOfAListThatIsNotThereIsEmpty() {
        var box = new MessageBuilder().initRoot(Box.factory(PointerType.of(Person.listFactory)));

        assertThat(box.getValue().size()).isZero();
        assertThat(box.hasValue()).isFalse();
    }

    @Test
    void aGenericInterfaceIsCalledWithTypedParametersAndResults() {
        try (var cell = Cell.client(new People())) {
            var put = cell.putRequest();
            put.params().initValue().setName("Ada");
            put.send().await();
            try (var response = cell.getRequest().send().join()) {
                assertThat(response.get().getValue().getName()).hasToString("Ada");
            }
            var boxed = cell.boxedRequest();
            boxed.params().initValue().setName("Grace");
            try (var response = boxed.send().join()) {
                assertThat(response.get().getValue().getName()).hasToString("Ada");
            }
        }
    }

    @Test
    void anInterfaceInsideAGenericOneCarriesItsParameter() {
        try (var cell = Cell.client(new People());
                var watcher = Cell.Watcher.client(new Watcher())) {
            var watch = cell.watchRequest();
            watch.params().setWatcher(watcher);
            watch.send().await();
            var put = cell.putRequest();
            put.params().initValue().setName("seen");
            put.send().await();
        }
    }

    @Test
    void aMethodsOwnParametersAreKnownToItsCaller() {
        try (var cell = Cell.client(new People());
                var other = TextCell.client(new Words("other"))) {
            var swap = cell.swapRequest(PointerType.TEXT);
            swap.params().initValue().setName("mine");
            swap.params().setWith(other);
            try (var response = swap.send().join()) {
                assertThat(response.get().getOther()).hasToString("other");
                assertThat(response.get().getValue().getName()).hasToString("mine");
            }
        }
    }

    @Test
    void anInterfaceThatBindsTheParametersOfItsSuperclassIsPlain() {
        try (TextCell.Client text = TextCell.client(new Words("one"));
                Cell.Client<Text.Builder, Text.Reader> cell = text.share()) {
            var append = text.appendRequest();
            append.params().setText(" two");
            append.send().await();
            try (var response = cell.getRequest().send().join()) {
                assertThat(response.get().getValue()).hasToString("one two");
            }
        }
    }

    @Test
    void anInterfaceCanBindAParameterToATypeOfItsOwn() {
        try (var versioned = Versioned.client(new Versions())) {
            try (var response = versioned.getRequest().send().join()) {
                assertThat(response.get().getValue().getValue()).hasToString("boxed");
            }
            try (var response = versioned.versionRequest().send().join()) {
                assertThat(response.get().getSnapshot().getValue().getValue()).hasToString("snapshot");
                assertThat(response.get().getSnapshot().getAt()).isEqualTo(4);
            }
        }
    }

    @Test
    void clientsInResultsAndListsAreTyped() {
        try (Registry.Client registry = Registry.client(new Rooms())) {
            try (var response = registry.peopleRequest().send().join();
                    var cell = response.get().getAll().get(1)) {
                var put = cell.putRequest();
                put.params().initValue().setName("in the list");
                put.send().await();
                try (var first = response.get().getCell();
                        var read = first.getRequest().send().join()) {
                    assertThat(read.get().getValue().getName()).hasToString("in the list");
                }
            }
            var named = registry.cellRequest(PERSON);
            named.params().setName("people");
            try (var response = named.send().join();
                    var cell = response.get().getCell();
                    var read = cell.getRequest().send().join()) {
                assertThat(read.get().getValue().getName()).hasToString("in the list");
            }
        }
    }

    /** A cell of people that tells its watchers. */
    private static class People implements Cell.Server<Person.Builder, Person.Reader> {
        private final List<Cell.Watcher.Client<Person.Builder, Person.Reader>> watchers = new ArrayList<>();
        private String name = "";

        @Override
        public PointerType<Person.Builder, Person.Reader> typeOfCellT() {
            return PERSON;
        }

        @Override
        public CompletionStage<?> get(
                CallContext<Cell.GetParams.Reader, Cell.GetResults.Builder<Person.Builder, Person.Reader>> call) {
            call.results().initValue().setName(name);
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> put(
                CallContext<Cell.PutParams.Reader<Person.Builder, Person.Reader>, Cell.PutResults.Builder> call) {
            name = call.params().getValue().getName().toString();
            for (var watcher : watchers) {
                var changed = watcher.changedRequest();
                changed.params().setValue(call.params().getValue());
                changed.send().await();
            }
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> watch(
                CallContext<Cell.WatchParams.Reader<Person.Builder, Person.Reader>, Cell.WatchResults.Builder> call) {
            watchers.add(call.params().getWatcher());
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> boxed(
                CallContext<Box.Reader<Person.Builder, Person.Reader>, Box.Builder<Person.Builder, Person.Reader>>
                        call) {
            call.results().setValue(call.params().getValue());
            call.results().getValue().setName(name);
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> swap(
                CallContext<
                                Cell.SwapParams.Reader<
                                        Person.Builder, Person.Reader, AnyPointer.Builder, AnyPointer.Reader>,
                                Cell.SwapResults.Builder<
                                        Person.Builder, Person.Reader, AnyPointer.Builder, AnyPointer.Reader>>
                        call) {
            call.results().setValue(call.params().getValue());
            try (var with = call.params().getWith();
                    var other = with.getRequest().send().join()) {
                call.results().setOther(other.get().getValue());
            }
            return Calls.DONE;
        }

        @Override
        public void released() {
            watchers.forEach(CapabilityClient::close);
        }
    }

    private static final class Watcher implements Cell.Watcher.Server<Person.Builder, Person.Reader> {
        @Override
        public PointerType<Person.Builder, Person.Reader> typeOfWatcherT() {
            return PERSON;
        }

        @Override
        public CompletionStage<?> changed(
                CallContext<
                                Cell.Watcher.ChangedParams.Reader<Person.Builder, Person.Reader>,
                                Cell.Watcher.ChangedResults.Builder>
                        call) {
            assertThat(call.params().getValue().getName()).hasToString("seen");
            return Calls.DONE;
        }
    }

    private static final class Words implements TextCell.Server {
        private String text;

        Words(String text) {
            this.text = text;
        }

        @Override
        public CompletionStage<?> get(
                CallContext<Cell.GetParams.Reader, Cell.GetResults.Builder<Text.Builder, Text.Reader>> call) {
            call.results().setValue(new Text.Reader(text));
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> append(
                CallContext<TextCell.AppendParams.Reader, TextCell.AppendResults.Builder> call) {
            text += call.params().getText();
            call.results().setLength(text.length());
            return Calls.DONE;
        }
    }

    private static final class Versions implements Versioned.Server<Text.Builder, Text.Reader> {
        @Override
        public PointerType<Text.Builder, Text.Reader> typeOfVersionedV() {
            return PointerType.TEXT;
        }

        @Override
        public CompletionStage<?> get(
                CallContext<
                                Cell.GetParams.Reader,
                                Cell.GetResults.Builder<
                                        Box.Builder<Text.Builder, Text.Reader>, Box.Reader<Text.Builder, Text.Reader>>>
                        call) {
            call.results().initValue().setValue(new Text.Reader("boxed"));
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> version(
                CallContext<Versioned.VersionParams.Reader, Versioned.VersionResults.Builder<Text.Builder, Text.Reader>>
                        call) {
            call.results().initSnapshot().initValue().setValue(new Text.Reader("snapshot"));
            call.results().getSnapshot().setAt(4);
            return Calls.DONE;
        }
    }

    /** Hands out one cell, whatever is asked for. */
    private static final class Rooms implements Registry.Server {
        private final Cell.Client<Person.Builder, Person.Reader> people = Cell.client(new People());

        @Override
        public CompletionStage<?> people(
                CallContext<Registry.PeopleParams.Reader, Registry.PeopleResults.Builder> call) {
            call.results().setCell(people);
            call.results().initAll(2).set(1, people);
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> cell(
                CallContext<
                                Registry.CellParams.Reader,
                                Registry.CellResults.Builder<AnyPointer.Builder, AnyPointer.Reader>>
                        call) {
            try (var untyped = people.castAs(Cell.factory(PointerType.ANY))) {
                call.results().setCell(untyped);
            }
            return Calls.DONE;
        }

        @Override
        public void released() {
            people.close();
        }
    }
}
