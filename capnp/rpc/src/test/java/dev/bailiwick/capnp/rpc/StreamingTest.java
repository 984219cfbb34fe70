package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bailiwick.capnp.rpc.streams.Bytes;
import dev.bailiwick.capnp.rpc.streams.Sink;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.capnproto.Text;
import org.junit.jupiter.api.Test;

/** Streaming methods: one call at a time at the receiver, and a sender that waits for a slow one. */
class StreamingTest {
    private static final int CHUNK = 20_000;

    @Test
    void theSenderWaitsWhenAWindowIsOnItsWay() throws InterruptedException {
        Slow slow = new Slow();
        AtomicInteger sent = new AtomicInteger();
        try (Bytes.Client bytes = Bytes.client(slow)) {
            Thread sender = Thread.ofVirtual().start(() -> {
                for (int i = 0; i < 10; i++) {
                    write(bytes, CHUNK);
                    sent.incrementAndGet();
                }
            });
            Awaitility.await().until(() -> sent.get() == 4);
            slow.completeOne();
            Awaitility.await().until(() -> sent.get() == 5);
            assertThat(sender.isAlive()).isTrue();

            slow.completeAll();
            sender.join();
            bytes.streamed();
            assertThat(slow.begun).hasValue(10);
            assertThat(slow.mostAtOnce).isOne();
        }
    }

    @Test
    void theNextCallBeginsWhenTheStageOfTheOneBeforeIsComplete() {
        Slow slow = new Slow();
        try (Bytes.Client bytes = Bytes.client(slow)) {
            write(bytes, 10);
            write(bytes, 10);
            var done = bytes.doneRequest().send();
            Awaitility.await().until(() -> slow.begun.get() == 1);
            slow.completeAll();
            try (var response = done.join()) {
                assertThat(response.get().getTotal()).isEqualTo(20);
                assertThat(response.get().getMost()).isOne();
            }
        }
    }

    @Test
    void aFailureIsToldByTheNextSendAndByTheEnd() {
        Slow slow = new Slow();
        try (Bytes.Client bytes = Bytes.client(slow)) {
            write(bytes, 10);
            slow.failOne(RpcException.overloaded("no room"));
            assertThatExceptionOfType(RpcException.class)
                    .isThrownBy(bytes::streamed)
                    .satisfies(failure -> assertThat(failure.type()).isEqualTo(RpcException.Type.OVERLOADED))
                    .withMessageContaining("no room");
            assertThatExceptionOfType(RpcException.class)
                    .isThrownBy(() -> write(bytes, 10))
                    .withMessageContaining("no room");
        }
        assertThat(slow.begun).hasValue(1);
    }

    @Test
    void aStreamOfATypeParameterIsTyped() {
        Counting counting = new Counting();
        try (var sink = Sink.client(counting)) {
            for (String word : new String[] {"a", "bc", "def"}) {
                var write = sink.writeRequest();
                write.params().setItem(new Text.Reader(word));
                write.send();
            }
            sink.streamed();
            try (var response = sink.doneRequest().send().join()) {
                assertThat(response.get().getCount()).isEqualTo(6);
            }
        }
    }

    @Test
    void aStreamCanBeGivenUp() {
        try (var sink = Sink.client(new Counting())) {
            sink.writeRequest().close();
            sink.streamed();
        }
    }

    private static void write(Bytes.Client bytes, int size) {
        var write = bytes.writeRequest();
        write.params(size / 8 + 16).initBytes(size);
        write.send();
    }

    /** Completes its calls when it is told to. */
    private static final class Slow implements Bytes.Server {
        private final Deque<CompletableFuture<Void>> open = new ArrayDeque<>(); // guarded by itself
        private boolean all; // guarded by open
        private final AtomicInteger begun = new AtomicInteger();
        private final AtomicInteger total = new AtomicInteger();
        private volatile int mostAtOnce;

        @Override
        public CompletionStage<?> write(CallContext<Bytes.WriteParams.Reader, StreamResult.Builder> call) {
            total.addAndGet(call.params().getBytes().size());
            begun.incrementAndGet();
            CompletableFuture<Void> stage = new CompletableFuture<>();
            synchronized (open) {
                open.add(stage);
                mostAtOnce = Math.max(mostAtOnce, open.size());
                if (all) {
                    open.remove().complete(null);
                }
            }
            return stage;
        }

        @Override
        public CompletionStage<?> done(CallContext<Bytes.DoneParams.Reader, Bytes.DoneResults.Builder> call) {
            call.results().setTotal(total.get());
            call.results().setMost(mostAtOnce);
            return Calls.DONE;
        }

        void completeOne() {
            next().complete(null);
        }

        void failOne(RpcException reason) {
            next().completeExceptionally(reason);
        }

        void completeAll() {
            CompletableFuture<Void> first = next();
            synchronized (open) {
                all = true;
            }
            first.complete(null);
        }

        private CompletableFuture<Void> next() {
            return Awaitility.await()
                    .until(
                            () -> {
                                synchronized (open) {
                                    return Optional.ofNullable(open.poll());
                                }
                            },
                            Optional::isPresent)
                    .orElseThrow();
        }
    }

    private static final class Counting implements Sink.Server<Text.Builder, Text.Reader> {
        private int letters;

        @Override
        public PointerType<Text.Builder, Text.Reader> typeOfSinkT() {
            return PointerType.TEXT;
        }

        @Override
        public CompletionStage<?> write(
                CallContext<Sink.WriteParams.Reader<Text.Builder, Text.Reader>, StreamResult.Builder> call) {
            letters += call.params().getItem().size();
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> done(CallContext<Sink.DoneParams.Reader, Sink.DoneResults.Builder> call) {
            call.results().setCount(letters);
            return Calls.DONE;
        }
    }
}
