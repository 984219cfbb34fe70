package dev.bailiwick.capnp.compiler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A request that is damaged is refused with a message and a failing exit code, and leaves nothing behind. */
class MalformedRequestTest {
    private static final int DAMAGED_REQUESTS = 200;

    @TempDir
    Path folder = Path.of("");

    @Test
    void refusesAnEmptyInput() throws Exception {
        assertRefused(new byte[0], "not a CodeGeneratorRequest");
    }

    @Test
    void refusesWhatIsNoMessage() throws Exception {
        assertRefused("package example;\n".getBytes(UTF_8), "not a CodeGeneratorRequest");
    }

    @Test
    void refusesAMessageThatRequestsNothing() throws Exception {
        assertRefused(new byte[] {0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, "names no file");
    }

    @Test
    void refusesAnyTruncatedRequest() throws Exception {
        byte[] request = CommittedRequest.SAMPLES.bytes();
        for (int length = 0; length < request.length; length += 487) {
            assertRefused(Arrays.copyOf(request, length), "not a CodeGeneratorRequest");
        }
    }

    @ParameterizedTest
    @EnumSource
    void survivesAnyDamage(CommittedRequest kind) {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("MalformedRequestTest: rerun with -Dtest.seed=" + seed);
        Random random = new Random(seed);
        byte[] request = kind.bytes();
        int refused = 0;
        for (int i = 0; i < DAMAGED_REQUESTS; i++) {
            byte[] damaged = request.clone();
            for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                Generator.generate(SchemaReader.read(damaged));
            } catch (SchemaException expected) {
                assertThat(expected).hasMessageMatching("(?s).{10,}");
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    private void assertRefused(byte[] request, String reason) throws IOException, InterruptedException {
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        int exitCode;
        try (PrintStream printed = new PrintStream(messages, true, UTF_8)) {
            exitCode = Main.run(List.of(), new ByteArrayInputStream(request), folder, printed);
        }

        assertThat(exitCode).isEqualTo(1);
        assertThat(messages.toString(UTF_8)).startsWith("capnp-compiler: ").contains(reason);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }
}
