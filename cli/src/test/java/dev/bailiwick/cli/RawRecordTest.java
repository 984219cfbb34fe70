package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stock tools alone read a stored record and redo its hash. */
@Tag("native-tools")
class RawRecordTest {
    private static final String REDO = """
            set -eu
            schema="-I $root/capnp/compiler/src/main/capnp"
            type="$root/schema/src/main/capnp/record.capnp AccountRecord"
            # 'canonical' as the input format refuses anything else.
            capnp convert $schema canonical:json $type < stored > json
            capnp convert $schema json:canonical $type < json | cmp - stored
            tr '\\n' ' ' < json | sed 's/, *"contentHash": *\\[[^]]*\\]//' > without
            capnp convert $schema json:canonical $type < without > unhashed
            # The type id of AccountRecord, 0x85e54c8155b49333, little-endian.
            { printf '\\063\\223\\264\\125\\201\\114\\345\\205'; cat unhashed; } | sha256sum | cut -d ' ' -f 1
            """;

    @TempDir
    Path directory;

    @Test
    void theStoredBytesAreCanonicalAndTheirHashIsTheOneShown() throws Exception {
        try (Site site = Site.running(directory).withAccount("alice", "alices password")) {
            Files.write(
                    directory.resolve("stored"),
                    site.admin("operator", "store", "record", "alice", "--raw")
                            .ok()
                            .bytes());
            Json.Obj shown = (Json.Obj) site.admin("operator", "account", "show", "alice", "-o", "json")
                    .ok()
                    .json();

            assertThat(redone()).isEqualTo(shown.text("contentHash"));
        }
    }

    private String redone() throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", REDO)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        builder.environment()
                .put("root", Path.of("..").toAbsolutePath().normalize().toString());
        Process process = builder.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(out)).isZero();
        return Files.readString(out).strip();
    }
}
