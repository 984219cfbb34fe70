package dev.bailiwick.capnp.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bailiwick.capnp.compiler.sample.Choice;
import dev.bailiwick.capnp.compiler.sample.Colour;
import dev.bailiwick.capnp.compiler.sample.Defaults;
import dev.bailiwick.capnp.compiler.sample.Everything;
import dev.bailiwick.capnp.compiler.sample.Grown;
import dev.bailiwick.capnp.compiler.sample.Lists;
import dev.bailiwick.capnp.compiler.sample.Samples;
import dev.bailiwick.capnp.compiler.sample.neighbour.Point;
import org.capnproto.MessageBuilder;
import org.capnproto.Text;
import org.capnproto.Void;
import org.junit.jupiter.api.Test;

/** How generated types behave, without any native tool: {@link NativeToolsTest} holds them against the C++ implementation. */
class GeneratedTypesTest {
    @Test
    void readBackWhatWasBuilt() {
        SampleMessage.verify(Messages.read(Messages.bytes(SampleMessage.build()), Everything.factory));
    }

    @Test
    void readABuilderInPlace() {
        SampleMessage.verify(SampleMessage.build().getRoot(Everything.factory).asReader());
    }

    @Test
    void copyAWholeStructFromOneMessageToAnother() {
        MessageBuilder copy = new MessageBuilder();
        copy.setRoot(
                Everything.factory,
                SampleMessage.build().getRoot(Everything.factory).asReader());

        SampleMessage.verify(Messages.read(Messages.bytes(copy), Everything.factory));
    }

    @Test
    void readDefaultsWhereNothingIsStored() {
        verifyDefaults(new MessageBuilder().initRoot(Defaults.factory).asReader());
        verifyDefaults(
                new MessageBuilder().initRoot(Everything.factory).asReader().getDefaults());
    }

    @Test
    void offerDefaultsToABuilderAsItsOwnCopy() {
        Defaults.Builder defaults = new MessageBuilder().initRoot(Defaults.factory);

        assertThat(defaults.getPoint().getY()).isEqualTo((short) -4);
        assertThat(defaults.getNumbers().get(1)).isEqualTo(-2);
        assertThat(defaults.getPoints().get(1).getX()).isEqualTo((short) 3);
        assertThat(defaults.getText()).hasToString("grüß \"dich\"\n");
        assertThat(defaults.getData().toArray()).containsExactly(0, 0xff, 0x7f, 0x80);
        defaults.getPoint().setY((short) 5);
        defaults.getNumbers().set(1, 6);

        assertThat(defaults.asReader().getPoint().getY()).isEqualTo((short) 5);
        assertThat(defaults.asReader().getNumbers().get(1)).isEqualTo(6);
        verifyDefaults(new MessageBuilder().initRoot(Defaults.factory).asReader());
    }

    @Test
    void storeTheDefaultItselfAsZero() {
        MessageBuilder message = new MessageBuilder();
        Defaults.Builder defaults = message.initRoot(Defaults.factory);
        defaults.setFlag(true);
        defaults.setInt32(-320000);
        defaults.setFloat64(-2.5e300);
        defaults.setColour(Colour.DARK_BLUE);

        MessageBuilder untouched = new MessageBuilder();
        untouched.initRoot(Defaults.factory).setFlag(true);
        assertThat(Messages.bytes(message)).isEqualTo(Messages.bytes(untouched));
    }

    @Test
    void storeOtherValuesThanTheDefault() {
        Defaults.Builder defaults = new MessageBuilder().initRoot(Defaults.factory);
        defaults.setFlag(false);
        defaults.setUInt64(0);
        defaults.setFloat32(0);
        defaults.setNotANumber(3);
        defaults.setColour(Colour.RED);
        defaults.setText("");
        defaults.initWords(0);

        Defaults.Reader reader = defaults.asReader();
        assertThat(reader.getFlag()).isFalse();
        assertThat(reader.getUInt64()).isZero();
        assertThat(reader.getFloat32()).isZero();
        assertThat(reader.getNotANumber()).isEqualTo(3);
        assertThat(reader.getColour()).isEqualTo(Colour.RED);
        assertThat(reader.getText()).hasToString("");
        assertThat(reader.getWords().size()).isZero();
    }

    @Test
    void refuseToReadAMemberTheUnionDoesNotHold() {
        Choice.Builder choice = new MessageBuilder().initRoot(Choice.factory);
        choice.setNumber(0.5);

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(choice::getText)
                .withMessage("Choice holds NUMBER, not TEXT; look at which() before reading a member");
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(choice.asReader()::getBoth);
        assertThat(choice.hasText()).isFalse();
        assertThat(choice.asReader().hasText()).isFalse();
        assertThat(choice.isNumber()).isTrue();
    }

    @Test
    void startAGroupFromZeroWhenTheUnionTurnsToIt() {
        Choice.Builder choice = new MessageBuilder().initRoot(Choice.factory);
        Choice.Both.Builder both = choice.initBoth();
        both.setLeft(5);
        both.setRight("right");
        choice.setNone(Void.VOID);

        both = choice.initBoth();

        assertThat(both.getLeft()).isZero();
        assertThat(both.hasRight()).isFalse();
    }

