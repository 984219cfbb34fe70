package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.capnp.rpc.kinds.Kinds;
import dev.bailiwick.capnp.rpc.testing.Slot;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.capnproto.DecodeException;
import org.capnproto.Text;
import org.junit.jupiter.api.Test;

class ValidatedMessageTest {
    private static ByteBuffer slot(int number, String text) {
        Draft draft = Draft.plain(256);
        Slot.Builder slot = draft.root().initAs(Slot.factory);
        slot.setNumber(number);
        slot.setText(text);
        return Streams.bytes(draft);
    }

    private static void expectRefusal(ByteBuffer bytes, Limits limits, String reason) {
        int before = bytes.position();
        assertThatThrownBy(() -> ValidatedMessage.framed(bytes, limits))
                .isInstanceOf(DecodeException.class)
                .hasMessageContaining(reason);
        assertThat(bytes.position()).isEqualTo(before);
    }

    @Test
    void messagesInARowAreReadOneAfterTheOther() {
        ByteBuffer first = slot(1, "one");
        ByteBuffer second = slot(2, "two");
        ByteBuffer both = ByteBuffer.allocate(first.remaining() + second.remaining())
                .put(first)
                .put(second)
                .flip();
        Slot.Reader one = ValidatedMessage.framed(both, Limits.DEFAULT).root(Slot.factory);
        Slot.Reader two = ValidatedMessage.framed(both, Limits.DEFAULT).root(Slot.factory);
        assertThat(one.getText()).hasToString("one");
        assertThat(two.getNumber()).isEqualTo(2);
        assertThat(both.hasRemaining()).isFalse();
    }

    @Test
    void severalSegmentsAreReadAndTheByteOrderOfTheBufferDoesNotMatter() {
        ByteBuffer bytes = KindsSamples.full(new Random(3));
        assertThat(ValidatedMessage.framed(bytes.order(ByteOrder.BIG_ENDIAN), Limits.DEFAULT)
                        .root(Kinds.factory)
                        .getText())
                .hasToString("a text");
    }

    @Test
    void whatIsCutOffIsRefusedWhereverItIsCut() {
        ByteBuffer whole = slot(1, "a text of some length");
        for (int length = 0; length < whole.limit(); length++) {
            expectRefusal(whole.slice(0, length), Limits.DEFAULT, "cut off");
        }
    }

    @Test
    void limitsHoldForAMessageByItself() {
        ByteBuffer bytes = slot(1, "x".repeat(1000));
        int content = bytes.limit() - 8;
        assertThat(ValidatedMessage.framed(bytes.duplicate(), Limits.DEFAULT.withMessageBytes(content)))
                .isNotNull();
        expectRefusal(bytes, Limits.DEFAULT.withMessageBytes(content - 8), "longer than the limit");
        expectRefusal(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(0, -1), Limits.DEFAULT, "segments");
        expectRefusal(
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(4, -1), Limits.DEFAULT, "longer than");
    }

    @Test
    void aRootOfAnotherKindIsATypedErrorToo() {
        ValidatedMessage message = ValidatedMessage.framed(slot(1, "one"), Limits.DEFAULT);
        assertThatThrownBy(() -> message.root(Text.factory)).isInstanceOf(DecodeException.class);
        assertThatThrownBy(() -> message.root(Kinds.listFactory)).isInstanceOf(DecodeException.class);
    }

    @Test
    void segmentsMustBeWholeWords() {
        assertThatThrownBy(() -> ValidatedMessage.segments(Limits.DEFAULT, ByteBuffer.allocate(12)))
                .isInstanceOf(DecodeException.class)
                .hasMessageContaining("whole number of words");
        assertThatThrownBy(() -> ValidatedMessage.segments(Limits.DEFAULT)).isInstanceOf(DecodeException.class);
        assertThatThrownBy(() -> ValidatedMessage.segments(Limits.DEFAULT, ByteBuffer.allocate(0)))
                .isInstanceOf(DecodeException.class);
    }
}
