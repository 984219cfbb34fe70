package dev.bailiwick.capnp.compiler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line, and what it does to the files it finds. */
class PluginTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void writesBelowTheCurrentFolderWhenRunAsAPlugin() throws Exception {
        int exitCode =
                Main.run(List.of(), new ByteArrayInputStream(CommittedRequest.SAMPLES.bytes()), folder, System.err);

        assertThat(exitCode).isZero();
        assertThat(OutputTree.read(folder)).isEqualTo(OutputTree.read(CommittedRequest.SAMPLES.generated));
    }

    @Test
    void saysHowItIsUsed() throws Exception {
        ByteArrayOutputStream messages = new ByteArrayOutputStream();

        int exitCode = Main.run(
                List.of("help"), InputStream.nullInputStream(), folder, new PrintStream(messages, true, UTF_8));

        assertThat(exitCode).isEqualTo(2);
        assertThat(messages.toString(UTF_8)).startsWith("usage: ");
    }

    @Test
    void deletesGeneratedFilesThatAreNoLongerGenerated() throws Exception {
        GeneratedFile kept = new GeneratedFile("p/Kept.java", GeneratedFile.HEADER + "a.capnp; do not edit.\n");
        GeneratedFile gone = new GeneratedFile("p/Gone.java", GeneratedFile.HEADER + "a.capnp; do not edit.\n");
        OutputTree.replace(folder, List.of(kept, gone));

        OutputTree.replace(folder, List.of(kept));

        assertThat(OutputTree.read(folder)).containsOnlyKeys("p/Kept.java");
    }

    @Test
    void keepsItsHandsOffHandWrittenFiles() throws Exception {
        Path mine = folder.resolve("Mine.java");
        Files.writeString(mine, "class Mine {}\n");

        assertThatThrownBy(() -> OutputTree.replace(folder, List.of(new GeneratedFile("p/New.java", "new"))))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("was not generated");
        assertThat(OutputTree.read(folder)).containsOnlyKeys("Mine.java");
    }

    @Test
    void hasNothingToDoForAModuleWithoutSchemaFiles() throws Exception {
        List<String> check = List.of("check", "src/main/capnp", folder.toString());

        assertThat(Main.run(check, InputStream.nullInputStream(), folder, System.err))
                .isZero();
    }
}