    @Test
    void showTheUnknownAsUnknown() {
        Choice.Builder choice = new MessageBuilder().initRoot(Choice.factory);

        assertThat(Colour.of((short) 3)).isEqualTo(Colour._NOT_IN_SCHEMA);
        assertThat(Colour.of((short) -1)).isEqualTo(Colour._NOT_IN_SCHEMA);
        assertThat(Choice.Which.of((short) 99)).isEqualTo(Choice.Which._NOT_IN_SCHEMA);
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> choice.setColour(Colour._NOT_IN_SCHEMA));
    }

    @Test
    void giveAnEmptyListForNoneToBuilders() {
        Lists.Builder lists = new MessageBuilder().initRoot(Lists.factory);

        assertThat(lists.getPoints().size()).isZero();
        assertThat(lists.getTexts().size()).isZero();
        assertThat(lists.getMatrix().size()).isZero();
        assertThat(lists.hasPoints()).isFalse();
    }

    @Test
    void readWhatAnOlderOrNewerSchemaWrote() {
        MessageBuilder old = new MessageBuilder();
        old.initRoot(Point.factory).setX((short) 7);

        Grown.Reader grown = Messages.read(Messages.bytes(old), Grown.factory);
        assertThat(grown.getX()).isEqualTo((short) 7);
        assertThat(grown.getZ()).isEqualTo(99);
        assertThat(grown.getLabel()).hasToString("new");

        MessageBuilder newer = new MessageBuilder();
        newer.initRoot(Grown.factory).setY((short) 8);
        assertThat(Messages.read(Messages.bytes(newer), Point.factory).getY()).isEqualTo((short) 8);
    }

    @Test
    void growAStructFromAnOlderSchemaWhenItIsBuiltOn() {
        MessageBuilder message = new MessageBuilder();
        message.initRoot(Point.factory).setX((short) 7);

        Grown.Builder grown = message.getRoot(Grown.factory);
        grown.setLabel("grown");

        assertThat(grown.getX()).isEqualTo((short) 7);
        assertThat(grown.getZ()).isEqualTo(99);
        assertThat(message.getRoot(Grown.factory).getLabel()).hasToString("grown");
    }

    @Test
    void holdConstants() {
        assertThat(Samples.GREETING).hasToString("hello");
        assertThat(Samples.PAYLOAD.toArray()).containsExactly(0xde, 0xad, 0xbe, 0xef);
        assertThat(Samples.ORIGIN.getY()).isEqualTo((short) 1);
        assertThat(Samples.PRIMES.get(3)).isEqualTo((short) 7);
        assertThat(Samples.FAVOURITE).isEqualTo(Colour.GREEN);
        assertThat(Samples.YES).isTrue();
        assertThat(Byte.toUnsignedInt(Samples.TINY)).isEqualTo(255);
        assertThat(Samples.BIG).isEqualTo(0xfedcba9876543210L);
        assertThat(Samples.HALF).isEqualTo(0.5f);
        assertThat(Samples.NEVER).isNaN();
        assertThat(Samples.UNIT).isEqualTo(Void.VOID);
        assertThat(Everything.Nested.ANSWER).isEqualTo(42);
    }

    @Test
    void knowTheirIds() {
        assertThat(Everything.TYPE_ID).isEqualTo(0xe9f5a3f0b1c2d311L);
        assertThat(Colour.TYPE_ID).isEqualTo(0xe9f5a3f0b1c2d314L);
        assertThat(Samples.REMARK_ANNOTATION).isEqualTo(0xe9f5a3f0b1c2d319L);
    }

    static void verifyDefaults(Defaults.Reader defaults) {
        assertThat(defaults.getFlag()).isTrue();
        assertThat(defaults.getInt8()).isEqualTo((byte) -8);
        assertThat(defaults.getInt16()).isEqualTo((short) -1600);
        assertThat(defaults.getInt32()).isEqualTo(-320000);
        assertThat(defaults.getInt64()).isEqualTo(-6400000000L);
        assertThat(Byte.toUnsignedInt(defaults.getUInt8())).isEqualTo(200);
        assertThat(Short.toUnsignedInt(defaults.getUInt16())).isEqualTo(65535);
        assertThat(defaults.getUInt32()).isEqualTo(-1);
        assertThat(defaults.getUInt64()).isEqualTo(-1L);
        assertThat(defaults.getFloat32()).isEqualTo(1.5f);
        assertThat(defaults.getFloat64()).isEqualTo(-2.5e300);
        assertThat(defaults.getInfinite()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(defaults.getNotANumber()).isNaN();
        assertThat(defaults.getText()).hasToString("grüß \"dich\"\n");
        assertThat(defaults.getData().toArray()).containsExactly(0, 0xff, 0x7f, 0x80);
        assertThat(defaults.getColour()).isEqualTo(Colour.DARK_BLUE);
        assertThat(defaults.getPoint().getX()).isEqualTo((short) 3);
        assertThat(defaults.getNumbers().size()).isEqualTo(3);
        assertThat(defaults.getNumbers().get(1)).isEqualTo(-2);
        assertThat(defaults.getWords()).extracting(Text.Reader::toString).containsExactly("one", "two");
        assertThat(defaults.getPoints().get(1).getY()).isEqualTo((short) 4);
        assertThat(defaults.getMatrix().get(1).size()).isZero();
        assertThat(defaults.getMatrix().get(2).get(1)).isEqualTo(3);
        assertThat(defaults.getChoice().getBoth().getRight()).hasToString("r");
        assertThat(defaults.getChoice().getNamed().getSecond().toArray()).containsExactly('s');
        assertThat(defaults.getColours().get(0)).isEqualTo(Colour.GREEN);
        assertThat(defaults.getFlags().get(2)).isTrue();
    }
}
