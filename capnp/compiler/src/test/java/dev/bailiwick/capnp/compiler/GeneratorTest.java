package dev.bailiwick.capnp.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The committed sources are the golden files: they compile, other tests run them, and reviewers see every change. */
class GeneratorTest {
    @ParameterizedTest
    @EnumSource
    void generatesTheCommittedSources(CommittedRequest request) throws IOException {
        Map<String, String> generated = new TreeMap<>();
        for (GeneratedFile file : Generator.generate(SchemaReader.read(request.bytes()))) {
            assertThat(generated.put(file.path(), file.content())).isNull();
        }

        assertThat(generated).isEqualTo(OutputTree.read(request.generated));
    }
}
