package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import dev.bailiwick.capnp.rpc.wire.Call;
import dev.bailiwick.capnp.rpc.wire.Message;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Peers that keep to the encoding and break everything else. */
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostilePeerTest {
    private static final long COUNTER = Counter.TYPE_ID;
    private static final int ADD = 0;
    private static final int ECHO = 2;
    private static final int HANG = 4;

    @TempDir
    Path folder;

    /** What a vat sent, which nobody reads. */
    private static final class Unread implements Outbound {
        final List<Draft> sent = new ArrayList<>();

        @Override
        public void send(Draft message) {
            sent.add(message);
        }

        @Override
        public long backlog() {
            return 0;
        }

        @Override
        public void end() {}
    }

    /** A counter that answers every call with as much data as it is asked for. */
    private static final class Talker extends Adder {
        Talker() {
            super(Runnable::run);
        }

        @Override
        public CompletionStage<?> add(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
            call.results().initData(call.params().getNumber());
            return Calls.DONE;
        }
    }

    /** A counter that sends back what it is sent, without a look at it. */
    private static final class Mirror extends Adder {
        @Override
        public CompletionStage<?> echo(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
            call.results().setInner(call.params());
            return Calls.DONE;
        }
    }

    private static VatConnection vat(Adder served, Limits limits) {
        return new VatConnection(CapabilityClient.serve(served, Runnable::run), new Unread(), limits);
    }

    private static ByteBuffer message(Consumer<Message.Builder> fill) {
        Draft draft = Draft.plain(32);
        fill.accept(draft.root().initAs(Message.factory));
        return Streams.bytes(draft);
    }

    private static void tell(VatConnection vat, Consumer<Message.Builder> fill) {
        new FrameReader(Limits.DEFAULT).feed(message(fill), vat::handle);
    }

    private static void bootstrap(Message.Builder message) {
        message.initBootstrap().setQuestionId(0);
    }

    /** A call on what the bootstrap gave. */
    private static Call.Builder call(Message.Builder message, int question, int method) {
        Call.Builder call = message.initCall();
        call.setQuestionId(question);
        call.setInterfaceId(COUNTER);
        call.setMethodId((short) method);
        call.initTarget().initPromisedAnswer().setQuestionId(0);
        return call;
    }

    @Test
    void aPromiseThatSettlesForItselfIsNoLoop() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        VatConnection vat =
                new VatConnection(CapabilityClient.serve(new Mirror(), tasks::add), new Unread(), Limits.DEFAULT);
        tell(vat, HostilePeerTest::bootstrap);
        Draft echo = Draft.call();
        try (Counter.Client stand = Counter.client(new Adder())) {
            echo.content().initAs(Slot.factory).setCounter(stand);
        }
        Call.Builder call = echo.root().getAs(Message.factory).getCall();
        call.setQuestionId(1);
        call.setInterfaceId(COUNTER);
        call.setMethodId((short) ECHO);
        call.getTarget().initPromisedAnswer().setQuestionId(0);
        call.getParams().initCapTable(1).get(0).setSenderPromise(7);
        new FrameReader(Limits.DEFAULT).feed(Streams.bytes(echo), vat::handle);
        tell(vat, message -> {
            message.initResolve().setPromiseId(7);
            message.getResolve().initCap().setSenderPromise(7);
        });
        // Only now is the promise looked at, when it is sent back.
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
        assertThat(vat.closedBecause()).isNull();
        vat.close(RpcException.disconnected("over"));
        assertThat(vat.tables()).isEqualTo(VatConnection.TableSizes.EMPTY);
    }

    @Test
    void resultsKeptForAnotherQuestionCountAsThePeersMemory() {
        Limits small = Limits.DEFAULT.withMessageBytes(1 << 16).withWindow(1 << 16, 1 << 18);
        VatConnection vat = vat(new Talker(), small);
        tell(vat, HostilePeerTest::bootstrap);
        for (int i = 1; i <= 20 && vat.closedBecause() == null; i++) {
            int question = i;
            tell(vat, message -> {
                Call.Builder call = call(message, question, ADD);
                call.initParams().getContent().initAs(Slot.factory).setNumber(50_000);
                call.getSendResultsTo().setYourself(org.capnproto.Void.VOID);
            });
        }
        assertThat(vat.closedBecause()).hasMessageContaining("bytes of calls waiting or unread");
        assertThat(vat.tables()).isEqualTo(VatConnection.TableSizes.EMPTY);
    }

    @Test
    void aPeerThatAsksForMuchAndReadsNothingIsDisconnected() throws IOException {
        Limits small = Limits.DEFAULT.withMessageBytes(1 << 20).withWindow(1 << 20, 1 << 21);
        CompletableFuture<Void> go = new CompletableFuture<>();
        Adder late = new Adder() {
            @Override
            public CompletionStage<?> add(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
                // Answered behind the reading thread's back, when it waits for the peer's next word.
                return go.thenAcceptAsync(ignored -> call.results().initData(1 << 19));
            }
        };
        try (UnixListener listener = UnixListener.open(
                        folder.resolve("s"),
                        PosixFilePermissions.fromString("rw-------"),
                        credentials -> Counter.client(late),
                        small,
                        4);
                SocketChannel peer = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            peer.connect(UnixDomainSocketAddress.of(listener.socket()));
            peer.write(message(HostilePeerTest::bootstrap));
            for (int i = 1; i <= 12; i++) {
                int question = i;
                peer.write(message(message -> call(message, question, ADD)));
            }
            await().until(() -> listener.connections() == 1);
            peer.write(message(message -> call(message, 13, HANG)));
            late.hanging.join();
            go.complete(null);
            await().untilAsserted(() -> assertThat(listener.connections()).isZero());
        }
    }

    @Test
    void aLargeMessageIsPassedToTheChannelInPieces() {
        List<Integer> pieces = new ArrayList<>();
        CompletableFuture<Void> written = new CompletableFuture<>();
        WritableByteChannel channel = new WritableByteChannel() {
            @Override
            public int write(ByteBuffer source) {
                int bytes = source.remaining();
                pieces.add(bytes);
                source.position(source.limit());
                return bytes;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
        ChannelWriter writer = new ChannelWriter(channel, () -> {}, () -> written.complete(null));
        Draft draft = Draft.results(1 << 19);
        draft.content().initAs(Slot.factory).initData(4_000_000);
        writer.send(draft);
        writer.end();
        writer.finished().join();
        assertThat(written).isDone();
        assertThat(pieces).allMatch(bytes -> bytes <= 256 << 10);
        assertThat(pieces.stream().mapToInt(Integer::intValue).sum()).isGreaterThan(4_000_000);
    }
}
