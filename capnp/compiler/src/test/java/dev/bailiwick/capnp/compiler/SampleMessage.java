package dev.bailiwick.capnp.compiler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.capnp.compiler.sample.Box;
import dev.bailiwick.capnp.compiler.sample.Choice;
import dev.bailiwick.capnp.compiler.sample.Colour;
import dev.bailiwick.capnp.compiler.sample.Everything;
import dev.bailiwick.capnp.compiler.sample.Lists;
import dev.bailiwick.capnp.compiler.sample.neighbour.Compass;
import dev.bailiwick.capnp.compiler.sample.neighbour.Point;
import org.capnproto.Data;
import org.capnproto.ListList;
import org.capnproto.MessageBuilder;
import org.capnproto.PrimitiveList;
import org.capnproto.StructList;
import org.capnproto.Text;
import org.capnproto.TextList;
import org.capnproto.Void;

/** An {@link Everything} with a value in every field: how it is built, and what a reader of it must find. */
final class SampleMessage {
    private static final byte[] BYTES = {0, 1, (byte) 0xfe, (byte) 0xff};

    private SampleMessage() {}

    static MessageBuilder build() {
        MessageBuilder message = new MessageBuilder();
        Everything.Builder everything = message.initRoot(Everything.factory);
        everything.setNothing(Void.VOID);
        everything.setFlag(true);
        everything.setInt8((byte) -128);
        everything.setInt16((short) -32768);
        everything.setInt32(Integer.MIN_VALUE);
        everything.setInt64(Long.MIN_VALUE);
        everything.setUInt8((byte) 255);
        everything.setUInt16((short) 65535);
        everything.setUInt32(-1);
        everything.setUInt64(-1L);
        everything.setFloat32(1.25f);
        everything.setFloat64(-1e-300);
        everything.setText("grüße");
        everything.setData(BYTES);
        everything.setColour(Colour.DARK_BLUE);
        point(everything.initPoint(), 1, -2);
        everything.setCompass(Compass.WEST);
        everything.initDeep().setDepth((byte) 9);
        everything.getAnything().setAs(Text.factory, new Text.Reader("anything"));
        everything.setClass("first");
        everything.initSelf().setInt32(7);
        lists(everything.initLists());
        choices(everything.initChoices(11));
        everything.initDefaults();
        nested(everything.initNested());
        box(everything.initBox());
        everything.getAddress().setStreet("Main");
        everything.getAddress().setNumber((short) 12);
        everything.getAddress().getInner().setFloor((byte) -1);
        return message;
    }

    private static void point(Point.Builder point, int x, int y) {
        point.setX((short) x);
        point.setY((short) y);
    }

    private static void nested(Everything.Nested.Builder nested) {
        nested.initName(2).asByteBuffer().put("me".getBytes(UTF_8));
        nested.setMood(Everything.Nested.Mood.FOUL_WEATHER);
        nested.initAnnotation().setLength(5);
    }

    private static void box(Box.Builder box) {
        box.getKey().setAs(Text.factory, new Text.Reader("key"));
        Box.Entry.Builder entry = box.initEntries(1).get(0);
        entry.getKey().setAs(Text.factory, new Text.Reader("entry key"));
        entry.getValue().initAs(Everything.Nested.factory).setName("entry value");
    }

    private static void lists(Lists.Builder lists) {
        lists.initNothings(3);
        PrimitiveList.Boolean.Builder flags = lists.initFlags(9);
        flags.set(0, true);
        flags.set(8, true);
        lists.initInt8s(2).set(1, (byte) -1);
        lists.initInt16s(2).set(1, (short) -1);
        lists.initInt32s(2).set(1, -1);
        lists.initInt64s(2).set(1, -1);
        lists.initUInt8s(2).set(1, (byte) 255);
        lists.initUInt16s(2).set(1, (short) 65535);
        lists.initUInt32s(2).set(1, -1);
        lists.initUInt64s(2).set(1, -1L);
        lists.initFloat32s(1).set(0, 0.5f);
        lists.initFloat64s(1).set(0, -0.25);
        TextList.Builder texts = lists.initTexts(2);
        texts.set(0, new Text.Reader("a"));
        texts.set(1, new Text.Reader("b"));
        lists.initDatas(1).set(0, new Data.Reader(BYTES));
        lists.initColours(2).set(1, Colour.GREEN);
        point(lists.initPoints(2).get(1), 3, 4);
        ListList.Builder<PrimitiveList.Int.Builder> matrix = lists.initMatrix(2);
        matrix.init(0, 1).set(0, 10);
        matrix.init(1, 2).set(1, 11);
        lists.initTensor(1).init(0, 1).init(0, 1).set(0, new Text.Reader("deep"));
        point(lists.initPointGrid(1).init(0, 1).get(0), 5, 6);
        lists.initColourGrid(1).init(0, 1).set(0, Colour.DARK_BLUE);
    }

