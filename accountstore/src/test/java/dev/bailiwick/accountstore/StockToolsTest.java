package dev.bailiwick.accountstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe of docs/format.md, word for word: Debian's capnproto, jq and coreutils redo the hash of a stored record. */
@Tag("native-tools")
class StockToolsTest {
    @TempDir
    private Path directory;

    @Test
    void stockToolsFindTheRecordCanonicalAndRedoItsHash() throws Exception {
        try (Engine engine = RamEngine.open();
                AccountStore store = Stores.inMemory(engine)) {
            Stored<Account> alice = Stores.create(store, "alice");
            Files.write(
                    directory.resolve("alice.bin"),
                    store.accounts().rawRecord(alice.recordId()).orElseThrow());
            assertThat(
                            shell(
                                    "capnp convert -I$I canonical:canonical $R AccountRecord < alice.bin | cmp - alice.bin && echo ok"))
                    .isEqualTo("ok\n");
            List<String> recipe = Files.readAllLines(root().resolve("docs/format.md")).stream()
                    .filter(line -> line.startsWith("capnp convert -I$I canonical:json") || line.startsWith("{ printf"))
                    .toList();
            assertThat(recipe).hasSize(2);
            assertThat(shell(String.join("\n", recipe))).startsWith(alice.contentHash() + " ");
        }
    }

    private static Path root() {
        return Path.of("..").toAbsolutePath().normalize();
    }

    private String shell(String script) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
                .directory(directory.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment()
                .put("I", root().resolve("capnp/compiler/src/main/capnp").toString());
        builder.environment()
                .put("R", root().resolve("schema/src/main/capnp/record.capnp").toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
