package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.bailiwick.capnp.rpc.kinds.Kinds;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.capnproto.AnyPointer;
import org.capnproto.DecodeException;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** What passed the validator can be read through every accessor there is, with no failure but the one that is documented. */
class DamagedReadsTest {
    private static final int MOST_READS = 3_000;

    @Test
    void anHonestMessageIsReadToTheLastField() {
        ReadingAll reading = new ReadingAll(1_000_000);
        reading.of(ValidatedMessage.framed(KindsSamples.full(new Random(1)), Limits.DEFAULT)
                .root(AnyPointer.factory));
        assertThat(reading.reads()).isGreaterThan(500);
    }

    @RepeatedTest(150)
    void damagedMessagesAreRefusedOrReadWithNothingButTheTypedError() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        ByteBuffer bytes = KindsSamples.full(random);
        Damage.strike(bytes, random);
        expectTypedErrorsOnly(bytes, seed);
    }

    @RepeatedTest(150)
    void randomPointersAreRefusedOrReadWithNothingButTheTypedError() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        ByteBuffer bytes = ByteBuffer.allocate(8 * (2 + random.nextInt(60))).order(ByteOrder.LITTLE_ENDIAN);
        int words = bytes.capacity() / 8 - 1;
        bytes.putInt(4, words);
        for (int i = 1; i <= words; i++) {
            bytes.putLong(i * 8, Damage.word(random, words));
        }
        expectTypedErrorsOnly(bytes, seed);
    }

    private static void expectTypedErrorsOnly(ByteBuffer bytes, long seed) {
        ValidatedMessage message;
        try {
            message = ValidatedMessage.framed(bytes, Limits.DEFAULT);
        } catch (DecodeException refused) {
            return;
        }
        ReadingAll reading = new ReadingAll(MOST_READS);
        assertThatCode(() -> reading.of(message.root(AnyPointer.factory)))
                .as("seed %d", seed)
                .doesNotThrowAnyException();
        assertThatCode(() -> copyFields(message)).as("seed %d", seed).doesNotThrowAnyException();
    }

    private static void copyFields(ValidatedMessage message) {
        Kinds.Reader kinds;
        try {
            kinds = message.root(Kinds.factory);
        } catch (DecodeException noStruct) {
            return;
        }
        new ReadingAll(MOST_READS).copy(kinds, Draft.call().content().initAs(Kinds.factory));
    }
}
