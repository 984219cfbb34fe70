package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.capnp.rpc.clashes.A;
import dev.bailiwick.capnp.rpc.clashes.B;
import dev.bailiwick.capnp.rpc.clashes.Base;
import dev.bailiwick.capnp.rpc.clashes.Builder_;
import dev.bailiwick.capnp.rpc.clashes.Diamond;
import dev.bailiwick.capnp.rpc.clashes.Left;
import dev.bailiwick.capnp.rpc.clashes.Same;
import dev.bailiwick.capnp.rpc.clashes.Torn;
import dev.bailiwick.capnp.rpc.clashes.Words;
import java.util.concurrent.CompletionStage;
import org.capnproto.MessageBuilder;
import org.junit.jupiter.api.Test;

/** Names that yield to others: each still means what the schema says. */
class ClashingNamesTest {
    @Test
    void typesYieldToTheClassesOfGeneratedCode() {
        Builder_.Builder builder = new MessageBuilder().initRoot(Builder_.factory);
        builder.initReader().setValue((byte) 1);
        builder.initFactory().setValue((byte) 2);
        builder.setWhich(Builder_.Which_.TYPE_ID_);

        assertThat(builder.asReader().getReader().getValue()).isEqualTo((byte) 1);
        assertThat(builder.asReader().getFactory().getValue()).isEqualTo((byte) 2);
        assertThat(builder.asReader().getWhich()).isEqualTo(Builder_.Which_.TYPE_ID_);
        assertThat(Builder_.Which_.of((short) 4)).isEqualTo(Builder_.Which_.NOT_IN_SCHEMA);
        assertThat(Builder_.Client_.SCHEMA.displayName()).isEqualTo("Builder.Client");
    }

    @Test
    void fieldsMayBeNamedLikeAnythingInJava() {
        Words.Builder words = new MessageBuilder().initRoot(Words.factory);
        words.setClass("class");
        words.setAbstract((byte) 3);
        words.setHashCode(4);
        words.setAsReader(true);
        words.setSegment("segment");
        words.initPointers(1);
        words.initGoto().setTrue("true");

        assertThat(words.asReader().getClass_()).hasToString("class");
        assertThat(words.asReader().getHashCode()).isEqualTo(4);
        assertThat(words.asReader().getAsReader()).isTrue();
        assertThat(words.asReader().getGoto().getTrue()).hasToString("true");
        assertThat(words.which()).isEqualTo(Words.Which.GOTO);
        assertThat(Words.TYPE_ID_).isEqualTo(1);
        assertThat(Words.STRUCT_SIZE_).isEqualTo(2);
        assertThat(Words.REMARK_ANNOTATION).hasToString("taken");
        assertThat(Words.REMARK_ANNOTATION_).isNotZero();
    }

    @Test
    void groupsYieldToTypesAndTypesToThoseAroundThem() {
        Same.Builder same = new MessageBuilder().initRoot(Same.factory);
        Same.Other_.Builder group = same.getOther();
        group.setSame((byte) 5);
        Same.Other.Same_.Builder deeper = same.initDeeper();
        deeper.setOther((short) 6);

        assertThat(same.asReader().getOther().getSame()).isEqualTo((byte) 5);
        assertThat(same.asReader().getDeeper().getOther()).isEqualTo((short) 6);
    }

    @Test
    void methodsOfOneNameAreCalledByTheirOwnInterfaces() {
        try (Torn.Client torn = Torn.client(new Tearing());
                A.Client a = torn.castAs(A.factory);
                B.Client b = torn.castAs(B.factory)) {
            try (var response = torn.runRequest().send().join()) {
                assertThat(response.get().getA())
                        .as("the first superclass keeps its name")
                        .isEqualTo(1);
            }
            try (var response = a.runRequest().send().join()) {
                assertThat(response.get().getA()).isEqualTo(1);
            }
            var second = b.runRequest();
            second.params().setB("b");
            try (var response = second.send().join()) {
                assertThat(response.get().getB()).hasToString("b of B");
            }
            try (var response = torn.run__Request().send().join()) {
                assertThat(response.get().getTorn()).isTrue();
            }
            b.waitRequest().send().await();
            torn.waitRequest().send().await();
            torn.newRequest().send().await();
        }
        assertThat(Torn.SCHEMA.isA(B.TYPE_ID)).isTrue();
    }

    @Test
    void aMethodYieldsToAnInheritedOne() {
        try (Diamond.Client diamond = Diamond.client(new Cut())) {
            try (var response = diamond.leftRequest().send().join()) {
                assertThat(response.get().getLeft()).isEqualTo(2);
            }
            var own = diamond.left_Request();
            own.params().setOwn(3);
            try (var response = own.send().join()) {
                assertThat(response.get().getOwn()).isEqualTo(4);
            }
            try (var response = diamond.runRequest().send().join()) {
                assertThat(response.get().getBase())
                        .as("by either way the same method")
                        .isEqualTo(1);
            }
        }
    }

    private static final class Tearing implements Torn.Server {
        @Override
        public CompletionStage<?> run(CallContext<A.RunParams.Reader, A.RunResults.Builder> call) {
            call.results().setA(1);
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> run_(CallContext<B.RunParams.Reader, B.RunResults.Builder> call) {
            call.results().setB(call.params().getB() + " of B");
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> run__(CallContext<Torn.RunParams_.Reader, Torn.RunResults.Builder> call) {
            call.results().setTorn(true);
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> wait(CallContext<B.WaitParams.Reader, B.WaitResults.Builder> call) {
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> new_(CallContext<Torn.NewParams.Reader, Torn.NewResults.Builder> call) {
            return Calls.DONE;
        }
    }

    private static final class Cut implements Diamond.Server {
        @Override
        public CompletionStage<?> run(CallContext<Base.RunParams.Reader, Base.RunResults.Builder> call) {
            call.results().setBase(1);
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> left(CallContext<Left.LeftParams.Reader, Left.LeftResults.Builder> call) {
            call.results().setLeft(2);
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> left_(CallContext<Diamond.LeftParams.Reader, Diamond.LeftResults.Builder> call) {
            call.results().setOwn(call.params().getOwn() + 1);
            return Calls.DONE;
        }
    }
}
