package dev.bailiwick.capnp.rpc;

import static dev.bailiwick.capnp.rpc.Adder.add;
import static dev.bailiwick.capnp.rpc.Adder.adding;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.capnp.rpc.testing.Counter;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real threads on real sockets: what one wants, another must not get. */
class ManyThreadsTest {
    private static final int CONNECTIONS = 8;
    private static final int THREADS = 4;
    private static final int ROUNDS = 60;

    @TempDir
    Path folder;

    private final long seed = new Random().nextLong();

    @Test
    void callsFromManyThreadsKeepTheirOrderAndLeaveNothingBehind()
            throws IOException, InterruptedException, ExecutionException {
        Path socket = folder.resolve("s");
        Adder shared = new Adder();
        try (UnixListener listener = UnixListener.open(
                        socket,
                        PosixFilePermissions.fromString("rw-------"),
                        peer -> shared.client(),
                        Limits.DEFAULT,
                        CONNECTIONS);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<RpcConnection> connections = new ArrayList<>();
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                RpcConnection connection = UnixConnection.connect(socket);
                connections.add(connection);
                for (int j = 0; j < THREADS; j++) {
                    Random random = new Random(seed + 31L * i + j);
                    workers.add(threads.submit(() -> work(connection, random)));
                }
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
            for (RpcConnection connection : connections) {
                await().untilAsserted(() -> assertThat(connection.vat().tables())
                        .as("seed %d", seed)
                        .isEqualTo(VatConnection.TableSizes.EMPTY));
                connection.close();
            }
            await().untilAsserted(() -> assertThat(listener.connections()).isZero());
            await().untilAsserted(() -> assertThat(shared.releases).hasValue(CONNECTIONS));
        }
    }

    private static void work(RpcConnection connection, Random random) {
        Adder mine = new Adder();
        List<Integer> expected = new ArrayList<>();
        try (Counter.Client remote = connection.bootstrap(Counter.factory);
                Counter.Client own = mine.client()) {
            for (int round = 0; round < ROUNDS; round++) {
                switch (random.nextInt(4)) {
                    case 0 -> expected.addAll(throughThePeerAndBack(remote, own, expected.size(), random));
                    case 1 -> {
                        try (var call = remote.childRequest().send();
                                Counter.Client child = call.pipeline().getCounter()) {
                            assertThat(add(child, round)).isEqualTo(round);
                        }
                    }
                    case 2 -> remote.hangRequest().send().close();
                    default -> add(remote, 0);
                }
            }
        }
        assertThat(mine.seen).isEqualTo(expected);
        await().untilAsserted(() -> assertThat(mine.releases).hasValue(1));
    }

    private static List<Integer> throughThePeerAndBack(
            Counter.Client remote, Counter.Client own, int from, Random random) {
        var request = remote.echoRequest();
        request.params().setCounter(own);
        List<Integer> numbers =
                IntStream.range(from, from + 1 + random.nextInt(20)).boxed().toList();
        try (var echo = request.send();
                Counter.Client leadsHome = echo.pipeline().getCounter()) {
            List<RemoteCall<?, ?>> calls = new ArrayList<>();
            for (int number : numbers) {
                if (random.nextInt(8) == 0) {
                    assertThat(echo.join().get().hasInner()).isTrue();
                }
                calls.add(adding(leadsHome, number).send());
            }
            calls.forEach(RemoteCall::await);
        }
        return numbers;
    }
}
