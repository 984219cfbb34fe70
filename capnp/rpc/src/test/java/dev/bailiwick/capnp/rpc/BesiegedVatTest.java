package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;

/** Conversations drawn at random; the fuzzer draws them by what they reach, and this finds the plain ones in every build. */
class BesiegedVatTest {
    @RepeatedTest(300)
    void noConversationHarmsMoreThanItsConnection() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] input = new byte[random.nextInt(2_000)];
        random.nextBytes(input);
        assertThatCode(() -> ConversationFuzz.fuzzerTestOneInput(input))
                .as("seed %d", seed)
                .doesNotThrowAnyException();
    }
}
