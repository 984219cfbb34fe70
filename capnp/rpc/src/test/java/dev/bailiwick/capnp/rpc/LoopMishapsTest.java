package dev.bailiwick.capnp.rpc;

import static dev.bailiwick.capnp.rpc.Adder.add;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.capnp.rpc.testing.Counter;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A loop goes on when memory is gone, and a connection that cannot be written to ends. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoopMishapsTest {
    @TempDir
    Path folder;

    private final Buffers buffers = new Buffers();
    private final Adder adder = new Adder();
    private final List<AutoCloseable> open = new ArrayList<>();
    private String name;
    private IoLoop loop;
    private ServerSocketChannel server;

    /** Buffers of which there are so many more, then one time none. */
    private static final class Buffers extends BufferPool {
        final AtomicInteger left = new AtomicInteger(-1);

        @Override
        ByteBuffer take() {
            if (left.get() >= 0 && left.getAndDecrement() == 0) {
                throw new OutOfMemoryError("there is no buffer, says the test");
            }
            return super.take();
        }
    }

    @BeforeEach
    void listen() throws IOException {
        name = "loop of " + folder.getFileName();
        loop = IoLoop.start(name, buffers);
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(folder.resolve("s")));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        server.close();
        loop.close();
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.add(resource);
        return resource;
    }

    /** The object of a fresh connection whose other end the loop looks after. */
    private Counter.Client connect() throws IOException {
        RpcConnection client = opened(UnixConnection.connect(folder.resolve("s")));
        opened(RpcConnection.open(loop, server.accept(), Counter.client(adder), Limits.DEFAULT));
        return opened(client.bootstrap(Counter.factory));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void memoryThatIsMissingForOneConnectionCostsNoOther(int buffersLeft) throws IOException {
        List<Counter.Client> peers = List.of(connect(), connect());
        assertThat(add(peers.get(0), 1)).isEqualTo(1);
        assertThat(add(peers.get(1), 1)).isEqualTo(2);
        // The first is for reading, the next for writing. Whose it is depends on when the loop reads that the calls are
        // finished.
        buffers.left.set(buffersLeft);
        int unlucky = await().until(() -> whoIsCutOff(peers), who -> who >= 0);
        assertThat(add(peers.get(1 - unlucky), 1)).isEqualTo(3);
        assertThat(add(connect(), 1)).isEqualTo(4);
    }

    private static int whoIsCutOff(List<Counter.Client> peers) {
        for (int i = 0; i < peers.size(); i++) {
            try {
                add(peers.get(i), 0);
            } catch (RpcException cutOff) {
                assertThat(cutOff.type()).isEqualTo(RpcException.Type.DISCONNECTED);
                return i;
            }
        }
        return -1;
    }

    @Test
    void whatWentWrongInsideIsNotToldToThePeer() throws IOException {
        RpcConnection client = opened(UnixConnection.connect(folder.resolve("s")));
        Counter.Client fragile = Counter.factory.client(CapabilityClient.serve(adder, task -> {
            throw new StackOverflowError("at a secret place");
        }));
        opened(RpcConnection.open(loop, server.accept(), fragile, Limits.DEFAULT));
        Counter.Client counter = opened(client.bootstrap(Counter.factory));
        assertThatThrownBy(() -> add(counter, 1))
                .isInstanceOf(RpcException.class)
                .hasMessageContaining("internal error")
                .hasMessageNotContaining("secret")
                .hasMessageNotContaining("StackOverflow");
    }

    @Test
    void connectionsGoOnAfterTheirLoopWasClosed() throws IOException {
        Counter.Client counter = connect();
        assertThat(add(counter, 1)).isEqualTo(1);
        loop.close();
        for (int sum = 2; sum < 10; sum++) {
            assertThat(add(counter, 1)).isEqualTo(sum);
        }
    }

    @Test
    void theLoopEndsThoughItClosedTheLastSocketItself() throws IOException {
        SocketChannel hostile = opened(SocketChannel.open(StandardProtocolFamily.UNIX));
        hostile.connect(UnixDomainSocketAddress.of(folder.resolve("s")));
        opened(RpcConnection.open(loop, server.accept(), Counter.client(adder), Limits.DEFAULT));
        loop.close();
        hostile.write(ByteBuffer.wrap(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1}));
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith(name)));
    }

    @Test
    void aConnectionThatCannotBeStartedLeavesNothingOpen() throws IOException {
        loop.close();
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith(name)));
        SocketChannel socket = opened(SocketChannel.open(StandardProtocolFamily.UNIX));
        socket.connect(UnixDomainSocketAddress.of(folder.resolve("s")));
        assertThatThrownBy(() -> RpcConnection.open(loop, socket, Counter.client(adder), Limits.DEFAULT))
                .isInstanceOf(ClosedSelectorException.class);
        assertThat(socket.isOpen()).isFalse();
        await().untilAsserted(() -> assertThat(adder.releases).hasValue(1));
    }

    @Test
    void aCallToAPeerThatHasStoppedReadingFails() throws IOException {
        RpcConnection client = opened(UnixConnection.connect(folder.resolve("s")));
        SocketChannel deaf = opened(server.accept());
        deaf.shutdownInput();
        Counter.Client counter = opened(client.bootstrap(Counter.factory));
        assertThatThrownBy(() -> add(counter, 1))
                .isInstanceOf(RpcException.class)
                .hasMessageContaining("cannot be written to");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCallIntoAChannelThatFailsFails(boolean isDeclared) throws IOException {
        Pipe silent = Pipe.open();
        opened(silent.sink());
        RpcConnection client = opened(RpcConnection.open(silent.source(), new Broken(isDeclared), Limits.DEFAULT));
        Counter.Client counter = opened(client.bootstrap(Counter.factory));
        assertThatThrownBy(() -> add(counter, 1))
                .isInstanceOf(RpcException.class)
                .hasMessageContaining("cannot be written to");
        assertThat(client.ended().toCompletableFuture().join().reason()).contains("the pipe burst");
    }

    /** A channel that takes nothing. */
    private record Broken(boolean isDeclared) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer source) throws IOException {
            if (isDeclared) {
                throw new IOException("the pipe burst");
            }
            throw new IllegalStateException("the pipe burst");
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
