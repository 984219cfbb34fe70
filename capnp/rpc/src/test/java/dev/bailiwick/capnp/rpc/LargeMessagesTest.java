package dev.bailiwick.capnp.rpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Pipe;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that lie outside the heap: whole when they arrive, gone when they were given back, and never another's bytes. */
class LargeMessagesTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path folder;

    private UnixListener listener;
    private RpcConnection connection;
    private Counter.Client counter;

    @BeforeEach
    void connect() throws IOException {
        Path socket = folder.resolve("s");
        listener = UnixListener.open(
                socket,
                PosixFilePermissions.fromString("rw-------"),
                peer -> Counter.client(new Echoing()),
                Limits.DEFAULT,
                4);
        connection = UnixConnection.connect(socket);
        counter = connection.bootstrap(Counter.factory);
    }

    @AfterEach
    void close() {
        counter.close();
        connection.close();
        listener.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 200_000, OffHeap.LEAST_BYTES - 1, OffHeap.LEAST_BYTES, 300_001, MIB, 3 * MIB, 7 * MIB})
    void bytesArriveAsTheyWereSentBothWays(int size) {
        for (int seed = 0; seed < 3; seed++) { // each in memory that the one before had, or more
            try (Response<Slot.Reader> response = echo(size, seed)) {
                assertThat(data(response)).isEqualTo(ByteBuffer.wrap(bytes(size, seed)));
            }
        }
    }

    @Test
    void manyUnderWayKeepApartFromEachOther() {
        List<RemoteCall<Slot.Reader, Slot.Pipeline>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            calls.add(send(MIB + i, i));
        }
        for (int i = 0; i < 8; i++) {
            try (Response<Slot.Reader> response = calls.get(i).join()) {
                assertThat(data(response)).isEqualTo(ByteBuffer.wrap(bytes(MIB + i, i)));
            }
        }
    }

    /** Bytes of a response that was closed, and what they were. */
    private record Kept(ByteBuffer bytes, ByteBuffer before) {
        /** Whether they can be read still; they are never others. */
        boolean isThere() {
            try {
                assertThat(bytes).isEqualTo(before);
                return true;
            } catch (IllegalStateException gone) {
                return false;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {300_000, MIB, 2 * MIB})
    void whatWasGivenBackIsSoonGoneAndNeverShowsTheNextMessage(int size) {
        List<Kept> kept = new ArrayList<>();
        for (int seed = 0; seed < 12; seed++) {
            try (Response<Slot.Reader> response = echo(size, seed)) {
                kept.add(new Kept(data(response), ByteBuffer.wrap(bytes(size, seed))));
                assertThat(data(response)).isEqualTo(ByteBuffer.wrap(bytes(size, seed)));
            }
            kept.forEach(Kept::isThere);
        }
        assertThat(kept.stream().filter(Kept::isThere).count()).isLessThanOrEqualTo(SharedBlocks.COUNT);
        assertThat(kept.getFirst().isThere()).isFalse();
    }

    @Test
    void whatNobodyGivesBackStaysAsItIs() {
        Response<Slot.Reader> kept = echo(MIB, 1);
        for (int seed = 2; seed < 8; seed++) {
            echo(MIB, seed).close();
        }
        assertThat(data(kept)).isEqualTo(ByteBuffer.wrap(bytes(MIB, 1)));
    }

    @Test
    void aMessageWhoseConnectionEndedCanBeReadOn() {
        try (Response<Slot.Reader> response = echo(MIB, 1)) {
            connection.close();
            listener.close();
            assertThat(data(response)).isEqualTo(ByteBuffer.wrap(bytes(MIB, 1)));
        }
    }

    @Test
    void blocksOfTheirOwnAreUsedAgainOnceTheyAreGivenBackOrForgotten() {
        BufferPool pool = new BufferPool();
        MemorySegment block = pool.takeBlock(2 * MIB);
        pool.giveBlock(block);
        OffHeap first = requireNonNull(OffHeap.toBeFilled(2 * MIB, pool));
        assertThat(pool.takeBlock(2 * MIB)).as("while the first is taken").isNotEqualTo(block);
        first.release();
        assertThat(pool.takeBlock(2 * MIB)).as("given back").isEqualTo(block);

        pool.giveBlock(block);
        ByteBuffer slice = requireNonNull(OffHeap.toBeFilled(2 * MIB, pool))
                .bytes()
                .slice(8, 8)
                .putLong(0, 42);
        System.gc();
        assertThat(slice.getLong(0)).as("reachable by a slice of a buffer").isEqualTo(42);
        slice = null;
        await().until(() -> {
            System.gc();
            MemorySegment taken = pool.takeBlock(2 * MIB);
            return taken.equals(block);
        });
    }

    @Test
    void blocksTogetherAreUsedAgainOnceAllAreGivenBack() {
        SharedBlocks blocks = new SharedBlocks();
        List<SharedBlocks.Block> taken = new ArrayList<>();
        for (int i = 0; i < SharedBlocks.COUNT; i++) {
            SharedBlocks.Block block = requireNonNull(blocks.take(MIB));
            block.segment().fill((byte) i);
            taken.add(block);
        }
        long first = taken.getFirst().segment().address();
        for (int i = 1; i < SharedBlocks.COUNT; i++) {
            taken.get(i).ending().run();
            assertThat(blocks.take(MIB)).as("while one is held").isNull();
        }
        for (int i = 0; i < SharedBlocks.COUNT; i++) {
            assertThat(taken.get(i).segment().asByteBuffer().get(MIB - 1)).isEqualTo((byte) i);
        }
        taken.getFirst().ending().run();
        assertThat(requireNonNull(blocks.take(MIB)).segment().address()).isEqualTo(first);
        for (SharedBlocks.Block old : taken) {
            assertThatThrownBy(() -> old.segment().asByteBuffer().get(0)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void largerAndLargestMessagesDoNotGetBlocksThatAreTooSmall() {
        SharedBlocks blocks = new SharedBlocks();
        SharedBlocks.Block small = requireNonNull(blocks.take(300_000));
        assertThat(small.segment().byteSize()).isEqualTo(300_000);
        assertThat(blocks.take(SharedBlocks.LARGEST_BYTES))
                .as("beside a smaller one")
                .isNull();
        small.ending().run();
        assertThat(requireNonNull(blocks.take(SharedBlocks.LARGEST_BYTES))
                        .segment()
                        .byteSize())
                .isEqualTo(SharedBlocks.LARGEST_BYTES);
        assertThat(blocks.take(SharedBlocks.LARGEST_BYTES + 1)).isNull();
    }

    @Test
    void whatIsBuiltBeginsAsZeros() {
        for (int i = 0; i < 3 * SharedBlocks.COUNT; i++) {
            OffHeap memory = requireNonNull(OffHeap.zeroed(MIB));
            assertThat(memory.bytes().mismatch(ByteBuffer.allocate(MIB))).isEqualTo(-1);
            for (int at = 0; at < MIB; at++) {
                memory.bytes().put(at, (byte) 1);
            }
            memory.release();
        }
    }

    @Test
    void blocksTogetherAreUsedAgainOnceTheLastIsForgotten() {
        BufferPool pool = new BufferPool();
        for (int i = 1; i < SharedBlocks.COUNT; i++) {
            requireNonNull(OffHeap.toBeFilled(MIB, pool)).release();
        }
        ByteBuffer slice = requireNonNull(OffHeap.toBeFilled(MIB, pool))
                .bytes()
                .slice(8, 8)
                .putLong(0, 42);
        System.gc();
        assertThat(slice.getLong(0)).as("reachable by a slice of a buffer").isEqualTo(42);
        assertThat(pool.shared().take(MIB)).isNull();
        slice = null;
        await().until(() -> {
            System.gc();
            return pool.shared().take(MIB) != null;
        });
    }

    @Test
    void anAbortInTheMiddleOfAMessageGivesItsMemoryBack() {
        BufferPool pool = new BufferPool();
        for (int i = 0; i < SharedBlocks.COUNT; i++) {
            FrameReader frames = FrameReader.forVat(Limits.DEFAULT, pool);
            ByteBuffer start =
                    ByteBuffer.allocate(300_000).order(ByteOrder.LITTLE_ENDIAN).putInt(4, MIB / 8);
            frames.feed(start, view -> {});
            assertThat(frames.direct()).isNotNull();
            frames.drop();
        }
        assertThat(pool.shared().take(MIB)).isNotNull();
    }

    @Test
    void memoryThatIsBeingWrittenIsLeftToTheWriter() throws Exception {
        OffHeap memory = requireNonNull(OffHeap.zeroed(MIB));
        Pipe pipe = Pipe.open();
        try (Pipe.SinkChannel sink = pipe.sink();
                Pipe.SourceChannel source = pipe.source()) {
            ByteBuffer bytes = memory.bytes().duplicate();
            CompletableFuture<Integer> written = CompletableFuture.supplyAsync(() -> {
                try {
                    return sink.write(bytes);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            ByteBuffer read = ByteBuffer.allocate(MIB);
            source.read(read); // from here on the writer is at it, and waits for the pipe
            assertThatCode(memory::release).doesNotThrowAnyException();
            while (read.hasRemaining()) {
                source.read(read);
            }
            assertThat(written.get()).isEqualTo(MIB);
        }
    }

    /** Builds every other result with room from the start, the others in segments as it goes. */
    private static final class Echoing extends Adder {
        @Override
        public CompletionStage<?> echo(CallContext<Slot.Reader, Slot.Builder> call) {
            Slot.Reader params = call.params();
            int words = params.getNumber() % 2 == 0 ? 0 : params.getData().size() / 8 + 64;
            call.results(words).setInner(params);
            return Calls.DONE;
        }
    }

    private Response<Slot.Reader> echo(int size, int seed) {
        return send(size, seed).join();
    }

    private RemoteCall<Slot.Reader, Slot.Pipeline> send(int size, int seed) {
        Request<Slot.Builder, Slot.Reader, Slot.Pipeline> request = counter.echoRequest();
        Slot.Builder params = request.params(size / 8 + 64);
        params.setNumber(seed);
        params.initData(size).asByteBuffer().put(bytes(size, seed));
        return request.send();
    }

    private static ByteBuffer data(Response<Slot.Reader> response) {
        return response.get().getInner().getData().asByteBuffer();
    }

    private static byte[] bytes(int size, int seed) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (i * 31 + (i >>> 11) + seed);
        }
        return bytes;
    }
}
