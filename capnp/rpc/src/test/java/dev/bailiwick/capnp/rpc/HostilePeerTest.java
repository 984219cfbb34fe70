package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import dev.bailiwick.capnp.rpc.wire.Call;
import dev.bailiwick.capnp.rpc.wire.Exception;
import dev.bailiwick.capnp.rpc.wire.Message;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Peers that keep to the encoding and break everything else. */
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostilePeerTest {
    private static final long COUNTER = Counter.TYPE_ID;
    private static final int ADD = 0;
    private static final int HANG = 4;

    @TempDir
    Path folder;

    /** What a vat sent, which nobody reads. */
    private static final class Unread implements Outbound {
        final List<Frame> sent = new ArrayList<>();

        @Override
        public void send(Frame message) {
            sent.add(message);
        }

        @Override
        public long backlog() {
            return 0;
        }

        @Override
        public void end() {}
    }

    /** A counter that answers every call with as much data as it is asked for. */
    private static final class Talker extends Adder {
        Talker() {
            super(Runnable::run);
        }

        @Override
        public CompletionStage<?> add(CallContext<Slot.Reader, Slot.Builder> call) throws java.lang.Exception {
            call.results().initData(call.params().getNumber());
            return Calls.DONE;
        }
    }

    private static VatConnection vat(Adder served, Limits limits) {
        return new VatConnection(CapabilityClient.serve(served, Runnable::run), new Unread(), limits);
    }

    private static ByteBuffer message(Consumer<Message.Builder> fill) {
        Draft draft = Draft.plain(32);
        fill.accept(draft.root().initAs(Message.factory));
        return Streams.bytes(draft);
    }

    private static void tell(VatConnection vat, Consumer<Message.Builder> fill) {
        new FrameReader(Limits.DEFAULT).feed(message(fill), vat::handle);
    }

    private static void bootstrap(Message.Builder message) {
        message.initBootstrap().setQuestionId(0);
    }

    /** A call on what the bootstrap gave. */
    private static Call.Builder call(Message.Builder message, int question, int method) {
        Call.Builder call = message.initCall();
        call.setQuestionId(question);
        call.setInterfaceId(COUNTER);
        call.setMethodId((short) method);
        call.initTarget().initPromisedAnswer().setQuestionId(0);
        return call;
    }

    @Test
    void resultsKeptForAnotherQuestionCountAsThePeersMemory() {
        Limits small = Limits.DEFAULT.withMessageBytes(1 << 16).withWindow(1 << 16, 1 << 18);
        VatConnection vat = vat(new Talker(), small);
        tell(vat, HostilePeerTest::bootstrap);
        for (int i = 1; i <= 20 && vat.closedBecause() == null; i++) {
            int question = i;
            tell(vat, message -> {
                Call.Builder call = call(message, question, ADD);
                call.initParams().getContent().initAs(Slot.factory).setNumber(50_000);
                call.getSendResultsTo().setYourself(org.capnproto.Void.VOID);
            });
        }
        assertThat(vat.closedBecause()).hasMessageContaining("bytes of calls waiting or unread");
        assertThat(vat.tables()).isEqualTo(VatConnection.TableSizes.EMPTY);
    }

    @Test
    void aPeerThatAsksForMuchAndReadsNothingIsDisconnected() throws IOException {
        Limits small = Limits.DEFAULT.withMessageBytes(1 << 20).withWindow(1 << 20, 1 << 21);
        CompletableFuture<Void> go = new CompletableFuture<>();
        Adder late = new Adder() {
            @Override
            public CompletionStage<?> add(CallContext<Slot.Reader, Slot.Builder> call) throws java.lang.Exception {
                // Answered behind the reading thread's back, when it waits for the peer's next word.
                return go.thenAcceptAsync(ignored -> call.results().initData(1 << 19));
            }
        };
        try (UnixListener listener = UnixListener.open(
                        folder.resolve("s"),
                        PosixFilePermissions.fromString("rw-------"),
                        credentials -> Counter.client(late),
                        small,
                        4);
                SocketChannel peer = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            peer.connect(UnixDomainSocketAddress.of(listener.socket()));
            peer.write(message(HostilePeerTest::bootstrap));
            for (int i = 1; i <= 12; i++) {
                int question = i;
                peer.write(message(message -> call(message, question, ADD)));
            }
            await().until(() -> listener.connections() == 1);
            peer.write(message(message -> call(message, 13, HANG)));
            late.hanging.join();
            go.complete(null);
            await().untilAsserted(() -> assertThat(listener.connections()).isZero());
        }
    }

    /** Found by fuzzing: the answer stayed, finished, while the connection looked at itself on its way out. */
    @Test
    void aFinishThatGivesBackWhatWasGivenBackEndsTheConnectionInOrder() {
        VatConnection vat = vat(new Adder(Runnable::run), Limits.DEFAULT);
        tell(vat, HostilePeerTest::bootstrap);
        tell(vat, message -> {
            message.initRelease().setId(0);
            message.getRelease().setReferenceCount(1);
        });
        tell(vat, message -> message.initFinish().setReleaseResultCaps(true));
        assertThat(vat.closedBecause()).hasMessageContaining("released references to export 0");
        assertThat(vat.faults()).isEmpty();
        assertThat(vat.tables()).isEqualTo(VatConnection.TableSizes.EMPTY);
    }

    /** Each cost a few bytes to send and some hundred to keep, and was counted by no table. */
    @Test
    void emptySegmentsCountAsThePeersMemory() {
        Limits small = Limits.DEFAULT.withMessageBytes(1 << 16).withWindow(1 << 16, 1 << 16);
        VatConnection vat = vat(new Adder(Runnable::run), small);
        tell(vat, HostilePeerTest::bootstrap);
        int sent = 0;
        for (int i = 1; vat.closedBecause() == null && i < 100; i++) {
            int question = i;
            ByteBuffer plain = message(message -> call(message, question, HANG));
            int segments = 500;
            ByteBuffer padded = ByteBuffer.allocate(4 + segments * 4 + 4 + plain.remaining() - 8)
                    .order(ByteOrder.LITTLE_ENDIAN);
            padded.putInt(0, segments - 1).putInt(4, plain.getInt(4));
            padded.put(4 + segments * 4 + 4, plain, 8, plain.remaining() - 8);
            new FrameReader(Limits.DEFAULT).feed(padded, vat::handle);
            sent++;
        }
        assertThat(vat.closedBecause()).hasMessageContaining("bytes of calls waiting or unread");
        assertThat(sent).isLessThan(5);
        assertThat(vat.tables()).isEqualTo(VatConnection.TableSizes.EMPTY);
    }

    @Test
    void bytesOfCallsAreCountedToTheLast() {
        int cost = costOf(message(message -> call(message, 1, HANG)));
        Limits small = Limits.DEFAULT.withMessageBytes(1024).withWindow(1024, 20 * cost);
        VatConnection vat = vat(new Adder(Runnable::run), small);
        tell(vat, HostilePeerTest::bootstrap);
        tell(vat, message -> message.initFinish().setReleaseResultCaps(false)); // whose results count, too
        for (int i = 1; i <= 20; i++) {
            int question = i;
            tell(vat, message -> onExport(call(message, question, HANG)));
        }
        assertThat(vat.closedBecause()).as("as much as is allowed").isNull();
        tell(vat, message -> onExport(call(message, 21, HANG)));
        assertThat(vat.closedBecause()).hasMessageContaining("bytes of calls waiting or unread");
    }

    private static int costOf(ByteBuffer message) {
        List<MessageView> views = new ArrayList<>();
        new FrameReader(Limits.DEFAULT).feed(message, views::add);
        return (int) views.getFirst().costInBytes();
    }

    private static void onExport(Call.Builder call) {
        call.getTarget().setImportedCap(0);
    }

    /** Messages that are no calls, but that something is sent for. */
    @Test
    void aPeerThatNeverReadsCannotMakeUsWriteWithoutEnd() {
        List<Frame> unread = new ArrayList<>();
        Outbound out = new Outbound() {
            @Override
            public void send(Frame message) {
                unread.add(message);
            }

            @Override
            public long backlog() {
                return unread.stream()
                        .mapToLong(draft -> Frames.bytes(draft.segments()))
                        .sum();
            }

            @Override
            public void end() {}
        };
        Limits small = Limits.DEFAULT.withMessageBytes(1 << 12).withWindow(1 << 12, 1 << 13);
        VatConnection vat = new VatConnection(CapabilityClient.serve(new Adder(), Runnable::run), out, small);
        for (int i = 0; i < 2_000 && vat.closedBecause() == null; i++) {
            int promise = i;
            // The reference that comes with it is given back at once, which takes a message.
            tell(vat, message -> {
                message.initResolve().setPromiseId(promise);
                message.getResolve().initCap().setSenderHosted(promise);
            });
        }
        assertThat(vat.closedBecause()).hasMessageContaining("bytes of calls waiting or unread");
        assertThat(vat.tables()).isEqualTo(VatConnection.TableSizes.EMPTY);
    }

    @Test
    void placesCalledAheadAreBounded() {
        PromisedPipeline pipeline = new PromisedPipeline();
        for (int field = 0; field < PromisedPipeline.MOST_PLACES; field++) {
            pipeline.capability(PipelinePath.ROOT.then(field)).release();
        }
        ClientHook known = pipeline.capability(PipelinePath.ROOT.then(0));
        assertThat(known).isInstanceOf(PromiseClient.class);
        known.release();
        ClientHook beyond = pipeline.capability(PipelinePath.ROOT.then(PromisedPipeline.MOST_PLACES));
        assertThat(beyond)
                .isInstanceOfSatisfying(
                        BrokenClient.class,
                        broken -> assertThat(broken.reason().type()).isEqualTo(RpcException.Type.OVERLOADED));
        pipeline.giveUp();
    }

    @Test
    void listenersThatAreGoneAreSweptFromAPromiseThatNeverSettles() {
        Settlement settlement = new Settlement();
        for (int i = 0; i < 10_000; i++) {
            settlement.whenSettled(following -> {}, () -> true);
        }
        assertThat(settlement.listeners()).isLessThan(200);
    }

    @Test
    void longReasonsAreCutOnBothSides() {
        for (int length : new int[] {2048, 2049, 8_000_000}) {
            Draft draft = Draft.plain(16);
            WireExceptions.write(draft.root().initAs(Exception.factory), RpcException.failed("x".repeat(length)));
            assertThat(Frames.bytes(draft.segments())).isLessThan(2200);
            Draft theirs = Draft.plain(16);
            theirs.root().initAs(Exception.factory).setReason("x".repeat(length));
            RpcException read = WireExceptions.read(
                    ValidatedMessage.framed(Streams.bytes(theirs), Limits.DEFAULT.withMessageBytes(16 << 20))
                            .root(Exception.factory));
            assertThat(read.reason()).hasSize(length <= 2048 ? length : 2051);
        }
    }

    @Test
    void aLargeMessageIsPassedToTheChannelInPieces() {
        List<Integer> pieces = new ArrayList<>();
        CompletableFuture<Void> written = new CompletableFuture<>();
        WritableByteChannel channel = new WritableByteChannel() {
            @Override
            public int write(ByteBuffer source) {
                int bytes = source.remaining();
                pieces.add(bytes);
                source.position(source.limit());
                return bytes;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
        ChannelWriter writer = new ChannelWriter(channel, () -> {}, failure -> {}, () -> written.complete(null));
        Draft draft = Draft.results(1 << 19);
        draft.content().initAs(Slot.factory).initData(4_000_000);
        writer.send(draft);
        writer.end();
        writer.finished().join();
        assertThat(written).isDone();
        assertThat(pieces).allMatch(bytes -> bytes <= 256 << 10);
        assertThat(pieces.stream().mapToInt(Integer::intValue).sum()).isGreaterThan(4_000_000);
    }
}
