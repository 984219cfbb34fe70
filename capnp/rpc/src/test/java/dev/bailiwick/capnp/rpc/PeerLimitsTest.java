package dev.bailiwick.capnp.rpc;

import static dev.bailiwick.capnp.rpc.Adder.add;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import dev.bailiwick.capnp.rpc.wire.Call;
import dev.bailiwick.capnp.rpc.wire.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.capnproto.Void;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each limit, hit exactly and just above, by a peer on a socket of its own, while another connection of the same listener goes
 * on working.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PeerLimitsTest {
    /** Which member a message's union holds, as it is encoded. */
    private static final short BOOTSTRAP = 8;

    private static final short JOIN = 12;

    private static final int SEGMENTS = 6;
    private static final int NESTING = 12;
    private static final int READINGS = 2;
    private static final int CAPABILITIES = 7;
    private static final int TABLE = 9;
    private static final int MESSAGE_BYTES = 8 << 10;
    private static final int BACKLOG = 64 << 10;
    private static final int EMBARGOES = 5;

    private static final Limits LIMITS = Limits.DEFAULT
            .withMessageBytes(MESSAGE_BYTES)
            .withMessages(SEGMENTS, NESTING, READINGS, CAPABILITIES)
            .withTables(TABLE, TABLE)
            .withCalls(TABLE, TABLE)
            .withEmbargoes(EMBARGOES)
            .withWindow(BACKLOG, BACKLOG);

    /** How a peer takes so much of something. The bootstrap is question 0, answered and not finished. */
    @FunctionalInterface
    interface Taking {
        void take(Intruder intruder, int amount);
    }

    @TempDir
    Path folder;

    static Stream<Arguments> limits() {
        return Stream.of(
                limit(
                        "bytes of a message, in words",
                        MESSAGE_BYTES / 8,
                        "longer than the limit",
                        PeerLimitsTest::words),
                limit("segments", SEGMENTS, "more than the limit of 6", PeerLimitsTest::segments),
                limit("nesting", NESTING, "nested too deeply", PeerLimitsTest::nest),
                limit(
                        "words read over",
                        MessageValidator.SMALL_CHANGE + READINGS * 10,
                        "too often",
                        PeerLimitsTest::voids),
                limit(
                        "capabilities of a message",
                        CAPABILITIES,
                        "capabilities has more than 7",
                        PeerLimitsTest::describe),
                limit("answers", TABLE - 1, "more than 9 calls waiting", PeerLimitsTest::hang),
                limit("exports", TABLE - 1, "holds more than 9 capabilities", PeerLimitsTest::collect),
                limit("imports", TABLE, "sent more than 9 capabilities", PeerLimitsTest::offer),
                limit("embargoes", EMBARGOES, "more than 5 embargoes", PeerLimitsTest::embargo),
                limit("promises settled for promises", Resolutions.MOST_HOPS, "times in a row", PeerLimitsTest::hop));
    }

    private static Arguments limit(String name, int most, String reason, Taking taking) {
        return arguments(name, most, reason, taking);
    }

    private UnixListener listen() throws IOException {
        return UnixListener.open(
                folder.resolve("s"),
                PosixFilePermissions.fromString("rw-------"),
                peer -> Counter.client(new Adder()),
                LIMITS,
                10);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("limits")
    void whoStaysWithinALimitIsServed(String name, int most, String reason, Taking taking) throws IOException {
        try (UnixListener listener = listen();
                Intruder intruder = new Intruder(listener.socket())) {
            assertThat(intruder.isServed(0)).isTrue();
            taking.take(intruder, most);
            assertThat(isAlive(intruder)).as("%s: %d", name, most).isTrue();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("limits")
    void whoGoesBeyondIsToldWhyAndNobodyElseNotices(String name, int most, String reason, Taking taking)
            throws IOException {
        try (UnixListener listener = listen();
                RpcConnection connection = UnixConnection.connect(listener.socket());
                Counter.Client counter = connection.bootstrap(Counter.factory);
                Intruder intruder = new Intruder(listener.socket())) {
            assertThat(add(counter, 1)).isEqualTo(1);
            assertThat(intruder.isServed(0)).isTrue();
            taking.take(intruder, most + 1);
            assertThat(intruder.awaitAbort()).as(name).contains(reason);
            await().until(() -> listener.connections() == 1);
            assertThat(add(counter, 1)).isEqualTo(2);
        }
    }

    /** A release of nothing is answered by nothing; a message that is not understood comes back. */
    private static boolean isAlive(Intruder intruder) {
        return intruder.tell(message -> message.initJoin().setQuestionId(77))
                && intruder.await(Message.Reader::isUnimplemented)
                        .filter(Message.Reader::isUnimplemented)
                        .isPresent();
    }

    // ---- what is taken

    /** A message of so many words, most of which nothing leads to. */
    private static void words(Intruder intruder, int amount) {
        ByteBuffer bytes = ByteBuffer.allocate(8 + amount * 8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(4, amount);
        bytes.putLong(8, Wire.struct(0, 1, 1)).putShort(16, JOIN);
        intruder.send(bytes);
    }

    private static void segments(Intruder intruder, int amount) {
        int header = (4 + amount * 4 + 7) & ~7;
        ByteBuffer bytes = ByteBuffer.allocate(header + 24).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0, amount - 1).putInt(4, 3);
        bytes.putLong(header, Wire.struct(0, 1, 1)).putShort(header + 8, JOIN);
        intruder.send(bytes);
    }

    /** Message, call and payload are three levels; a slot in a slot adds one each. */
    private static void nest(Intruder intruder, int amount) {
        intruder.tell(message -> {
            Slot.Builder slot = call(message, 1, 0).getParams().getContent().initAs(Slot.factory);
            for (int level = 4; level < amount; level++) {
                slot = slot.initInner();
            }
        });
    }

    /** A list of voids, which takes no words, in a message whose others are read once. */
    private static void voids(Intruder intruder, int amount) {
        ByteBuffer bytes =
                ByteBuffer.allocate(8 + 80).order(ByteOrder.LITTLE_ENDIAN).putInt(4, 10);
        bytes.putLong(8, Wire.struct(0, 1, 1)).putShort(16, BOOTSTRAP);
        bytes.putLong(24, Wire.struct(0, 1, 1)).putInt(32, 55);
        bytes.putLong(40, Wire.list(0, Wire.VOID, amount - 4));
        intruder.send(bytes);
    }

    private static void describe(Intruder intruder, int amount) {
        intruder.tell(message -> {
            var table = call(message, 1, 0).getParams().initCapTable(amount);
            for (int i = 0; i < amount; i++) {
                table.get(i).setNone(Void.VOID);
            }
        });
    }

    private static void hang(Intruder intruder, int amount) {
        for (int i = 1; i <= amount; i++) {
            int question = i;
            intruder.tell(message -> call(message, question, 4));
        }
    }

    /** Keeps what it is given, but for the question's sake. */
    private static void collect(Intruder intruder, int amount) {
        for (int i = 0; i < amount; i++) {
            intruder.tell(message -> call(message, 1, 1));
            boolean isReturned = intruder.await(Message.Reader::isReturn)
                    .filter(Message.Reader::isReturn)
                    .isPresent();
            if (!isReturned || !finish(intruder, 1)) {
                return;
            }
        }
    }

    private static void offer(Intruder intruder, int amount) {
        int most = CAPABILITIES;
        for (int from = 0; from < amount; from += most) {
            int first = from;
            int count = Math.min(most, amount - first);
            intruder.tell(message -> {
                var table = call(message, 1 + first, 4).getParams().initCapTable(count);
                for (int i = 0; i < count; i++) {
                    table.get(i).setSenderHosted(first + i);
                }
            });
        }
    }

    /** Has its promises called on and settles them for what is at home there, but lifts no embargo. */
    private static void embargo(Intruder intruder, int amount) {
        for (int i = 0; i < amount; i++) {
            int promise = i;
            intruder.tell(message -> give(promise, call(message, 20 + promise, 4))); // so that it is kept
            intruder.tell(message -> give(promise, call(message, 1, 3)));
            if (!isOf(intruder, Message.Which.CALL)) {
                return;
            }
            finish(intruder, 1);
            if (!isOf(intruder, Message.Which.RETURN)) { // until then the question's id is taken
                return;
            }
            intruder.tell(message -> {
                message.initResolve().setPromiseId(promise);
                message.getResolve().initCap().setReceiverHosted(0);
            });
            if (promise < EMBARGOES && !isOf(intruder, Message.Which.DISEMBARGO)) {
                return;
            }
        }
    }

    private static void give(int promise, Call.Builder call) {
        call.getParams().initCapTable(1).get(0).setSenderPromise(promise);
        Slot.Builder slot = call.getParams().getContent().initAs(Slot.factory);
        try (Counter.Client stand = Counter.factory.broken(RpcException.failed("stands for the promise"))) {
            slot.setCounter(stand);
        }
    }

    /** Settles one promise for the other, and that for the first, which by then is another. */
    private static void hop(Intruder intruder, int amount) {
        intruder.tell(message ->
                call(message, 1, 4).getParams().initCapTable(1).get(0).setSenderPromise(1));
        for (int i = 1; i <= amount; i++) {
            int promise = i % 2;
            intruder.tell(message -> {
                message.initResolve().setPromiseId(promise);
                message.getResolve().initCap().setSenderPromise(1 - promise);
            });
        }
    }

    private static boolean isOf(Intruder intruder, Message.Which kind) {
        return intruder.await(message -> message.which() == kind)
                .filter(message -> message.which() == kind)
                .isPresent();
    }

    private static boolean finish(Intruder intruder, int question) {
        return intruder.tell(message -> {
            message.initFinish().setQuestionId(question);
            message.getFinish().setReleaseResultCaps(false);
        });
    }

    /** A call of a counter's method on what the bootstrap gave. */
    private static Call.Builder call(Message.Builder message, int question, int method) {
        Call.Builder call = message.initCall();
        call.setQuestionId(question);
        call.setInterfaceId(Counter.TYPE_ID);
        call.setMethodId((short) method);
        call.initTarget().initPromisedAnswer().setQuestionId(0);
        call.initParams();
        return call;
    }
}
