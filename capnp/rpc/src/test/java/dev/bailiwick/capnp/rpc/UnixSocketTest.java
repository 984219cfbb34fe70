package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketTest {
    @TempDir
    Path folder;

    private final Adder adder = new Adder();
    private final CompletableFuture<PeerCredentials> peer = new CompletableFuture<>();
    private Path socket;
    private UnixListener listener;

    @BeforeEach
    void listen() throws IOException {
        socket = folder.resolve("s");
        listener = open();
    }

    private UnixListener open() throws IOException {
        return UnixListener.open(
                socket,
                PosixFilePermissions.fromString("rw-------"),
                credentials -> {
                    peer.complete(credentials);
                    return Counter.client(adder);
                },
                Limits.DEFAULT,
                16);
    }

    @AfterEach
    void stop() {
        listener.close();
        assertThat(socket).doesNotExist();
    }

    @Test
    void aClientCallsTheServersObject() throws IOException {
        try (RpcConnection connection = UnixConnection.connect(socket);
                Counter.Client counter = connection.bootstrap(Counter.factory)) {
            assertThat(counter.add(3)).isEqualTo(3);
            assertThat(counter.add(4)).isEqualTo(7);
        }
        await().untilAsserted(() -> assertThat(adder.releases).hasValue(1));
    }

    @Test
    void theFactoryLearnsWhoConnected() throws IOException {
        try (RpcConnection connection = UnixConnection.connect(socket);
                Counter.Client counter = connection.bootstrap(Counter.factory)) {
            counter.add(1);
        }
        assertThat(peer.join().pid()).isEqualTo((int) ProcessHandle.current().pid());
        assertThat(peer.join().uid()).isEqualTo(Files.getAttribute(folder, "unix:uid"));
        assertThat(peer.join().gid()).isNotNegative();
    }

    @Test
    void onlyTheOwnerMayConnectAndOnlyOneMayListen() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
        assertThatThrownBy(this::open).isInstanceOf(BindException.class).hasMessageContaining("already listens");
    }

    @Test
    void pipelinedCallsCallbacksAndFailuresCrossTheSocket() throws IOException {
        try (RpcConnection connection = UnixConnection.connect(socket);
                Counter.Client counter = connection.bootstrap(Counter.factory);
                var call = counter.childRequest().send();
                Counter.Client child = call.pipeline().getCounter()) {
            assertThat(child.add(5)).isEqualTo(5);
            Adder mine = new Adder();
            try (Counter.Client own = Counter.client(mine)) {
                var request = counter.echoRequest();
                request.params().setCounter(own);
                try (var response = request.send().join();
                        Counter.Client back = response.get().getCounter();
                        Counter.Client inner = response.get().getInner().getCounter()) {
                    assertThat(back.add(2)).isEqualTo(2);
                    assertThat(inner.add(2)).isEqualTo(4);
                }
            }
            await().untilAsserted(() -> assertThat(mine.releases).hasValue(1));
        }
    }

    @Test
    void aThousandCallsAtOnceKeepTheirOrder() throws IOException {
        try (RpcConnection connection = UnixConnection.connect(socket);
                Counter.Client counter = connection.bootstrap(Counter.factory)) {
            List<RemoteCall<Counter.Slot.Reader, Counter.Slot.Pipeline>> calls = IntStream.range(0, 1_000)
                    .mapToObj(i -> {
                        var request = counter.addRequest();
                        request.params().setNumber(i);
                        return request.send();
                    })
                    .toList();
            calls.forEach(RemoteCall::await);
        }
        assertThat(adder.seen)
                .containsExactlyElementsOf(IntStream.range(0, 1_000).boxed().toList());
    }

    @Test
    void whenTheServerGoesItsCapabilitiesAreDisconnected() throws IOException {
        try (RpcConnection connection = UnixConnection.connect(socket);
                Counter.Client counter = connection.bootstrap(Counter.factory)) {
            counter.add(1);
            listener.close();
            connection.ended().toCompletableFuture().join();
            assertThatThrownBy(() -> counter.add(1))
                    .isInstanceOfSatisfying(
                            RpcException.class,
                            failure -> assertThat(failure.type()).isEqualTo(RpcException.Type.DISCONNECTED));
            assertThat(connection.vat().tables()).isEqualTo(VatConnection.TableSizes.EMPTY);
        }
    }

    @Test
    void aPeerThatBreaksTheRulesIsToldAndDisconnectedAndNobodyElse() throws IOException {
        try (RpcConnection honest = UnixConnection.connect(socket);
                Counter.Client counter = honest.bootstrap(Counter.factory);
                SocketChannel hostile = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            counter.add(1);
            hostile.connect(UnixDomainSocketAddress.of(socket));
            ByteBuffer claim = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            hostile.write(claim.putInt(0).putInt(0x0fff_ffff).flip());
            ByteBuffer told = ByteBuffer.allocate(4096);
            while (hostile.read(told) >= 0) {
                assertThat(told.hasRemaining()).isTrue();
            }
            assertThat(new String(told.array(), 0, told.position(), java.nio.charset.StandardCharsets.ISO_8859_1))
                    .contains("longer than the limit");
            assertThat(counter.add(1)).isEqualTo(2);
            await().untilAsserted(() -> assertThat(listener.connections()).isEqualTo(1));
        }
    }

    @Test
    void cancellingReachesTheServersMethod() throws IOException {
        CompletableFuture<Void> started = new CompletableFuture<>();
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        listener.close();
        listener = UnixListener.open(
                socket,
                PosixFilePermissions.fromString("rw-------"),
                credentials -> Counter.client(new Adder() {
                    @Override
                    public CompletionStage<?> echo(CallContext<Counter.Slot.Reader, Counter.Slot.Builder> call) {
                        call.onCancel(() -> cancelled.complete(null));
                        started.complete(null);
                        return cancelled;
                    }
                }),
                Limits.DEFAULT,
                16);
        try (RpcConnection connection = UnixConnection.connect(socket);
                Counter.Client counter = connection.bootstrap(Counter.factory)) {
            var call = counter.echoRequest().send();
            started.join();
            call.close();
            cancelled.join();
            assertThat(counter.add(1)).isEqualTo(1);
        }
    }
}
