package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launchers, copied to a place where everything around them can be chosen. */
class LauncherTest {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    Path root;

    private record Ended(int status, String out, String err) {}

    @BeforeEach
    void copyLaunchers() throws IOException {
        copy("bin");
        Files.copy(PROJECT.resolve("quickstart"), root.resolve("quickstart"), StandardCopyOption.COPY_ATTRIBUTES);
    }

    private void copy(String directory) throws IOException {
        Files.createDirectories(root.resolve(directory));
        try (Stream<Path> files = Files.list(PROJECT.resolve(directory))) {
            for (Path file : files.toList()) {
                Files.copy(
                        file,
                        root.resolve(directory).resolve(file.getFileName().toString()),
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    /** A JDK that only says how it was called. */
    private Path fakeJdk(String version) throws IOException {
        Path home = Files.createDirectories(root.resolve("jdk-" + version));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"java of " + version + "\" \"$@\"\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        return home;
    }

    private void build() throws IOException {
        Path lib = Files.createDirectories(root.resolve("cli/target/lib"));
        for (String jar : List.of(
                "bailiwick-cli-1.jar", "bailiwick-schema-1.jar", "zebra-1.jar", "icu4j-1.jar", "picocli-1.jar")) {
            Files.createFile(lib.resolve(jar));
        }
    }

    private Ended run(Map<String, String> environment, Path directory, String... command)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(Arrays.asList(command));
        Path out = Files.createTempFile(root, "out", "");
        Path err = Files.createTempFile(root, "err", "");
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(directory.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return new Ended(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    @Test
    void beforeTheBuildTheLauncherSaysWhatToRun() throws Exception {
        Ended ended = run(Map.of(), root, root.resolve("bin/account-admin").toString(), "account", "list");

        assertThat(ended.status()).isEqualTo(7);
        assertThat(ended.err()).contains("not built yet").contains("quickstart").contains("mvn package");
    }

    @Test
    void javaHomeIsTakenWhenItIsNewEnough() throws Exception {
        build();

        Ended ended = run(
                Map.of("JAVA_HOME", fakeJdk("25.0.1").toString()),
                root,
                root.resolve("bin/account-admin").toString(),
                "account",
                "show",
                "two words");

        assertThat(ended.status()).isZero();
        assertThat(ended.out())
                .startsWith("java of 25.0.1\n")
                .contains("\n--enable-native-access=ALL-UNNAMED\n")
                .endsWith("\ndev.bailiwick.cli.AccountAdmin\naccount\nshow\ntwo words\n");
    }

    @Test
    void aJdkThatIsTooOldIsPassedOver() throws Exception {
        build();

        Ended ended = run(
                Map.of(
                        "JAVA_HOME",
                        fakeJdk("17.0.9").toString(),
                        "PATH",
                        fakeJdk("26").resolve("bin") + ":/usr/bin:/bin"),
                root,
                root.resolve("bin/bailiwick").toString());

        assertThat(ended.out()).startsWith("java of 26\n");
    }

    @Test
    void aLinkFromElsewhereFindsTheProject() throws Exception {
        build();
        Path elsewhere = Files.createDirectories(root.resolve("else where"));
        Path first = Files.createSymbolicLink(elsewhere.resolve("one"), Path.of("../bin/bailiwick"));
        Path second = Files.createSymbolicLink(root.resolve("two"), first);

        Ended ended = run(Map.of("JAVA_HOME", fakeJdk("25").toString()), Path.of("/"), second.toString(), "whoami");

        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out())
                .contains("-Dbailiwick.home=" + root.toRealPath())
                .endsWith("\nwhoami\n");
    }

    @Test
    void theSmallJarsComeFirstAndEveryJarOnce() throws Exception {
        build();

        Ended ended = run(
                Map.of("JAVA_HOME", fakeJdk("25").toString()),
                root,
                root.resolve("bin/bailiwick").toString());

        String classPath = ended.out()
                .lines()
                .filter(line -> line.contains(".jar"))
                .findFirst()
                .orElse("");
        assertThat(Stream.of(classPath.split(":"))
                        .map(jar -> Path.of(jar).getFileName().toString()))
                .containsExactly(
                        "bailiwick-cli-1.jar", "bailiwick-schema-1.jar", "picocli-1.jar", "icu4j-1.jar", "zebra-1.jar");
    }

    @Test
    void withoutATerminalNoStreamIsCalledOne() throws Exception {
        build();

        Ended ended = run(
                Map.of("JAVA_HOME", fakeJdk("25").toString()),
                root,
                root.resolve("bin/bailiwick").toString());

        assertThat(ended.out()).contains("\n-Dbailiwick.terminals=\n");
    }

    @Test
    void serveIsTheDaemonWithTheDaemonsMemory() throws Exception {
        build();
        Map<String, String> environment = Map.of("JAVA_HOME", fakeJdk("25").toString());

        Ended served = run(environment, root, root.resolve("bin/bailiwick").toString(), "serve", "--store", "x");
        Ended daemon = run(environment, root, root.resolve("bin/bailiwickd").toString(), "--store", "x");

        assertThat(served.out()).isEqualTo(daemon.out());
        assertThat(daemon.out()).contains("\n-Xmx512m\n").endsWith("\ndev.bailiwick.cli.Bailiwickd\n--store\nx\n");
    }

    @Test
    void optionsForTheJvmCanBeGiven() throws Exception {
        build();

        Ended ended = run(
                Map.of("JAVA_HOME", fakeJdk("25").toString(), "BAILIWICK_JAVA_OPTIONS", "-Xlog:gc -Dx=y"),
                root,
                root.resolve("bin/bailiwick").toString());

        assertThat(ended.out()).contains("\n-Xlog:gc\n-Dx=y\n");
    }

    @Test
    void theQuickstartDoesNotBuildWhatIsBuilt() throws Exception {
        build();

        Ended ended = run(
                Map.of("JAVA_HOME", fakeJdk("25").toString()),
                Path.of("/"),
                root.resolve("quickstart").toString(),
                "--dir",
                "d");

        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out()).endsWith("\ndev.bailiwick.cli.Bailiwick\nquickstart\n--dir\nd\n");
    }

    @Test
    void theQuickstartSaysWhenMavenIsMissing() throws Exception {
        Path tools = Files.createDirectories(root.resolve("tools"));
        for (String tool : List.of("sh", "dirname", "readlink", "find", "head", "sed", "touch")) {
            Files.createSymbolicLink(tools.resolve(tool), Path.of("/usr/bin", tool));
        }

        Ended ended = run(
                Map.of("JAVA_HOME", fakeJdk("25").toString(), "PATH", tools.toString()),
                root,
                root.resolve("quickstart").toString());

        assertThat(ended.status()).isEqualTo(7);
        assertThat(ended.err()).contains("Maven is needed");
    }
}
