package dev.bailiwick.capnp.rpc;

import static dev.bailiwick.capnp.rpc.Adder.add;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.capnp.rpc.testing.Counter;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets in, and what those are told who do not. */
class UnixListenerTest {
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");

    @TempDir
    Path folder;

    private UnixListener listen(int mostConnections, int mostOfOneUser) throws IOException {
        return UnixListener.open(
                folder.resolve("s"),
                OWNER,
                peer -> Counter.client(new Adder()),
                Limits.DEFAULT,
                ListenerLimits.of(mostConnections, mostOfOneUser));
    }

    @Test
    void oneUserGetsNoMoreThanItsShareAndIsToldSo() throws IOException {
        try (UnixListener listener = listen(10, 2);
                Intruder first = new Intruder(listener.socket())) {
            assertThat(first.isServed(0)).isTrue();
            try (Intruder second = new Intruder(listener.socket());
                    Intruder third = new Intruder(listener.socket())) {
                assertThat(second.isServed(0)).isTrue();
                assertThat(third.awaitAbort()).contains("as many connections as one user may have");
            }
            assertThat(first.isServed(1)).isTrue();
            await().until(() -> listener.connections() == 1);
            try (Intruder again = new Intruder(listener.socket())) {
                assertThat(again.isServed(0))
                        .as("a share given back can be taken again")
                        .isTrue();
            }
        }
    }

    @Test
    void aFullListenerSaysSoAndGoesOnServing() throws IOException {
        try (UnixListener listener = listen(1, 5);
                RpcConnection connection = UnixConnection.connect(listener.socket());
                Counter.Client counter = connection.bootstrap(Counter.factory)) {
            assertThat(add(counter, 1)).isEqualTo(1);
            for (int i = 0; i < 20; i++) {
                try (Intruder intruder = new Intruder(listener.socket())) {
                    assertThat(intruder.awaitAbort()).contains("as many connections as it may have");
                }
            }
            assertThat(add(counter, 1)).isEqualTo(2);
            assertThat(listener.connections()).isEqualTo(1);
        }
    }

    @Test
    void thoseWhoLeaveAtOnceCostNothing() throws IOException {
        try (UnixListener listener = listen(4, 2)) {
            for (int i = 0; i < 50; i++) {
                leaveAtOnce(listener.socket());
            }
            await().until(() -> isServed(listener.socket()));
            await().until(() -> listener.connections() == 0);
        }
    }

    private static boolean isServed(Path socket) throws IOException {
        try (Intruder honest = new Intruder(socket)) {
            return honest.isServed(0);
        }
    }

    private static void leaveAtOnce(Path socket) throws IOException {
        new Intruder(socket).close();
    }

    @Test
    void aFactoryThatFailsCostsOnePeerItsConnection() throws IOException {
        AtomicInteger made = new AtomicInteger();
        try (UnixListener listener = UnixListener.open(
                folder.resolve("s"),
                OWNER,
                peer -> {
                    if (made.getAndIncrement() == 0) {
                        throw new OutOfMemoryError("no memory, says the test");
                    }
                    return Counter.client(new Adder());
                },
                Limits.DEFAULT,
                1)) {
            assertThat(isServed(listener.socket())).isFalse();
            assertThat(isServed(listener.socket()))
                    .as("the place is free again, and somebody accepts")
                    .isTrue();
        }
    }

    @Test
    void whoIsBeingGreetedWhenTheListenerClosesIsDisconnectedAsWell() throws IOException {
        CompletableFuture<UnixListener> opened = new CompletableFuture<>();
        UnixListener listener = UnixListener.open(
                folder.resolve("s"),
                OWNER,
                peer -> {
                    opened.join().close();
                    return Counter.client(new Adder());
                },
                Limits.DEFAULT,
                1);
        opened.complete(listener);
        try (Intruder greeted = new Intruder(folder.resolve("s"))) {
            assertThat(greeted.await(message -> false)).isEmpty(); // which is what its end looks like
        }
        await().until(() -> listener.connections() == 0);
    }

    @Test
    void aListenerThatTakesNobodyIsRefused() {
        assertThatThrownBy(() -> listen(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> listen(1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