    /** One element for each arm of either union. */
    private static void choices(StructList.Builder<Choice.Builder> choices) {
        choices.get(0).setNone(Void.VOID);
        choices.get(1).setFlag(true);
        choices.get(2).setNumber(0.5);
        choices.get(3).setText("text");
        point(choices.get(4).initPoint(), 7, 8);
        choices.get(5).initList(2).set(0, (byte) 200);
        choices.get(6).setColour(Colour.GREEN);
        Choice.Both.Builder both = choices.get(7).initBoth();
        both.setLeft(-9);
        both.setRight("right");
        choices.get(8).initAny().setAs(Text.factory, new Text.Reader("any"));
        choices.get(8).getNamed().setSecond(BYTES);
        choices.get(9).getNamed().initThird().initMore().setB((short) 65535);
        choices.get(10).getNamed().initThird().setA(true);
        choices.get(10).getNamed().getThird().getMore().setC("c");
        for (int i = 0; i < choices.size(); i++) {
            choices.get(i).setCommon(i);
        }
    }

    static void verify(Everything.Reader everything) {
        assertThat(everything.getNothing()).isEqualTo(Void.VOID);
        assertThat(everything.getFlag()).isTrue();
        assertThat(everything.getInt8()).isEqualTo((byte) -128);
        assertThat(everything.getInt16()).isEqualTo((short) -32768);
        assertThat(everything.getInt32()).isEqualTo(Integer.MIN_VALUE);
        assertThat(everything.getInt64()).isEqualTo(Long.MIN_VALUE);
        assertThat(Byte.toUnsignedInt(everything.getUInt8())).isEqualTo(255);
        assertThat(Short.toUnsignedInt(everything.getUInt16())).isEqualTo(65535);
        assertThat(everything.getUInt32()).isEqualTo(-1);
        assertThat(everything.getUInt64()).isEqualTo(-1L);
        assertThat(everything.getFloat32()).isEqualTo(1.25f);
        assertThat(everything.getFloat64()).isEqualTo(-1e-300);
        assertThat(everything.getText()).hasToString("grüße");
        assertThat(everything.getData().toArray()).isEqualTo(BYTES);
        assertThat(everything.getColour()).isEqualTo(Colour.DARK_BLUE);
        verify(everything.getPoint(), 1, -2);
        assertThat(everything.getCompass()).isEqualTo(Compass.WEST);
        assertThat(everything.getDeep().getDepth()).isEqualTo((byte) 9);
        assertThat(everything.hasAnything()).isTrue();
        assertThat(everything.getAnything().getAs(Text.factory)).hasToString("anything");
        assertThat(everything.getClass_()).hasToString("first");
        assertThat(everything.getSelf().getInt32()).isEqualTo(7);
        assertThat(everything.getSelf().hasSelf()).isFalse();
        verify(everything.getLists());
        verifyChoices(everything.getChoices());
        assertThat(everything.getNested().getName()).hasToString("me");
        assertThat(everything.getNested().getMood()).isEqualTo(Everything.Nested.Mood.FOUL_WEATHER);
        assertThat(everything.getNested().getAnnotation().getLength()).isEqualTo(5);
        assertThat(everything.getNested().getAnnotation().getWords()).hasToString("of its own");
        assertThat(everything.getBox().getKey().getAs(Text.factory)).hasToString("key");
        Box.Entry.Reader entry = everything.getBox().getEntries().get(0);
        assertThat(entry.getKey().getAs(Text.factory)).hasToString("entry key");
        assertThat(entry.getValue().getAs(Everything.Nested.factory).getName()).hasToString("entry value");
        assertThat(everything.getAddress().getStreet()).hasToString("Main");
        assertThat(everything.getAddress().getNumber()).isEqualTo((short) 12);
        assertThat(everything.getAddress().getInner().getFloor()).isEqualTo((byte) -1);
    }

