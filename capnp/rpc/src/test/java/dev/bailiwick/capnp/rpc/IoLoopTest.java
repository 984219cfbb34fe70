package dev.bailiwick.capnp.rpc;

import static dev.bailiwick.capnp.rpc.Adder.add;
import static dev.bailiwick.capnp.rpc.Adder.adding;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Methods on the thread that received their calls, and answers read by the thread that waits for them. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IoLoopTest {
    private static final int LARGE = 32 << 10;

    @TempDir
    Path folder;

    private final CountDownLatch blocked = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private final Stubborn server = new Stubborn();
    private UnixListener listener;
    private RpcConnection connection;
    private Counter.Client counter;

    /** A counter some of whose methods block, and which runs where objects usually do. */
    private class Stubborn extends Adder {
        volatile boolean ranOnVirtualThread;
        volatile IoLoop.@Nullable Batch ranIn;

        @Override
        public CompletionStage<?> add(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
            ranOnVirtualThread = Thread.currentThread().isVirtual();
            ranIn = IoLoop.batchOfThisThread();
            return super.add(call);
        }

        /** A fresh counter, behind which more calls can be made. */
        @Override
        public CompletionStage<?> child(CallContext<Slot.Reader, Slot.Builder> call) {
            try (Counter.Client child = Counter.client(new Stubborn())) {
                call.results().setCounter(child);
            }
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> hang(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
            blocked.countDown();
            go.await();
            return Calls.DONE;
        }

        /** Calls the counter given, with as many bytes as came, and blocks until it has answered. */
        @Override
        public CompletionStage<?> callBack(CallContext<Slot.Reader, Slot.Builder> call) {
            try (Counter.Client given = call.params().getCounter()) {
                var request = adding(given, call.params().getNumber());
                request.params().setData(new byte[call.params().getData().size()]);
                try (var response = request.send().join()) {
                    call.results().setNumber(response.get().getNumber());
                }
            }
            return Calls.DONE;
        }
    }

    @BeforeEach
    void connect() throws IOException {
        listen(Limits.DEFAULT);
    }

    private void listen(Limits limits) throws IOException {
        Path socket = folder.resolve("s" + limits.window());
        listener = UnixListener.open(
                socket, PosixFilePermissions.fromString("rw-------"), peer -> Counter.client(server), limits, 16);
        try (Counter.Client nothing = Counter.factory.nullClient()) {
            connection = UnixConnection.connect(socket, nothing, limits);
        }
        counter = connection.bootstrap(Counter.factory);
    }

    @AfterEach
    void close() {
        go.countDown();
        counter.close();
        connection.close();
        listener.close();
    }

    private static Counter.Client child(Counter.Client parent) {
        try (var response = parent.childRequest().send().join()) {
            return response.get().getCounter();
        }
    }

    @Test
    void aBriefMethodRunsOnTheThreadThatReceivedItsCall() {
        await().untilAsserted(
                        () -> { // the first calls take long, for everything is loaded
                            add(counter, 1);
                            assertThat(server.ranOnVirtualThread).isFalse();
                        });
    }

    @Test
    void aMethodThatBlocksStopsNeitherItsConnectionNorOthers() throws Exception {
        try (Counter.Client beside = child(counter);
                RpcConnection otherConnection = UnixConnection.connect(listener.socket());
                Counter.Client fromElsewhere = otherConnection.bootstrap(Counter.factory);
                Counter.Client elsewhere = child(fromElsewhere)) {
            var hanging = counter.hangRequest().send();
            blocked.await();
            assertThat(add(beside, 1)).isEqualTo(1);
            assertThat(add(elsewhere, 2)).isEqualTo(2);
            var behind = adding(counter, 3).send();
            assertThat(add(beside, 1)).isEqualTo(2);
            go.countDown();
            hanging.await();
            behind.await();
            assertThat(server.seen).containsExactly(3);
        }
    }

    @Test
    void callsThatCameTogetherWithOneThatBlocksAreRun() throws Exception {
        try (Counter.Client beside = child(counter)) {
            var hanging = counter.hangRequest().send();
            List<RemoteCall<?, ?>> together = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                together.add(adding(beside, 1).send());
            }
            together.forEach(RemoteCall::await);
            go.countDown();
            hanging.await();
        }
    }

    @Test
    void aThreadThatReadsAgainKeepsTheRoleWhoeverThoughtItStuck() {
        for (int i = 0; i < 5; i++) {
            IoLoop.Batch over = batchOfACall();
            add(counter, 1); // its thread has read this one since
            assertThat(over.giveRoleAway()).isFalse();
        }
    }

    @Test
    void aThreadReadsOnlyWhenNobodyIsAboutToTakeItsRole() {
        List<RemoteCall<?, ?>> calls = new ArrayList<>();
        synchronized (batchOfACall().loop()) { // as somebody does who takes the role
            await().atMost(5, TimeUnit.SECONDS).until(() -> {
                calls.add(adding(counter, 1).send());
                IoLoop.Batch over = server.ranIn;
                return over != null && over.thread().getState() == Thread.State.BLOCKED;
            });
        }
        calls.forEach(RemoteCall::await);
    }

    /** What the thread that received a call ran; the call is over. */
    private IoLoop.Batch batchOfACall() {
        return await().until(
                        () -> { // the first calls take long, and then their objects get virtual threads
                            add(counter, 1);
                            return server.ranIn;
                        },
                        Objects::nonNull);
    }

    @Test
    void manyObjectsMayBlockAtTheSameTime() throws Exception {
        List<RemoteCall<?, ?>> hanging = new ArrayList<>();
        List<Counter.Client> children = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Counter.Client child = child(counter);
            children.add(child);
            hanging.add(child.hangRequest().send());
        }
        assertThat(add(counter, 1)).isEqualTo(1);
        long threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("capnp-io"))
                .count();
        assertThat(threads).isLessThan(50);
        go.countDown();
        hanging.forEach(RemoteCall::await);
        children.forEach(Counter.Client::close);
    }

    @Test
    void aMethodMayCallItsCallerBackAndBlockForTheAnswer() {
        Adder mine = new Adder();
        try (Counter.Client own = mine.client()) {
            for (int i = 1; i <= 20; i++) {
                var request = counter.callBackRequest();
                request.params().setNumber(1);
                request.params().setCounter(own);
                try (var response = request.send().join()) {
                    assertThat(response.get().getNumber()).isEqualTo(i);
                }
            }
        }
    }

    @Test
    void callsBothWaysThatFillBothWindowsAreAnswered() throws IOException {
        close();
        listen(Limits.DEFAULT.withMessageBytes(2 * LARGE).withWindow(4 * LARGE, 64 * LARGE));
        Adder mine = new Adder();
        List<RemoteCall<?, ?>> calls = new ArrayList<>();
        List<Counter.Client> children = new ArrayList<>();
        try (Counter.Client own = mine.client()) {
            for (int i = 0; i < 16; i++) {
                Counter.Client child = child(counter);
                children.add(child);
                var request = child.callBackRequest();
                request.params().setNumber(1);
                request.params().setCounter(own);
                request.params().setData(new byte[LARGE]);
                calls.add(request.send());
            }
            calls.forEach(RemoteCall::await);
        }
        children.forEach(Counter.Client::close);
        assertThat(mine.seen).hasSize(16);
    }

    @Test
    void threadsOfBothKindsWaitAtTheSameTime() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Thread.Builder builder = i % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform();
            threads.add(builder.unstarted(() -> {
                for (int call = 0; call < 500; call++) {
                    adding(counter, 1).send().await();
                }
            }));
        }
        threads.forEach(thread -> thread.setUncaughtExceptionHandler((where, failure) -> failures.add(failure)));
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        assertThat(server.seen).hasSize(4_000);
    }

    @Test
    void aStageIsCompletedThoughThreadsWaitedBefore() {
        for (int i = 1; i <= 50; i++) {
            assertThat(add(counter, 1)).isEqualTo(2 * i - 1);
            var stage = adding(counter, 1).send().stage().toCompletableFuture();
            try (var response = stage.join()) {
                assertThat(response.get().getNumber()).isEqualTo(2 * i);
            }
        }
    }

    @Test
    void whatThePeerDoesIsNoticedThoughNobodyWaits() {
        for (int i = 0; i < 50; i++) {
            add(counter, 1);
        }
        listener.close();
        await().untilAsserted(() ->
                assertThat(connection.ended().toCompletableFuture()).isDone());
    }

    @Test
    void anInterruptedThreadStopsWaitingAndTheConnectionLives() throws Exception {
        for (int i = 0; i < 50; i++) {
            add(counter, 1); // from now on waiting threads read
        }
        try (Counter.Client beside = child(counter)) {
            CompletableFuture<Throwable> failure = new CompletableFuture<>();
            AtomicBoolean stillInterrupted = new AtomicBoolean();
            Thread waiting = Thread.ofPlatform().start(() -> {
                try {
                    counter.hangRequest().send().await();
                } catch (RpcException interrupted) {
                    stillInterrupted.set(Thread.currentThread().isInterrupted());
                    failure.complete(interrupted);
                }
            });
            blocked.await();
            waiting.interrupt();
            assertThat(failure.join()).hasMessageContaining("interrupted");
            assertThat(stillInterrupted).isTrue();
            assertThat(add(beside, 1)).isEqualTo(1);
        }
    }

    @Test
    void aThreadThatWaitsLearnsThatTheConnectionWasClosed() throws Exception {
        for (int i = 0; i < 50; i++) {
            add(counter, 1);
        }
        Thread closing = Thread.ofVirtual().start(() -> {
            try {
                blocked.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            connection.close();
        });
        assertThatThrownBy(() -> counter.hangRequest().send().await())
                .isInstanceOfSatisfying(
                        RpcException.class,
                        failure -> assertThat(failure.type()).isEqualTo(RpcException.Type.DISCONNECTED));
        closing.join();
    }

    @Test
    void largeMessagesPassBothWaysInPieces() {
        byte[] data = new byte[6 << 20];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (i * 31);
        }
        List<RemoteCall<Slot.Reader, Slot.Pipeline>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            var request = counter.echoRequest();
            request.params().setData(data);
            calls.add(request.send());
        }
        for (var call : calls) {
            try (var response = call.join()) {
                assertThat(response.get().getInner().getData().toArray()).isEqualTo(data);
            }
        }
    }
}
