package dev.bailiwick.capnp.rpc;

import static dev.bailiwick.capnp.rpc.Adder.add;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
            assertThat(add(counter, 3)).isEqualTo(3);
            assertThat(add(counter, 4)).isEqualTo(7);
        }
        await().untilAsserted(() -> assertThat(adder.releases).hasValue(1));
    }

    @Test
    void theFactoryLearnsWhoConnected() throws IOException {
        try (RpcConnection connection = UnixConnection.connect(socket);
                Counter.Client counter = connection.bootstrap(Counter.factory)) {
            add(counter, 1);
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
            assertThat(add(child, 5)).isEqualTo(5);
            Adder mine = new Adder();
            try (Counter.Client own = Counter.client(mine)) {
                var request = counter.echoRequest();
                request.params().setCounter(own);
                try (var response = request.send().join();
                        Counter.Client back = response.get().getCounter();
                        Counter.Client inner = response.get().getInner().getCounter()) {
                    assertThat(add(back, 2)).isEqualTo(2);
                    assertThat(add(inner, 2)).isEqualTo(4);
                }
            }
            await().untilAsserted(() -> assertThat(mine.releases).hasValue(1));
        }
    }

    @Test
    void aThousandCallsAtOnceKeepTheirOrder() throws IOException {
        try (RpcConnection connection = UnixConnection.connect(socket);
                Counter.Client counter = connection.bootstrap(Counter.factory)) {
            List<RemoteCall<Slot.Reader, Slot.Pipeline>> calls = IntStream.range(0, 1_000)
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
            add(counter, 1);
            listener.close();
            connection.ended().toCompletableFuture().join();
            assertThatThrownBy(() -> add(counter, 1))
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
            add(counter, 1);
            hostile.connect(UnixDomainSocketAddress.of(socket));
            ByteBuffer claim = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            hostile.write(claim.putInt(0).putInt(0x0fff_ffff).flip());
            ByteBuffer told = ByteBuffer.allocate(4096);
            while (hostile.read(told) >= 0) {
                assertThat(told.hasRemaining()).isTrue();
            }
            assertThat(new String(told.array(), 0, told.position(), StandardCharsets.ISO_8859_1))
                    .contains("longer than the limit");
            assertThat(add(counter, 1)).isEqualTo(2);
            await().untilAsserted(() -> assertThat(listener.connections()).isEqualTo(1));
        }
    }

    @Test
    void cancellingReachesTheServersMethod() throws IOException {
        try (RpcConnection connection = UnixConnection.connect(socket);
                Counter.Client counter = connection.bootstrap(Counter.factory)) {
            var call = counter.hangRequest().send();
            adder.hanging.join();
            call.close();
            adder.cancelled.join();
            assertThat(add(counter, 1)).isEqualTo(1);
        }
    }
}