    private static void verify(Point.Reader point, int x, int y) {
        assertThat(point.getX()).isEqualTo((short) x);
        assertThat(point.getY()).isEqualTo((short) y);
    }

    private static void verify(Lists.Reader lists) {
        assertThat(lists.getNothings().size()).isEqualTo(3);
        assertThat(lists.getFlags().size()).isEqualTo(9);
        assertThat(lists.getFlags().get(0)).isTrue();
        assertThat(lists.getFlags().get(1)).isFalse();
        assertThat(lists.getFlags().get(8)).isTrue();
        assertThat(lists.getInt8s().get(1)).isEqualTo((byte) -1);
        assertThat(lists.getInt16s().get(1)).isEqualTo((short) -1);
        assertThat(lists.getInt32s().get(1)).isEqualTo(-1);
        assertThat(lists.getInt64s().get(1)).isEqualTo(-1L);
        assertThat(lists.getUInt8s().get(1)).isEqualTo((byte) 255);
        assertThat(lists.getUInt16s().get(1)).isEqualTo((short) 65535);
        assertThat(lists.getUInt32s().get(1)).isEqualTo(-1);
        assertThat(lists.getUInt64s().get(1)).isEqualTo(-1L);
        assertThat(lists.getFloat32s().get(0)).isEqualTo(0.5f);
        assertThat(lists.getFloat64s().get(0)).isEqualTo(-0.25);
        assertThat(lists.getTexts()).extracting(Text.Reader::toString).containsExactly("a", "b");
        assertThat(lists.getDatas()).extracting(Data.Reader::toArray).containsExactly(BYTES);
        assertThat(lists.getColours().get(0)).isEqualTo(Colour.RED);
        assertThat(lists.getColours().get(1)).isEqualTo(Colour.GREEN);
        verify(lists.getPoints().get(0), 0, 0);
        verify(lists.getPoints().get(1), 3, 4);
        assertThat(lists.getMatrix().size()).isEqualTo(2);
        assertThat(lists.getMatrix().get(0).get(0)).isEqualTo(10);
        assertThat(lists.getMatrix().get(1).get(1)).isEqualTo(11);
        assertThat(lists.getTensor().get(0).get(0).get(0)).hasToString("deep");
        verify(lists.getPointGrid().get(0).get(0), 5, 6);
        assertThat(lists.getColourGrid().get(0).get(0)).isEqualTo(Colour.DARK_BLUE);
    }

    private static void verifyChoices(StructList.Reader<Choice.Reader> choices) {
        assertThat(choices)
                .extracting(Choice.Reader::which)
                .containsExactly(
                        Choice.Which.NONE,
                        Choice.Which.FLAG,
                        Choice.Which.NUMBER,
                        Choice.Which.TEXT,
                        Choice.Which.POINT,
                        Choice.Which.LIST,
                        Choice.Which.COLOUR,
                        Choice.Which.BOTH,
                        Choice.Which.ANY,
                        Choice.Which.NONE,
                        Choice.Which.NONE);
        assertThat(choices).extracting(Choice.Reader::getCommon).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(choices.get(0).isNone()).isTrue();
        assertThat(choices.get(1).getFlag()).isTrue();
        assertThat(choices.get(2).getNumber()).isEqualTo(0.5);
        assertThat(choices.get(3).getText()).hasToString("text");
        verify(choices.get(4).getPoint(), 7, 8);
        assertThat(choices.get(5).getList().get(0)).isEqualTo((byte) 200);
        assertThat(choices.get(6).getColour()).isEqualTo(Colour.GREEN);
        assertThat(choices.get(7).getBoth().getLeft()).isEqualTo(-9);
        assertThat(choices.get(7).getBoth().getRight()).hasToString("right");
        assertThat(choices.get(8).getAny().getAs(Text.factory)).hasToString("any");
        assertThat(choices.get(0).getNamed().which()).isEqualTo(Choice.Named.Which.FIRST);
        assertThat(choices.get(8).getNamed().getSecond().toArray()).isEqualTo(BYTES);
        assertThat(choices.get(9).getNamed().getThird().getMore().getB()).isEqualTo((short) 65535);
        assertThat(choices.get(10).getNamed().getThird().getA()).isTrue();
        assertThat(choices.get(10).getNamed().getThird().getMore().getC()).hasToString("c");
    }
}
