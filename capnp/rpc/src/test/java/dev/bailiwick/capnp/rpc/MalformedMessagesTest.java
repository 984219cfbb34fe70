package dev.bailiwick.capnp.rpc;

import static dev.bailiwick.capnp.rpc.Adder.adding;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.bailiwick.capnp.rpc.testing.Counter;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.capnproto.AnyPointer;
import org.capnproto.DecodeException;
import org.capnproto.Text;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes from an enemy. Among them are the classes of bug that Cap'n Proto's published security advisories tell of. */
class MalformedMessagesTest {
    private static final Limits LIMITS = Limits.DEFAULT;

    /** A message of one segment with these words. */
    private static ByteBuffer message(long... words) {
        ByteBuffer bytes = ByteBuffer.allocate(8 + words.length * 8).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0).putInt(words.length);
        for (long word : words) {
            bytes.putLong(word);
        }
        return bytes.flip();
    }

    private static List<MessageView> decode(ByteBuffer... parts) {
        List<MessageView> messages = new ArrayList<>();
        FrameReader reader = new FrameReader(LIMITS);
        for (ByteBuffer part : parts) {
            reader.feed(part, messages::add);
        }
        return messages;
    }

    private static void expectRefusal(String reason, long... words) {
        assertThatThrownBy(() -> decode(message(words)))
                .isInstanceOf(DecodeException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void pointersThatLeadOutsideAreRefused() {
        expectRefusal("leads outside", Wire.struct(0, 1, 0));
        expectRefusal("leads outside", Wire.struct(-2, 1, 0), 0);
        expectRefusal("leads outside", Wire.struct(0, 0xffff, 0xffff), 0);
        expectRefusal("leads outside", Wire.list(0, 2, (1 << 29) - 1), 0);
        expectRefusal("leads outside", Wire.list(0, 5, 2), 0);
        expectRefusal("leads outside", Wire.list(0, Wire.POINTER, (1 << 29) - 1), 0);
        expectRefusal("leads outside", Wire.list((1 << 29) - 1, 2, 1), 0);
        expectRefusal("leads outside", Wire.far(0, 7), 0);
    }

    @Test
    void listsWhoseElementsOverrunThemAreRefused() {
        expectRefusal("beyond its end", Wire.list(0, Wire.COMPOSITE, 1), Wire.compositeTag(2, 1, 0), 0);
        expectRefusal(
                "beyond its end", Wire.list(0, Wire.COMPOSITE, 0), Wire.compositeTag((1 << 29) - 1, 0xffff, 0xffff));
        expectRefusal("no structs", Wire.list(0, Wire.COMPOSITE, 1), Wire.list(0, 2, 1), 0);
        expectRefusal("leads outside", Wire.list(0, Wire.COMPOSITE, 1), Wire.compositeTag(1, 0, 1));
    }

    @Test
    void farPointersThatLeadNowhereAreRefused() {
        expectRefusal("names segment", Wire.far(3, 0), 0);
        expectRefusal("leads to no object", Wire.far(0, 1), Wire.far(0, 1));
        expectRefusal("leads to no object", Wire.far(0, 1) | 4, Wire.far(0, 1), Wire.far(0, 1));
        expectRefusal("leads to no object", Wire.far(0, 1) | 4, Wire.struct(0, 0, 0), Wire.struct(0, 0, 0));
        expectRefusal("does not exist", Wire.OTHER | 4);
    }

    @Test
    void nestingWithoutEndIsRefused() {
        expectRefusal("nested too deeply", Wire.struct(-1, 0, 1));
        expectRefusal("nested too deeply", Wire.list(-1, Wire.POINTER, 1));
        long[] chain = new long[80];
        for (int i = 0; i < chain.length - 1; i++) {
            chain[i] = Wire.struct(0, 0, 1);
        }
        expectRefusal("nested too deeply", chain);
    }

    @Test
    void fewBytesThatUnfoldToManyAreRefused() {
        expectRefusal("too often", Wire.list(0, Wire.VOID, (1 << 29) - 1));
        expectRefusal("too often", Wire.list(0, Wire.COMPOSITE, 0), Wire.compositeTag((1 << 29) - 1, 0, 0));
        // Sixteen layers of structs whose pointers all lead to the next one: 2^64 paths in 17 words a layer.
        int layers = 32;
        long[] bomb = new long[1 + layers * 4];
        bomb[0] = Wire.struct(0, 0, 4);
        for (int layer = 0; layer < layers - 1; layer++) {
            for (int i = 0; i < 4; i++) {
                bomb[1 + layer * 4 + i] = Wire.struct(3 - i, 0, 4);
            }
        }
        expectRefusal("too often", bomb);
    }

    @Test
    void headersBeyondTheLimitsAreRefusedAndClaimsCostNoMemory() {
        assertThatThrownBy(() -> decode(ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(0, 512)
                        .putInt(4, 1)))
                .isInstanceOf(DecodeException.class)
                .hasMessageContaining("segments");
        assertThatThrownBy(() -> decode(ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(0, 0)
                        .putInt(4, -1)))
                .isInstanceOf(DecodeException.class)
                .hasMessageContaining("longer than the limit");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ByteBuffer claim = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0, 0)
                .putInt(4, 1 << 20);
        decode(claim.duplicate().order(ByteOrder.LITTLE_ENDIAN));
        long before = threads.getCurrentThreadAllocatedBytes();
        List<MessageView> decoded = decode(claim);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(decoded).isEmpty();
        assertThat(allocated).isLessThan(8 << 10);
    }

    /** A peer announces 8 MiB, and sends a little at a time. */
    @ParameterizedTest
    @ValueSource(ints = {1, 100, 4 << 10, 128 << 10, 700 << 10})
    void memoryFollowsWhatCameAndNotWhatIsAnnounced(int piece) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        FrameReader reader = new FrameReader(Limits.DEFAULT);
        Consumer<MessageView> unexpected = view -> {
            throw new AssertionError("nothing is complete");
        };
        reader.feed(
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(4, Limits.DEFAULT.messageBytes() / 8),
                unexpected);
        long before = threads.getCurrentThreadAllocatedBytes();
        ByteBuffer bytes = ByteBuffer.allocate(piece);
        for (int i = 0; i < 4; i++) {
            reader.feed(bytes.clear(), unexpected);
        }
        // All that was ever allocated, the buffers that were outgrown included; and some bytes for the test itself.
        long allocated = threads.getCurrentThreadAllocatedBytes() - before - piece;
        long most = Math.max(8L * 4 * piece, 2L * 4 * piece + (1 << 20));
        assertThat(allocated).isLessThan(2 * most + 2_000);
    }

    @Test
    void capabilitiesThatAreNoneCostLittle() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ClientHook[] kept = new ClientHook[LIMITS.capabilities()];
        kept[0] = BrokenClient.nullCapability();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < kept.length; i++) {
            kept[i] = BrokenClient.nullCapability();
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(kept).allMatch(ClientHook::isNull);
        assertThat(allocated / kept.length).as("bytes, for 16 that were sent").isLessThan(100);
    }

    @Test
    void aMessageMayComeInPiecesOfAnySize() {
        Draft draft = Draft.plain(4);
        draft.root().setAs(Text.factory, new Text.Reader("x".repeat(100_000)));
        ByteBuffer whole = Streams.bytes(draft);
        for (int piece : new int[] {1, 3, 8, 4096, 70_000}) {
            List<ByteBuffer> pieces = new ArrayList<>();
            for (int at = 0; at < whole.limit(); at += piece) {
                pieces.add(whole.slice(at, Math.min(piece, whole.limit() - at)));
            }
            List<MessageView> messages = decode(pieces.toArray(ByteBuffer[]::new));
            assertThat(messages).hasSize(1);
            assertThat(new AnyPointer.Reader(messages.getFirst().segment(0), 0, 64)
                            .getAs(Text.factory)
                            .toString())
                    .hasSize(100_000);
        }
    }

    /** Damaged protocol messages, to a vat with something to lose. */
    @RepeatedTest(300)
    void damagedTrafficCostsAtMostItsConnection() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<Adder> served = new ArrayList<>();
        TwoVats vats = new TwoVats(
                Adder::new,
                executor -> {
                    served.add(new Adder(executor));
                    return served.getFirst();
                },
                LIMITS);
        vats.right.damage(bytes -> {
            if (random.nextInt(3) == 0) {
                int flips = 1 + random.nextInt(4);
                for (int i = 0; i < flips; i++) {
                    int at = random.nextInt(bytes.limit());
                    bytes.put(at, (byte) (bytes.get(at) ^ (1 << random.nextInt(8))));
                }
            }
        });
        assertThatCode(() -> {
                    try (Counter.Client remote = vats.left.bootstrap(Counter.factory);
                            Counter.Client own = new Adder(vats.executor).client()) {
                        List<RemoteCall<?, ?>> calls = new ArrayList<>();
                        for (int i = 0; i < 6; i++) {
                            var echo = remote.echoRequest();
                            echo.params().setCounter(own);
                            echo.params().initInner().initAll(3).set(1, remote);
                            var call = echo.send();
                            calls.add(call);
                            try (Counter.Client promised = call.pipeline().getCounter()) {
                                calls.add(adding(promised, i).send());
                            }
                            vats.step(random);
                        }
                        vats.settle(random);
                        calls.forEach(RemoteCall::close);
                    }
                    vats.left.vat.close(RpcException.disconnected("over"));
                    vats.right.vat.close(RpcException.disconnected("over"));
                    vats.settle(random);
                })
                .as("seed %d", seed)
                .doesNotThrowAnyException();
        assertThat(vats.left.vat.tables()).as("seed %d", seed).isEqualTo(VatConnection.TableSizes.EMPTY);
        assertThat(vats.right.vat.tables()).as("seed %d", seed).isEqualTo(VatConnection.TableSizes.EMPTY);
        assertThat(served.getFirst().releases).as("seed %d", seed).hasValue(1);
    }

    @RepeatedTest(200)
    void randomBytesAreRefusedOrReadableToTheLast() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        long[] words = new long[1 + random.nextInt(24)];
        for (int i = 0; i < words.length; i++) {
            words[i] = switch (random.nextInt(6)) {
                case 0 -> random.nextLong();
                case 1 -> Wire.struct(random.nextInt(-4, 8), random.nextInt(3), random.nextInt(4));
                case 2 -> Wire.list(random.nextInt(-4, 8), random.nextInt(8), random.nextInt(20));
                case 3 -> Wire.far(random.nextInt(2), random.nextInt(24)) | (random.nextBoolean() ? 4 : 0);
                case 4 -> Wire.capability(random.nextInt(3));
                default -> 0;
            };
        }
        List<MessageView> accepted;
        try {
            accepted = decode(message(words));
        } catch (DecodeException refused) {
            return;
        }
        Draft copy = Draft.call();
        MessageView view = accepted.getFirst();
        assertThatCode(() -> DeepCopy.content(copy, Parcel.received(view, view.segment(0), 0), ClientHook::addRef))
                .as("seed %d", seed)
                .doesNotThrowAnyException();
    }
}
