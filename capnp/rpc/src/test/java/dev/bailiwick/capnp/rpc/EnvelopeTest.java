package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.capnp.rpc.wire.Call;
import dev.bailiwick.capnp.rpc.wire.Finish;
import dev.bailiwick.capnp.rpc.wire.Message;
import dev.bailiwick.capnp.rpc.wire.Payload;
import dev.bailiwick.capnp.rpc.wire.Return;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.capnproto.BuilderArena;
import org.capnproto.DecodeException;
import org.capnproto.MessageBuilder;
import org.capnproto.Text;
import org.capnproto.Void;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read without objects is what the generated readers read, wherever a message keeps its structs. */
class EnvelopeTest {
    private final Envelope envelope = new Envelope();

    /** A message in segments of that many words, so that many of its pointers are far ones. */
    private static MessageBuilder builder(int words) {
        return new MessageBuilder(words, BuilderArena.AllocationStrategy.FIXED_SIZE);
    }

    private static MessageView view(MessageBuilder message) {
        ByteBuffer[] segments = message.getSegmentsForOutput();
        MessageView view = new MessageView(segments, new CapTable());
        new MessageValidator(Limits.DEFAULT).validate(view);
        return view;
    }

    private static void fill(Payload.Builder payload, Random random) {
        if (random.nextBoolean()) {
            payload.getContent().setAs(Text.factory, new Text.Reader("content " + random.nextInt()));
        }
        if (random.nextBoolean()) {
            payload.initCapTable(random.nextInt(3)).forEach(descriptor -> descriptor.setNone(Void.VOID));
        }
    }

    private void requireSame(Payload.Reader expected, MessageView view, boolean isCall) {
        assertThat(envelope.hasCapabilities(isCall)).isEqualTo(expected.hasCapTable());
        Parcel parcel = envelope.payload(view, isCall);
        if (expected.hasContent()) {
            assertThat(parcel.read(Text.factory))
                    .hasToString(expected.getContent().getAs(Text.factory).toString());
        } else {
            assertThat(parcel.content().isNull()).isTrue();
        }
        assertThat(parcel.caps()).isSameAs(view.caps());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void callsAreReadAsTheGeneratedReadersDo(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            MessageBuilder message = builder(1 + random.nextInt(24));
            Call.Builder call = message.initRoot(Message.factory).initCall();
            call.setQuestionId(random.nextInt());
            call.setInterfaceId(random.nextLong());
            call.setMethodId((short) random.nextInt());
            switch (random.nextInt(3)) {
                case 0 -> call.initTarget().setImportedCap(random.nextInt());
                case 1 -> call.initTarget().initPromisedAnswer().setQuestionId(random.nextInt());
                default -> {} // no target at all reads as one with defaults
            }
            if (random.nextBoolean()) {
                call.getSendResultsTo().setYourself(Void.VOID);
            }
            fill(call.initParams(), random);
            MessageView view = view(message);
            Call.Reader expected = Envelope.reader(view).getCall();

            assertThat(envelope.open(view)).isEqualTo(Message.Which.CALL);
            assertThat(envelope.questionId()).isEqualTo(expected.getQuestionId());
            assertThat(envelope.interfaceId()).isEqualTo(expected.getInterfaceId());
            assertThat(envelope.methodId()).isEqualTo(Short.toUnsignedInt(expected.getMethodId()));
            assertThat(envelope.resultsTo())
                    .isEqualTo(expected.getSendResultsTo().which());
            assertThat(envelope.isOnExport()).isEqualTo(expected.getTarget().isImportedCap());
            if (envelope.isOnExport()) {
                assertThat(envelope.target()).isEqualTo(expected.getTarget().getImportedCap());
            }
            requireSame(expected.getParams(), view, true);
            envelope.close();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void returnsAndFinishesAreReadAsTheGeneratedReadersDo(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            MessageBuilder message = builder(1 + random.nextInt(16));
            Message.Builder root = message.initRoot(Message.factory);
            if (random.nextBoolean()) {
                Finish.Builder finish = root.initFinish();
                finish.setQuestionId(random.nextInt());
                finish.setReleaseResultCaps(random.nextBoolean());
            } else {
                Return.Builder answer = root.initReturn();
                answer.setAnswerId(random.nextInt());
                answer.setReleaseParamCaps(random.nextBoolean());
                switch (random.nextInt(4)) {
                    case 0 -> answer.initException().setReason("why not");
                    case 1 -> answer.setCanceled(Void.VOID);
                    case 2 -> answer.setTakeFromOtherQuestion(random.nextInt());
                    default -> fill(answer.initResults(), random);
                }
            }
            MessageView view = view(message);
            Message.Reader expected = Envelope.reader(view);

            assertThat(envelope.open(view)).isEqualTo(expected.which());
            if (expected.isFinish()) {
                assertThat(envelope.questionId()).isEqualTo(expected.getFinish().getQuestionId());
                assertThat(envelope.releasesCapabilities())
                        .isEqualTo(expected.getFinish().getReleaseResultCaps());
            } else {
                Return.Reader answer = expected.getReturn();
                assertThat(envelope.questionId()).isEqualTo(answer.getAnswerId());
                assertThat(envelope.releasesCapabilities()).isEqualTo(answer.getReleaseParamCaps());
                assertThat(envelope.outcome()).isEqualTo(answer.which());
                if (answer.isResults()) {
                    requireSame(answer.getResults(), view, false);
                }
            }
        }
    }

    @Test
    void whatIsNotThereReadsAsItsDefault() {
        MessageView nothing = new MessageView(ByteBuffer.allocate(8));
        assertThat(envelope.open(nothing)).isEqualTo(Message.Which.UNIMPLEMENTED);
        assertThat(envelope.questionId()).isZero();
        assertThat(envelope.methodId()).isZero();
        assertThat(envelope.releasesCapabilities()).isTrue();
        assertThat(envelope.hasCapabilities(true)).isFalse();
        assertThat(envelope.payload(nothing, true).content().isNull()).isTrue();
    }

    @Test
    void somethingElseThanAStructIsRefused() {
        ByteBuffer list = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, Wire.list(0, Wire.VOID, 0));
        assertThatThrownBy(() -> envelope.open(new MessageView(list))).isInstanceOf(DecodeException.class);
    }
}
