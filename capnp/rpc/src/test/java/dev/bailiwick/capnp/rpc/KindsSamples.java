package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.kinds.Kinds;
import dev.bailiwick.capnp.rpc.kinds.Shade;
import dev.bailiwick.capnp.rpc.kinds.Small;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import org.capnproto.Text;

/** Honest messages with something in every kind of field. */
final class KindsSamples {
    private KindsSamples() {}

    /** A framed message; its root is a {@link Kinds}, of one segment or of several. */
    static ByteBuffer full(RandomGenerator random) {
        Draft draft = Draft.plain(random.nextBoolean() ? 2_000 : 8);
        fill(draft.root().initAs(Kinds.factory), random, 2);
        return Streams.bytes(draft);
    }

    /** Puts something into every field; those that hold the same struct again go so many levels deep. */
    static void fill(Kinds.Builder kinds, RandomGenerator random, int depth) {
        kinds.setFlag(true);
        kinds.setInt8((byte) random.nextInt());
        kinds.setInt64(random.nextLong());
        kinds.setFloat64(random.nextDouble());
        kinds.setShade(Shade.DARK);
        kinds.setText("a text");
        kinds.setData(new byte[random.nextInt(20)]);
        small(kinds.initSmall());
        kinds.initNothings(3);
        kinds.initFlags(11).set(9, true);
        kinds.initInt8s(5).set(4, (byte) 1);
        kinds.initInt16s(5).set(4, (short) 1);
        kinds.initInt32s(5).set(4, 1);
        kinds.initInt64s(2).set(1, 1);
        kinds.initFloat32s(2).set(1, 1);
        kinds.initFloat64s(2).set(1, 1);
        kinds.initShades(2).set(1, Shade.DARK);
        kinds.initTexts(2).set(1, new Text.Reader("in a list"));
        kinds.initDatas(2);
        small(kinds.initSmalls(2).get(1));
        kinds.initGrid(2).init(1, 3).set(0, 7);
        kinds.initTextGrid(1).init(0, 1).set(0, new Text.Reader("in a list of lists"));
        small(kinds.initSmallGrid(1).init(0, 2).get(1));
        kinds.initBox().setKey(new Text.Reader("key"));
        small(kinds.initBox().initPairs(1).get(0).initValue());
        kinds.setDefaultText("another");
        switch (random.nextInt(4)) {
            case 0 -> kinds.setNumber(1);
            case 1 -> kinds.setWord("a word");
            case 2 -> small(kinds.initBoth().initLeft());
            default -> kinds.initAnything().setAs(Text.factory, new Text.Reader("anything"));
        }
        if (depth > 0) {
            fill(kinds.initSelf(), random, depth - 1);
            fill(kinds.initSelves(2).get(1), random, 0);
            fill(kinds.getAny().initAs(Kinds.factory), random, 0);
        }
    }

    private static void small(Small.Builder small) {
        small.setA((byte) 7);
        small.setB(true);
    }
}
