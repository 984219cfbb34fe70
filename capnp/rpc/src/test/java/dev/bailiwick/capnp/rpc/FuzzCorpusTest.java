package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every input of the fuzzer's corpus, once, without the fuzzer: what was found is not to come back. */
class FuzzCorpusTest {
    private static final Map<String, Consumer<byte[]>> TARGETS = Map.of(
            "message", MessageFuzz::fuzzerTestOneInput,
            "connection", ConnectionFuzz::fuzzerTestOneInput,
            "conversation", ConversationFuzz::fuzzerTestOneInput);

    private static Path corpus() throws URISyntaxException {
        return Path.of(Objects.requireNonNull(FuzzCorpusTest.class.getResource("/fuzz"), "corpus")
                .toURI());
    }

    @TestFactory
    Stream<DynamicTest> inputsOfTheCorpusDoNoHarm() throws URISyntaxException, IOException {
        List<Path> files;
        try (Stream<Path> found = Files.walk(corpus())) {
            files = found.filter(Files::isRegularFile).sorted().toList();
        }
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(corpusName(file), () -> {
                    byte[] input = Files.readAllBytes(file);
                    assertThatCode(() -> Objects.requireNonNull(TARGETS.get(targetOf(file)), "no such target")
                                    .accept(input))
                            .doesNotThrowAnyException();
                }));
    }

    private static String targetOf(Path file) {
        return Objects.requireNonNull(file.getParent()).getFileName().toString();
    }

    private static String corpusName(Path file) {
        return targetOf(file) + "/" + file.getFileName();
    }

    @Test
    void theSeedsInTheCorpusAreThoseOfTheirGenerator() throws URISyntaxException, IOException {
        for (Map.Entry<String, byte[]> seed : FuzzSeeds.all().entrySet()) {
            assertThat(corpus().resolve(seed.getKey()))
                    .as("write it with capnp/rpc/fuzz --seeds")
                    .hasBinaryContent(seed.getValue());
        }
    }
}
