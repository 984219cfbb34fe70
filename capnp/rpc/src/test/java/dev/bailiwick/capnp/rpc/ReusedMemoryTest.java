package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import dev.bailiwick.capnp.rpc.wire.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory that is used for message after message is only that of messages which nobody can hold. */
class ReusedMemoryTest {
    @TempDir
    Path folder;

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        return bytes;
    }

    private record Held(Response<Slot.Reader> response, int number, ByteBuffer data) {
        void require() {
            Slot.Reader inner = response.get().getInner();
            assertThat(inner.getNumber()).isEqualTo(number);
            assertThat(inner.getData().asByteBuffer()).isEqualTo(data);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aResponseThatIsHeldKeepsItsBytesWhateverIsCalledLater(long seed) throws IOException {
        Random random = new Random(seed);
        Path socket = folder.resolve("s");
        List<Held> held = new ArrayList<>();
        try (var _ = UnixListener.open(
                        socket,
                        PosixFilePermissions.fromString("rw-------"),
                        peer -> Counter.client(new Adder()),
                        Limits.DEFAULT,
                        4);
                RpcConnection connection = UnixConnection.connect(socket);
                Counter.Client counter = connection.bootstrap(Counter.factory)) {
            for (int i = 0; i < 2_000; i++) {
                byte[] data = bytes(random);
                var request = counter.echoRequest();
                request.params().setNumber(i);
                request.params().setData(data);
                Held fresh = new Held(request.send().join(), i, ByteBuffer.wrap(data));
                fresh.require();
                if (random.nextInt(8) == 0) {
                    held.add(fresh);
                } else {
                    fresh.response().close();
                }
            }
            held.forEach(Held::require);
        }
        held.forEach(Held::require); // the end of the connection takes nothing away either
        held.forEach(each -> each.response().close());
    }

    @Test
    void parametersOfCallsThatHaveNotReturnedKeepTheirBytes() throws IOException {
        Queue<CallContext<Slot.Reader, Slot.Builder>> waiting = new ConcurrentLinkedQueue<>();
        Counter.Server hanging = new Adder() {
            @Override
            public CompletionStage<?> echo(CallContext<Slot.Reader, Slot.Builder> call) {
                waiting.add(call);
                return new CompletableFuture<>();
            }
        };
        Path socket = folder.resolve("s");
        try (var _ = UnixListener.open(
                        socket,
                        PosixFilePermissions.fromString("rw-------"),
                        peer -> Counter.client(hanging),
                        Limits.DEFAULT,
                        4);
                RpcConnection connection = UnixConnection.connect(socket);
                Counter.Client counter = connection.bootstrap(Counter.factory)) {
            for (int i = 0; i < 200; i++) {
                var request = counter.echoRequest();
                request.params().setNumber(i);
                var _ = request.send();
                for (int j = 0; j < 5; j++) {
                    Adder.add(counter, 1); // calls, returns and finishes that come in between
                }
            }
            List<Integer> numbers =
                    waiting.stream().map(call -> call.params().getNumber()).toList();
            assertThat(numbers)
                    .containsExactlyElementsOf(IntStream.range(0, 200).boxed().toList());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aShortMessageNeverShowsInOneThatCameBefore(long seed) {
        Random random = new Random(seed);
        ShortMessage.Spare spare = new ShortMessage.Spare();
        FrameReader frames = FrameReader.forVat(Limits.DEFAULT, new BufferPool());
        List<MessageView> kept = new ArrayList<>();
        List<byte[]> expected = new ArrayList<>();
        List<String> heard = new ArrayList<>();
        List<String> said = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            ByteBuffer bytes;
            int number = random.nextInt(1000);
            switch (random.nextInt(4)) {
                case 0 -> {
                    ShortMessage finish = spare.finish(number, true);
                    said.add("finish " + number);
                    bytes = Streams.bytes(finish);
                    finish.release();
                }
                case 1 -> {
                    ShortMessage release = spare.release(number, 1);
                    said.add("release " + number);
                    bytes = Streams.bytes(release);
                    release.release();
                }
                case 2 -> { // as long as those, and yet another one
                    bytes = ByteBuffer.allocate(8 + ShortMessage.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                    bytes.putInt(4, 4).putLong(8, Wire.struct(0, 3, 0)).putLong(16, number);
                    bytes.putLong(24, random.nextLong()).putLong(32, random.nextLong());
                }
                default -> {
                    Draft draft = Draft.plain(16);
                    ProtocolWriter.message(draft).initBootstrap().setQuestionId(number);
                    bytes = Streams.bytes(draft);
                }
            }
            byte[] whole = new byte[bytes.remaining()];
            bytes.get(whole);
            for (int start = 0; start < whole.length; ) { // in pieces, as a socket may bring it
                int count = Math.min(whole.length - start, 1 + random.nextInt(40));
                frames.feed(ByteBuffer.wrap(whole, start, count), view -> {
                    ByteBuffer segment = view.segment(0).buffer;
                    if (segment.capacity() == ShortMessage.BYTES && ShortMessage.isOne(segment)) {
                        Message.Reader message = Envelope.reader(view);
                        heard.add(
                                message.isFinish()
                                        ? "finish " + message.getFinish().getQuestionId()
                                        : "release " + message.getRelease().getId());
                    } else {
                        kept.add(view);
                        byte[] copy = new byte[segment.capacity()];
                        segment.get(0, copy);
                        expected.add(copy);
                    }
                });
                start += count;
            }
        }
        assertThat(heard).isEqualTo(said);
        for (int i = 0; i < kept.size(); i++) {
            byte[] now = new byte[expected.get(i).length];
            kept.get(i).segment(0).buffer.get(0, now);
            assertThat(now).as("message %d of seed %d", i, seed).isEqualTo(expected.get(i));
        }
    }

    @Test
    void aShortMessageIsUsedAgainOnlyOnceItIsWritten() {
        ShortMessage.Spare spare = new ShortMessage.Spare();
        ShortMessage first = spare.finish(1, true);
        ShortMessage second = spare.finish(2, true);
        assertThat(second).as("while the first waits").isNotSameAs(first);
        first.release();
        second.release();
        ShortMessage third = spare.release(3, 4);
        assertThat(third).isSameAs(second);
        assertThat(spare.finish(5, true)).isNotSameAs(third);
        assertThat(Streams.bytes(third).getInt(8 + 24)).isEqualTo(3);
        assertThat(Streams.bytes(third).getInt(8 + 28)).isEqualTo(4);
    }
}
