package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.schema.gen.Blob;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.SessionManager;
import dev.bailiwick.schema.gen.UserSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A login program in C++, built here from {@code src/test/cpp} and the published schema with nothing but Debian's {@code libcapnp-dev},
 * uses the daemon as any program may.
 */
@Tag("native-tools")
final class CppLoginTest {
    private static final Path INCLUDES = Path.of("../capnp/compiler/src/main/capnp");
    private static final Path SCHEMA = Path.of("../schema/src/main/capnp");
    /** Only what waits for ever meets it. */
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private static final String PASSWORD = "a long enough one";

    @TempDir
    private static Path build;

    @BeforeAll
    static void buildTheProgram() throws IOException, InterruptedException {
        generate(SCHEMA, listed(SCHEMA, ".capnp"));
        generate(INCLUDES, listed(INCLUDES.resolve("capnp"), ".capnp"));
        List<String> compile = new ArrayList<>(List.of(
                "g++", "-std=c++17", "-I" + build, "-o", build.resolve("login").toString(), "src/test/cpp/login.c++"));
        compile.addAll(listed(build, ".c++"));
        compile.addAll(listed(build.resolve("capnp"), ".c++"));
        compile.addAll(List.of("-lcapnp-rpc", "-lcapnp", "-lkj-async", "-lkj"));
        Ended built = run("", compile.toArray(String[]::new));
        assertThat(built.code()).as(built.errors()).isZero();
    }

    @Test
    void aStockClientLogsInAndReadsAHomeFileInCallsThatTravelTogether(@TempDir Path directory)
            throws IOException, InterruptedException {
        try (Site site = Site.running(directory).withAccount("alice", PASSWORD)) {
            site.withInput("alice", "what she wrote", "home", "put", "letters/first.txt")
                    .ok();

            Ended read = login(site, "alice", PASSWORD, "letters/first.txt");
            assertThat(read.output()).as(read.errors()).isEqualTo("what she wrote");
            assertThat(read.errors()).isEqualTo("session of alice\n");
            assertThat(read.code()).isZero();

            assertThat(login(site, "alice", PASSWORD, "letters/second.txt"))
                    .isEqualTo(new Ended(3, "", "home: not-found\n"));
        }
    }

    @Test
    void aLoginAndWhatItGivesAreOneRoundTrip(@TempDir Path directory) throws IOException, InterruptedException {
        try (Site site = Site.running(directory).withAccount("alice", PASSWORD);
                HoldingRelay relay = HoldingRelay.at(directory.resolve("relay.sock"), site.socket(), 4)) {
            site.withInput("alice", "what she wrote", "home", "put", "letters/first.txt")
                    .ok();

            Ended read = run(
                    PASSWORD,
                    build.resolve("login").toString(),
                    directory.resolve("relay.sock").toString(),
                    "alice",
                    "letters/first.txt");

            assertThat(read)
                    .as("calls made while nothing had come back: %s", relay.calls())
                    .isEqualTo(new Ended(0, "what she wrote", "session of alice\n"));
            assertThat(relay.calls())
                    .as("all but the logout at the end were made before the daemon's first byte")
                    .containsExactly(
                            SessionManager.TYPE_ID,
                            UserSession.TYPE_ID,
                            Namespace.TYPE_ID,
                            Blob.TYPE_ID,
                            UserSession.TYPE_ID);
        }
    }

    @Test
    void aStockClientCannotTellAWrongPasswordFromAnUnknownName(@TempDir Path directory)
            throws IOException, InterruptedException {
        try (Site site = Site.running(directory).withAccount("alice", PASSWORD)) {
            Ended denied = new Ended(3, "", "login: auth-failed\n");
            assertThat(login(site, "alice", "not her password", "x")).isEqualTo(denied);
            assertThat(login(site, "nobody", "not her password", "x")).isEqualTo(denied);
        }
    }

    private static Ended login(Site site, String name, String password, String path)
            throws IOException, InterruptedException {
        return run(password, build.resolve("login").toString(), site.socket().toString(), name, path);
    }

    private static void generate(Path prefix, List<String> files) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("capnp", "compile", "-I" + INCLUDES, "--src-prefix=" + prefix, "-oc++:" + build));
        command.addAll(files);
        Ended generated = run("", command.toArray(String[]::new));
        assertThat(generated.code()).as(generated.errors()).isZero();
    }

    private static List<String> listed(Path directory, String ending) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(Path::toString)
                    .filter(file -> file.endsWith(ending))
                    .sorted()
                    .toList();
        }
    }

    private static Ended run(String input, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(build, "run", ".out");
        Path errors = Files.createTempFile(build, "run", ".err");
        Process process = new ProcessBuilder(Arrays.asList(command))
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        int code = process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)
                ? process.exitValue()
                : process.destroyForcibly().waitFor();
        return new Ended(code, Files.readString(output), Files.readString(errors));
    }

    private record Ended(int code, String output, String errors) {}
}
