package dev.bailiwick.capnp.rpc;

import static dev.bailiwick.capnp.rpc.Adder.add;
import static dev.bailiwick.capnp.rpc.Adder.adding;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stock C++ vat at the other end, built here from {@code src/test/cpp} with Debian's {@code libcapnp-dev}. */
@Tag("native-tools")
class CppInteropTest {
    @TempDir
    static Path build;

    @TempDir
    Path folder;

    @BeforeAll
    static void compile() throws IOException, InterruptedException {
        run(
                "capnp",
                "compile",
                "-I../compiler/src/main/capnp",
                "--src-prefix=src/test/capnp",
                "-oc++:" + build,
                "src/test/capnp/counter.capnp");
        run(
                "g++",
                "-std=c++17",
                "-O1",
                "-o",
                build.resolve("interop").toString(),
                "-I" + build,
                "src/test/cpp/interop.c++",
                build.resolve("counter.capnp.c++").toString(),
                "-lcapnp-rpc",
                "-lcapnp",
                "-lkj-async",
                "-lkj");
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    private Process interop(String mode, Path socket) throws IOException {
        return new ProcessBuilder(build.resolve("interop").toString(), mode, socket.toString())
                .redirectErrorStream(true)
                .start();
    }

    @Test
    void aStockClientFindsEverythingRightWithOurServer() throws IOException, InterruptedException {
        Path socket = folder.resolve("ours");
        Adder adder = new Adder();
        try (UnixListener listener = UnixListener.open(
                socket, PosixFilePermissions.fromString("rw-------"), peer -> adder.client(), Limits.DEFAULT, 4)) {
            Process client = interop("call", socket);
            String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(client.waitFor()).as(output).isZero();
            assertThat(output.lines())
                    .containsExactly(
                            "ok call",
                            "ok pipeline",
                            "ok callback",
                            "ok capabilities",
                            "ok order",
                            "ok failure",
                            "ok cancellation",
                            "ok data");
            assertThat(adder.cancelled).isDone();
            await().untilAsserted(() -> {
                assertThat(listener.connections()).isZero();
                assertThat(adder.releases).hasValue(1);
            });
        }
    }

    @Test
    void ourClientFindsEverythingRightWithAStockServer() throws IOException {
        Path socket = folder.resolve("theirs");
        Process server = interop("serve", socket);
        try {
            assertThat(server.inputReader().readLine()).isEqualTo("ready");
            assertThat(Files.exists(socket)).isTrue();
            try (RpcConnection connection = UnixConnection.connect(socket)) {
                try (Counter.Client counter = connection.bootstrap(Counter.factory)) {
                    checkCalls(counter);
                    checkCapabilities(counter);
                    checkOrder(counter);
                    checkFailures(counter);
                    checkCancellation(counter);
                    checkData(counter);
                }
                await().untilAsserted(
                                () -> assertThat(connection.vat().tables()).isEqualTo(VatConnection.TableSizes.EMPTY));
            }
        } finally {
            server.destroy();
        }
    }

    private static void checkCalls(Counter.Client counter) {
        assertThat(add(counter, 3)).isEqualTo(3);
        try (var call = counter.childRequest().send();
                Counter.Client child = call.pipeline().getCounter();
                var next = child.childRequest().send();
                Counter.Client grandchild = next.pipeline().getCounter()) {
            assertThat(add(grandchild, 5)).isEqualTo(5);
            assertThat(add(child, 6)).isEqualTo(6);
        }
        Adder mine = new Adder();
        try (Counter.Client own = mine.client()) {
            var request = counter.callBackRequest();
            request.params().setNumber(9);
            request.params().setCounter(own);
            try (var response = request.send().join()) {
                assertThat(response.get().getNumber()).isEqualTo(9);
            }
        }
        assertThat(mine.seen).containsExactly(9);
        await().untilAsserted(() -> assertThat(mine.releases).hasValue(1));
    }

    private static void checkCapabilities(Counter.Client counter) {
        Adder mine = new Adder();
        try (Counter.Client own = mine.client()) {
            var request = counter.echoRequest();
            request.params().setCounter(own);
            var list = request.params().initAll(2);
            list.set(0, own);
            list.set(1, counter);
            request.params().initInner().initAny().setAs(Counter.factory, own);
            request.params().getChoice().setChosen(own);
            try (var response = request.send().join()) {
                Slot.Reader inner = response.get().getInner();
                try (Counter.Client fromField = response.get().getCounter();
                        Counter.Client fromInner = inner.getCounter();
                        Counter.Client fromList = inner.getAll().get(0);
                        Counter.Client theirs = inner.getAll().get(1);
                        Counter.Client fromAny = inner.getInner().getAny().getAs(Counter.factory);
                        Counter.Client fromUnion = inner.getChoice().getChosen()) {
                    int number = 0;
                    for (Counter.Client client : List.of(fromField, fromInner, fromList, fromAny, fromUnion)) {
                        add(client, ++number);
                    }
                    assertThat(add(theirs, 0)).isEqualTo(3);
                }
            }
        }
        assertThat(mine.seen).containsExactly(1, 2, 3, 4, 5);
        await().untilAsserted(() -> assertThat(mine.releases).hasValue(1));
    }

    private static void checkOrder(Counter.Client counter) {
        Adder mine = new Adder();
        List<RemoteCall<?, ?>> calls = new ArrayList<>();
        try (Counter.Client own = mine.client()) {
            var request = counter.echoRequest();
            request.params().setCounter(own);
            try (var echo = request.send();
                    Counter.Client leadsHome = echo.pipeline().getCounter()) {
                for (int i = 0; i < 100; i++) {
                    if (i == 50) {
                        assertThat(echo.join().get().hasInner()).isTrue();
                    }
                    calls.add(adding(leadsHome, i).send());
                }
                calls.forEach(RemoteCall::await);
            }
        }
        assertThat(mine.seen)
                .containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
    }

    private static void checkFailures(Counter.Client counter) {
        var request = counter.failRequest();
        request.params().setText("come back later");
        assertThatThrownBy(() -> request.send().await()).isInstanceOfSatisfying(RpcException.class, failure -> {
            assertThat(failure.type()).isEqualTo(RpcException.Type.OVERLOADED);
            assertThat(failure.reason()).contains("come back later");
        });
    }

    private static void checkCancellation(Counter.Client counter) {
        counter.hangRequest().send().close();
        await().untilAsserted(() -> assertThat(add(counter, -1)).isEqualTo(1));
    }

    private static void checkData(Counter.Client counter) {
        byte[] data = new byte[4 << 20];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (i * 31);
        }
        var request = counter.echoRequest();
        request.params().setData(data);
        try (var response = request.send().join()) {
            assertThat(response.get().getInner().getData().toArray()).isEqualTo(data);
        }
    }
}
