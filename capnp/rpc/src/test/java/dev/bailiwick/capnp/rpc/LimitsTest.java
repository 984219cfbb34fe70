package dev.bailiwick.capnp.rpc;

import static dev.bailiwick.capnp.rpc.Adder.add;
import static dev.bailiwick.capnp.rpc.Adder.adding;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to a peer that takes too much. */
class LimitsTest {
    private final Random random = new Random(7);

    private TwoVats vats(Limits limits) {
        return new TwoVats(Adder::new, Adder::new, limits);
    }

    private void expectAbort(TwoVats vats, String reason) {
        vats.settle(random);
        assertThat(vats.left.vat.closedBecause())
                .isNotNull()
                .extracting(RpcException::reason)
                .asString()
                .contains(reason);
        assertThat(vats.left.vat.tables()).isEqualTo(VatConnection.TableSizes.EMPTY);
        assertThat(vats.right.vat.tables()).isEqualTo(VatConnection.TableSizes.EMPTY);
    }

    private static List<RemoteCall<?, ?>> hangingCalls(Counter.Client counter, int count) {
        List<RemoteCall<?, ?>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(counter.hangRequest().send());
        }
        return calls;
    }

    @Test
    void limitsThatContradictEachOtherAreRefused() {
        assertThatThrownBy(() -> Limits.DEFAULT.withWindow(1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Limits.DEFAULT.withMessages(1, 65, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Limits.DEFAULT.withCalls(0, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void callsBeyondOurOwnLimitFailHereAsOverloaded() {
        TwoVats vats = vats(Limits.DEFAULT.withCalls(5, 100));
        try (Counter.Client remote = vats.left.bootstrap(Counter.factory)) {
            List<RemoteCall<?, ?>> calls = hangingCalls(remote, 4);
            vats.settle(random);
            calls.addAll(hangingCalls(remote, 1));
            assertThatThrownBy(() -> remote.hangRequest().send().join())
                    .isInstanceOfSatisfying(
                            RpcException.class,
                            failure -> assertThat(failure.type()).isEqualTo(RpcException.Type.OVERLOADED));
        }
    }

    @Test
    void callsBeyondThePeersLimitEndTheConnection() {
        TwoVats vats = vats(Limits.DEFAULT.withCalls(100, 5));
        Counter.Client remote = vats.left.bootstrap(Counter.factory);
        hangingCalls(remote, 7);
        expectAbort(vats, "calls waiting");
    }

    @Test
    void capabilitiesBeyondTheTablesEndTheConnection() {
        TwoVats vats = vats(Limits.DEFAULT.withTables(4, 100));
        Counter.Client remote = vats.left.bootstrap(Counter.factory);
        for (int i = 0; i < 6; i++) {
            remote.childRequest().send();
        }
        expectAbort(vats, "more than 4 capabilities");

        TwoVats others = vats(Limits.DEFAULT.withTables(100, 4));
        Counter.Client eager = others.left.bootstrap(Counter.factory);
        for (int i = 0; i < 6; i++) {
            var request = eager.hangRequest();
            request.params().setCounter(Counter.client(new Adder()));
            request.send();
        }
        expectAbort(others, "more than 4 capabilities");
    }

    @Test
    void whatIsTooLongIsRefusedBeforeItIsSentAndTheConnectionLives() {
        TwoVats vats = vats(Limits.DEFAULT.withMessageBytes(4096));
        Counter.Client remote = vats.left.bootstrap(Counter.factory);
        var request = remote.echoRequest();
        request.params().setData(new byte[5000]);
        var tooLong = request.send();
        var fine = adding(remote, 1).send();
        vats.settle(random);
        assertThatThrownBy(tooLong::join).isInstanceOf(RpcException.class).hasMessageContaining("send them in parts");
        assertThat(fine.join().get().getNumber()).isEqualTo(1);
    }

    @Test
    void resultsThatAreTooLongFailTheirCallOnly() {
        TwoVats vats = new TwoVats(
                Adder::new,
                executor -> new Adder(executor) {
                    @Override
                    public CompletionStage<?> child(CallContext<Slot.Reader, Slot.Builder> call) {
                        call.results().setData(new byte[5000]);
                        return Calls.DONE;
                    }
                },
                Limits.DEFAULT.withMessageBytes(4096));
        Counter.Client remote = vats.left.bootstrap(Counter.factory);
        var tooLong = remote.childRequest().send();
        var fine = adding(remote, 1).send();
        vats.settle(random);
        assertThatThrownBy(tooLong::join).isInstanceOf(RpcException.class).hasMessageContaining("in parts");
        assertThat(fine.join().get().getNumber()).isEqualTo(1);
    }

    @Test
    void whatWouldBeTooDeepForThePeerFailsItsCallOnly() {
        TwoVats vats = vats(Limits.DEFAULT);
        Counter.Client remote = vats.left.bootstrap(Counter.factory);
        int deepest = Limits.DEFAULT.nesting() - 3; // message, call and payload come first
        var tooDeep = remote.echoRequest();
        nest(tooDeep.params(), deepest + 1);
        var refused = tooDeep.send();
        var deep = remote.echoRequest();
        nest(deep.params(), deepest);
        var nestedOnce = deep.send(); // which the callee puts a level deeper
        var fine = adding(remote, 1).send();
        vats.settle(random);
        assertThatThrownBy(refused::join).isInstanceOf(RpcException.class).hasMessageContaining("nested too deeply");
        assertThatThrownBy(nestedOnce::join).isInstanceOf(RpcException.class).hasMessageContaining("nested too deeply");
        assertThat(fine.join().get().getNumber()).isEqualTo(1);
        assertThat(vats.left.vat.closedBecause()).isNull();
    }

    private static void nest(Slot.Builder slot, int levels) {
        Slot.Builder at = slot;
        for (int level = 1; level < levels; level++) {
            at = at.initInner();
        }
    }

    @Test
    void capabilitiesThatAreTooManyOrTooLongForAMessageFailTheirCallOnly() {
        for (Limits limits :
                List.of(Limits.DEFAULT.withMessages(512, 64, 4, 9), Limits.DEFAULT.withMessageBytes(1024))) {
            TwoVats vats = vats(limits);
            Counter.Client remote = vats.left.bootstrap(Counter.factory);
            int count = limits.capabilities() == 9 ? 10 : 50; // each takes 8 bytes, and 16 to be described
            var request = remote.echoRequest();
            try (Counter.Client counter = Counter.client(new Adder())) {
                var all = request.params().initAll(count);
                for (int i = 0; i < count; i++) {
                    all.set(i, counter);
                }
            }
            int before = vats.left.vat.tables().exports();
            var tooMuch = request.send();
            assertThat(vats.left.vat.tables().exports()).isEqualTo(before);
            var fine = adding(remote, 1).send();
            vats.settle(random);
            assertThatThrownBy(tooMuch::join).isInstanceOf(RpcException.class).hasMessageContaining("in parts");
            assertThat(fine.join().get().getNumber()).isEqualTo(1);
            assertThat(vats.left.vat.selfCheck()).isEmpty();
        }
    }

    @Test
    void aSenderWaitsWhileAWindowOfItsBytesIsUnanswered(@TempDir Path folder) throws IOException {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        Limits limits = Limits.DEFAULT.withMessageBytes(64 << 10).withWindow(256 << 10, 4 << 20);
        Adder slow = new Adder() {
            @Override
            public CompletionStage<?> echo(CallContext<Slot.Reader, Slot.Builder> call) {
                return gate;
            }
        };
        try (UnixListener listener = UnixListener.open(
                        folder.resolve("s"),
                        PosixFilePermissions.fromString("rw-------"),
                        peer -> slow.client(),
                        limits,
                        4);
                Counter.Client nothing = Counter.factory.nullClient();
                RpcConnection connection = UnixConnection.connect(listener.socket(), nothing, limits);
                Counter.Client remote = connection.bootstrap(Counter.factory)) {
            List<RemoteCall<?, ?>> sent = new ArrayList<>();
            Thread sender = Thread.ofVirtual().start(() -> {
                for (int i = 0; i < 20; i++) {
                    var request = remote.echoRequest();
                    request.params().setData(new byte[32 << 10]);
                    sent.add(request.send());
                }
            });
            await().until(() -> sender.getState() == Thread.State.WAITING);
            assertThat(sent).hasSize(8);
            gate.complete(null);
            await().until(() -> !sender.isAlive());
            sent.forEach(RemoteCall::await);
        }
    }

    @Test
    void aPeerThatNeverReadsIsNotReadFromEitherAndOthersNoticeNothing(@TempDir Path folder) throws IOException {
        Limits limits = Limits.DEFAULT.withMessageBytes(256 << 10).withWindow(1 << 20, 2 << 20);
        Adder adder = new Adder();
        try (UnixListener listener = UnixListener.open(
                        folder.resolve("s"),
                        PosixFilePermissions.fromString("rw-------"),
                        peer -> adder.client(),
                        limits,
                        4);
                RpcConnection honest = UnixConnection.connect(listener.socket());
                Counter.Client counter = honest.bootstrap(Counter.factory);
                SocketChannel hoarder = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            add(counter, 1);
            hoarder.connect(UnixDomainSocketAddress.of(listener.socket()));
            hoarder.configureBlocking(false);
            ByteBuffer demands = demands(200, 100 << 10);
            int refusals = 0;
            while (refusals < 50) {
                refusals = hoarder.write(demands) == 0 ? refusals + 1 : 0;
                add(counter, 1);
            }
            assertThat(demands.remaining())
                    .as("of 20 MiB of calls no more is taken than a window, and what the sockets hold")
                    .isGreaterThan(15 << 20);
            hoarder.shutdownInput();
            hoarder.shutdownOutput();
            await().untilAsserted(() -> assertThat(listener.connections()).isEqualTo(1));
            add(counter, 1);
        }
    }

    @Test
    void aPeerThatNeitherReadsNorSendsIsCutOffWhenItsResultsPileUp(@TempDir Path folder) throws IOException {
        Limits limits = Limits.DEFAULT.withMessageBytes(256 << 10).withWindow(256 << 10, 512 << 10);
        Adder generous = new Adder() {
            @Override
            public CompletionStage<?> echo(CallContext<Slot.Reader, Slot.Builder> call) {
                call.results().setData(new byte[200 << 10]);
                return Calls.DONE;
            }
        };
        try (UnixListener listener = UnixListener.open(
                        folder.resolve("s"),
                        PosixFilePermissions.fromString("rw-------"),
                        peer -> generous.client(),
                        limits,
                        4);
                SocketChannel hoarder = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            hoarder.connect(UnixDomainSocketAddress.of(listener.socket()));
            assertThat(hoarder.write(demands(40, 10))).isPositive();
            await().until(() -> generous.releases.get() == 1 && listener.connections() == 0);
        }
    }

    @Test
    void aThreadThatWaitsAtAHungPeersWindowCanBeInterrupted() throws InterruptedException {
        Limits limits = Limits.DEFAULT.withMessageBytes(1024).withWindow(1024, 4096);
        VatConnection vat =
                new VatConnection(new BrokenClient(RpcException.failed("nothing offered")), new Hung(), limits);
        try (Counter.Client remote = Counter.factory.client(vat.bootstrap())) {
            CompletableFuture<RpcException> failure = new CompletableFuture<>();
            Thread caller = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < 3; i++) {
                        var request = remote.echoRequest();
                        request.params().setData(new byte[700]);
                        request.send();
                    }
                } catch (RpcException interrupted) {
                    failure.complete(interrupted);
                }
            });
            await().until(() -> caller.getState() == Thread.State.WAITING);
            caller.interrupt();
            assertThat(failure.join()).hasMessageContaining("interrupted while waiting to send");
            caller.join();
        }
        vat.close(RpcException.disconnected("test is over"));
        assertThat(vat.tables()).isEqualTo(VatConnection.TableSizes.EMPTY);
    }

    /** A peer that answers nothing. */
    private static final class Hung implements Outbound {
        @Override
        public void send(Frame message) {}

        @Override
        public long backlog() {
            return 0;
        }

        @Override
        public void end() {}
    }

    /** The bytes of a bootstrap and many calls that ask for their large parameters back. */
    private static ByteBuffer demands(int count, int bytes) {
        List<ByteBuffer> recorded = new ArrayList<>();
        Outbound recorder = new Outbound() {
            @Override
            public void send(Frame message) {
                recorded.add(Streams.bytes(message));
            }

            @Override
            public long backlog() {
                return 0;
            }

            @Override
            public void end() {}
        };
        VatConnection vat = new VatConnection(
                new BrokenClient(RpcException.failed("nothing offered")),
                recorder,
                Limits.DEFAULT.withWindow(64 << 20, 128 << 20));
        Counter.Client remote = Counter.factory.client(vat.bootstrap());
        for (int i = 0; i < count; i++) {
            var request = remote.echoRequest();
            request.params().setData(new byte[bytes]);
            request.send();
        }
        ByteBuffer all = ByteBuffer.allocate(
                recorded.stream().mapToInt(ByteBuffer::remaining).sum());
        recorded.forEach(all::put);
        return all.flip();
    }
}
