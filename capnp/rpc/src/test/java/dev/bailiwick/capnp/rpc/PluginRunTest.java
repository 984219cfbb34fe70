package dev.bailiwick.capnp.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The generator run as anyone would, as a plugin of the stock tool; what it writes compiles on its own, and is what we commit. */
@Tag("native-tools")
class PluginRunTest {
    private static final Path COMPILER = Path.of("../compiler");
    private static final Path SCHEMAS = Path.of("src/test/capnp");

    @TempDir
    Path folder = Path.of("");

    @Test
    void theStockToolRunsItAndJavaCompilesTheOutput() throws Exception {
        Path sources = Files.createDirectory(folder.resolve("sources"));
        List<String> command = new ArrayList<>(List.of(
                "capnp",
                "compile",
                "-I" + COMPILER.resolve("src/main/capnp"),
                "--src-prefix=" + SCHEMAS,
                "-o" + COMPILER.resolve("capnpc-bailiwick-java") + ":" + sources));
        try (Stream<Path> schemas = Files.list(SCHEMAS)) {
            schemas.map(Path::toString).sorted().forEach(command::add);
        }
        run(command);

        Map<String, String> written = read(sources);
        assertThat(written).isEqualTo(read(Path.of("src/test/generated/java")));

        List<String> arguments = new ArrayList<>(List.of(
                "-proc:none",
                "-d",
                Files.createDirectory(folder.resolve("classes")).toString(),
                "-cp",
                System.getProperty("java.class.path")));
        written.keySet().forEach(path -> arguments.add(sources.resolve(path).toString()));
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
        assertThat(folder.resolve("classes/dev/bailiwick/capnp/rpc/generics/Cell$Watcher$Client.class"))
                .exists();
    }

    private void run(List<String> command) throws IOException, InterruptedException {
        Path messages = folder.resolve("messages");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(messages.toFile())
                .start();
        int exitCode = process.waitFor();
        assertThat(exitCode).as(Files.readString(messages, UTF_8)).isZero();
    }

    private static Map<String, String> read(Path root) throws IOException {
        Map<String, String> found = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(root)) {
            for (Path file :
                    (Iterable<Path>) walk.filter(path -> path.toString().endsWith(".java"))::iterator) {
                found.put(root.relativize(file).toString(), Files.readString(file));
            }
        }
        return found;
    }
}
