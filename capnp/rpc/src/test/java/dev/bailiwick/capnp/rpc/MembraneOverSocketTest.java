package dev.bailiwick.capnp.rpc;

import static dev.bailiwick.capnp.rpc.Adder.add;
import static dev.bailiwick.capnp.rpc.Adder.adding;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.capnp.rpc.testing.Counter;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a peer sees of objects that are served through a membrane. */
class MembraneOverSocketTest {
    @TempDir
    Path folder = Path.of("");

    private final Adder inside = new Adder();
    private final Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
    private UnixListener listener;
    private RpcConnection connection;
    private Counter.Client remote;

    @BeforeEach
    void connect() throws IOException {
        Path socket = folder.resolve("s");
        listener = UnixListener.open(
                socket,
                PosixFilePermissions.fromString("rw-------"),
                peer -> {
                    try (Counter.Client counter = inside.client()) {
                        return membrane.wrap(counter, Counter.factory);
                    }
                },
                Limits.DEFAULT,
                4);
        connection = UnixConnection.connect(socket);
        remote = connection.bootstrap(Counter.factory);
    }

    @AfterEach
    void nothingIsLeft() {
        remote.close();
        await().untilAsserted(() -> assertThat(connection.vat().tables()).isEqualTo(VatConnection.TableSizes.EMPTY));
        connection.close();
        await().untilAsserted(() -> assertThat(inside.releases).hasValue(1));
        listener.close();
    }

    @Test
    void revocationReachesEverythingThePeerHoldsAndItsPendingCalls() {
        try (var call = remote.childRequest().send();
                Counter.Client child = call.pipeline().getCounter()) {
            assertThat(add(child, 1)).isEqualTo(1);
            var pending = remote.hangRequest().send();
            inside.hanging.join();
            membrane.revoke("account disabled");
            assertRevoked(() -> pending.await());
            assertRevoked(() -> add(child, 1));
            assertRevoked(() -> add(remote, 1));
            assertRevoked(() -> remote.childRequest().send().await());
            inside.cancelled.join();
        }
        await().untilAsserted(() -> assertThat(inside.releases).hasValue(1));
    }

    @Test
    void aPeersOwnCapabilityCrossesAndComesHome() {
        Adder mine = new Adder();
        try (Counter.Client own = mine.client()) {
            var request = remote.echoRequest();
            request.params().setCounter(own);
            try (var echo = request.send();
                    Counter.Client promised = echo.pipeline().getCounter()) {
                var first = adding(promised, 1).send();
                var second = adding(promised, 2).send();
                first.await();
                second.await();
                try (var response = echo.join();
                        Counter.Client home = response.get().getCounter()) {
                    assertThat(home.hook().innermost()).isSameAs(own.hook());
                    add(promised, 3);
                }
            }
            var callBack = remote.callBackRequest();
            callBack.params().setNumber(4);
            callBack.params().setCounter(own);
            callBack.send().await();
        }
        assertThat(mine.seen).containsExactly(1, 2, 3, 4);
        await().untilAsserted(() -> assertThat(mine.releases).hasValue(1));
    }

    private static void assertRevoked(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RpcException.class, failure -> {
            assertThat(failure.type()).isEqualTo(RpcException.Type.FAILED);
            assertThat(failure.reason()).isEqualTo("revoked: account disabled");
        });
    }
}
