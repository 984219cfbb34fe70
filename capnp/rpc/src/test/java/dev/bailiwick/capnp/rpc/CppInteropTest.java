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
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stock C++ vat at the other end, built here from {@code src/test/cpp} with Debian's {@code libcapnp-dev}. */
@Tag("native-tools")
class CppInteropTest {
    /** Adding this settles the promise that a child was asked for. */
    private static final int SETTLE = 1000;

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
        Adder adder = new Interop();
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
                            "ok deep pipeline",
                            "ok forwarded failure",
                            "ok forwarded cancellation",
                            "ok promise",
                            "ok failures",
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
                    checkDeepPipeline(counter);
                    checkForwardedFailure(counter);
                    checkForwardedCancellation(counter);
                    checkOrderOfAPromise(counter);
                    checkFailureTypes(counter);
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

    private static void checkDeepPipeline(Counter.Client counter) {
        List<Counter.Client> at = new ArrayList<>(List.of(counter.share()));
        List<RemoteCall<?, ?>> calls = new ArrayList<>();
        for (int depth = 0; depth < 12; depth++) {
            var call = at.getLast().childRequest().send();
            calls.add(call);
            at.add(call.pipeline().getCounter());
        }
        assertThat(add(at.getLast(), 6)).isEqualTo(6);
        calls.forEach(RemoteCall::close);
        at.forEach(Counter.Client::close);
    }

    /** The stock vat leaves the results where they came from: here. So it must with failures. */
    private static void checkForwardedFailure(Counter.Client counter) {
        Adder failing = new Adder() {
            @Override
            public CompletionStage<?> add(CallContext<Slot.Reader, Slot.Builder> call) {
                throw RpcException.overloaded("my own fault");
            }
        };
        try (Counter.Client own = failing.client()) {
            var request = counter.callBackRequest();
            request.params().setCounter(own);
            assertThatThrownBy(() -> request.send().await())
                    .isInstanceOfSatisfying(
                            RpcException.class,
                            failure -> assertThat(failure.type()).isEqualTo(RpcException.Type.OVERLOADED));
        }
        await().untilAsserted(() -> assertThat(failing.releases).hasValue(1));
    }

    /** Giving up a call that the stock vat sent back here gives up what came back, too. */
    private static void checkForwardedCancellation(Counter.Client counter) {
        CompletableFuture<Void> started = new CompletableFuture<>();
        Adder hanging = new Adder() {
            @Override
            public CompletionStage<?> add(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
                started.complete(null);
                return hang(call);
            }
        };
        try (Counter.Client own = hanging.client()) {
            var request = counter.callBackRequest();
            request.params().setCounter(own);
            var call = request.send();
            await().untilAsserted(() -> assertThat(started).isDone());
            assertThat(hanging.cancelled).isNotDone();
            call.cancel();
            await().untilAsserted(() -> assertThat(hanging.cancelled).isDone());
            assertThatThrownBy(call::join).isInstanceOf(RpcException.class).hasMessageContaining("cancelled");
        }
        await().untilAsserted(() -> assertThat(hanging.releases).hasValue(1));
    }

    /** A promise that the stock vat exports, and settles for what it was given: ours. It must send our disembargo back. */
    private static void checkOrderOfAPromise(Counter.Client counter) {
        Adder mine = new Adder();
        List<RemoteCall<?, ?>> calls = new ArrayList<>();
        try (Counter.Client own = mine.client()) {
            var request = counter.childRequest();
            request.params().setCounter(own);
            try (var response = request.send().join();
                    Counter.Client leadsHome = response.get().getCounter()) {
                for (int i = 0; i < 100; i++) {
                    if (i == 40) {
                        calls.add(adding(counter, SETTLE).send());
                    }
                    if (i > 60 && i % 10 == 0) {
                        add(counter, 0);
                    }
                    calls.add(adding(leadsHome, i).send());
                }
                calls.forEach(RemoteCall::await);
                assertThat(leadsHome.hook().innermost()).isSameAs(own.hook());
            }
        }
        assertThat(mine.seen)
                .containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
    }

    private static void checkFailureTypes(Counter.Client counter) {
        for (RpcException.Type type : RpcException.Type.values()) {
            var request = counter.failRequest();
            request.params().setText(type.name().toLowerCase(Locale.ROOT));
            assertThatThrownBy(() -> request.send().await())
                    .isInstanceOfSatisfying(
                            RpcException.class,
                            failure -> assertThat(failure.type()).isEqualTo(type));
        }
    }

    /** What the stock program's counter can do, too. */
    private static final class Interop extends Adder {
        private final PromiseClient promised = new PromiseClient();
        private final CompletableFuture<Counter.Client> given = new CompletableFuture<>();

        @Override
        public CompletionStage<?> add(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
            if (call.params().getNumber() == SETTLE) {
                promised.resolve(given.join().hook());
                return Calls.DONE;
            }
            return super.add(call);
        }

        @Override
        public CompletionStage<?> child(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
            if (!call.params().hasCounter()) {
                return super.child(call);
            }
            given.complete(call.params().getCounter());
            try (Counter.Client promise = Counter.factory.client(promised)) {
                call.results().setCounter(promise);
            }
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> fail(CallContext<Slot.Reader, Slot.Builder> call) {
            String text = call.params().getText().toString();
            RpcException.Type type = Arrays.stream(RpcException.Type.values())
                    .filter(each -> each.name().equalsIgnoreCase(text))
                    .findFirst()
                    .orElse(RpcException.Type.OVERLOADED);
            throw new RpcException(type, text);
        }
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
