package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.schema.Hash256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bailiwick run}, over the socket of a daemon, with real processes. Needs bubblewrap and util-linux. */
@Tag("native-tools")
class RunTest {
    @TempDir
    static Path directory;

    private static Site site = Site.unset();

    /** The demonstration, run by this build's own classes; everything that it needs is shown to it. */
    private static String holdings() throws IOException {
        Path java = Path.of(System.getProperty("java.home"));
        List<String> classPath = Stream.of(System.getProperty("java.class.path").split(":", -1))
                .map(entry -> Path.of(entry).toAbsolutePath().normalize())
                .filter(Files::exists)
                .filter(entry -> !entry.toString().matches(".*(junit|archunit|assertj|test-classes|surefire).*"))
                .map(Path::toString)
                .distinct()
                .toList();
        Path program = directory.resolve("holdings");
        Files.writeString(
                program,
                "#!/bin/sh\nexec " + java.resolve("bin/java")
                        + " --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m -cp "
                        + String.join(":", classPath) + " " + Bailiwick.class.getName() + " holdings \"$@\"\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        String reads = Stream.concat(Stream.of(java.toString()), classPath.stream())
                .map(path -> "\"" + path + "\"")
                .collect(Collectors.joining(", "));
        return """

                [[program]]
                name = "show"
                summary = "Shows what it holds."
                path = "%1$s"
                arguments = "any"
                max-arguments = 4
                max-argument-bytes = 100
                launcher = ["approved-apps"]
                reads = [%2$s]
                [program.holds]
                home = "own"
                config = "readOnly"

                [[program]]
                name = "errand"
                summary = "Shows as whom it acts."
                path = "%1$s"
                sha256 = "%3$s"
                as-caller = true
                arguments = "any"
                max-arguments = 4
                max-argument-bytes = 100
                launcher = ["approved-apps"]
                reads = [%2$s]

                [[program]]
                name = "shell"
                summary = "For these tests."
                path = "/usr/bin/dash"
                arguments = "any"
                max-arguments = 2
                max-argument-bytes = 200
                launcher = ["approved-apps"]
                """.formatted(program, reads, Hash256.sha256(Files.readAllBytes(program)));
    }

    @BeforeAll
    static void start() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        site = Site.running(directory, holdings())
                .withAccount("alice", "alices password")
                .withAccount("bob", "bobs own password");
    }

    @AfterAll
    static void stop() {
        site.close();
    }

    @Test
    void aProgramsOutputAndExitStatusAreTheCommands() {
        TestHost.Ended ended = run("alice", "", "shell", "-c", "echo hello; exit 5");

        assertThat(ended.out()).isEqualTo("hello\n");
        assertThat(ended.status()).isEqualTo(5);
    }

    @Test
    void aProgramReadsTheCommandsInput() {
        assertThat(run("alice", "one\ntwo\n", "cat").ok().out()).isEqualTo("one\ntwo\n");
    }

    @Test
    void whatLooksLikeAnOptionAfterTheProgramIsTheProgramsOwn() {
        assertThat(run("alice", "", "ls", "-d", "--", "/usr").ok().out()).isEqualTo("/usr\n");
    }

    @Test
    void theListShowsProgramsAndLimits() {
        Json.Obj list = (Json.Obj) TestHost.host()
                .bailiwick(words("alice", "run", "--list", "-o", "json"))
                .ok()
                .json();

        assertThat(list.list("programs").objects().stream().map(program -> program.text("name")))
                .contains("shell", "show", "ls")
                .doesNotContain("git");
        assertThat(TestHost.host()
                        .bailiwick(words("alice", "run", "--list"))
                        .ok()
                        .out())
                .startsWith("PROGRAM")
                .contains("sandbox: bubblewrap", "processLimit 64: ", "network: the machine's");
    }

    @Test
    void whatIsNotApprovedOrNotInstalledSaysSo() {
        TestHost.Ended unknown = run("alice", "", "emacs");
        assertThat(unknown.status()).isEqualTo(4);
        assertThat(unknown.err())
                .startsWith(
                        "error[unknown-program]: this launcher has no program \"emacs\"\nhint: 'bailiwick run --list'");
        assertThat(run("alice", "", "holdings").err()).startsWith("error[program-missing]: ");
        assertThat(run("alice", "", "id", "-u").err()).startsWith("error[too-many-arguments]: ");
        assertThat(TestHost.host().bailiwick(words("alice", "run")).status()).isEqualTo(2);
    }

    @Test
    void aProgramThatALimitEndsSaysWhichAndHowMuch() {
        TestHost.Ended ended =
                run("alice", "", "shell", "-c", "i=0; while [ $i -lt 70 ]; do sleep 1000 & i=$((i+1)); done; wait");

        assertThat(ended.status()).isEqualTo(137);
        assertThat(ended.err()).startsWith("error[quota-exceeded]: processLimit is 64, ");
    }

    @Test
    void twoAccountsRunTheSameProgramAndSeeDifferentThings() {
        site.withInput("alice", "dark", "config", "put", "theme").ok();
        assertThat(run("alice", "", "show", "hers").ok().out())
                .contains("home      held", "config    held: theme", "tmp       not held", "note      -");

        assertThat(run("bob", "", "show").ok().out())
                .contains("home      held, empty", "config    held, empty", "note      -");
        assertThat(run("alice", "", "show").ok().out()).contains("home      held: note", "note      hers");
        assertThat(site.bailiwick("alice", "home", "ls", "apps/show").ok().out())
                .contains("note");
    }

    /** Seed 004: an ad-hoc job has the token of whoever called for it. */
    @Test
    void aProgramMayActAsWhoeverRunsIt() {
        for (String who : List.of("alice", "bob")) {
            Json.Obj own = (Json.Obj)
                    site.bailiwick(who, "idn", "show", "-o", "json").ok().json();
            Json.Obj job = ((Json.Obj) run(who, "", "errand", "-o", "json").ok().json()).object("identity");

            assertThat(job.object("token").text("userName")).isEqualTo(who);
            assertThat(job.object("token").text("user"))
                    .isEqualTo(own.object("token").text("user"));
            assertThat(job.object("token").get("tokenId"))
                    .isNotEqualTo(own.object("token").get("tokenId"));
            assertThat(job.text("description")).isEqualTo("program errand");
            assertThat(run(who, "", "errand").ok().out()).contains("identity  held: S-1-5-21-", " (" + who + ")");
            assertThat(run(who, "", "show").ok().out()).contains("identity  not held");
            assertThat(site.bailiwick(who, "idn", "threads").ok().out())
                    .as("over with the program")
                    .doesNotContain("errand");
        }
        assertThat(TestHost.host()
                        .bailiwick(words("alice", "run", "--list"))
                        .ok()
                        .out())
                .containsPattern("errand +any, at most 4 +caller +Shows")
                .containsPattern("shell +any, at most 2 +- +For");
    }

    @Test
    void outsideOfALaunchNothingIsThereToClaim() {
        TestHost.Ended ended = TestHost.host().bailiwick(words("alice", "holdings"));
        assertThat(ended.status()).isEqualTo(3);
        assertThat(ended.err()).startsWith("error[not-launched]: ");
        assertThat(TestHost.host()
                        .with("BAILIWICK_TICKET", "00".repeat(32))
                        .bailiwick(words("alice", "holdings"))
                        .err())
                .startsWith("error[ticket-invalid]: ");
    }

    private static TestHost.Ended run(String who, String input, String... words) {
        return TestHost.host()
                .input(input)
                .bailiwick(words(
                        who, Stream.concat(Stream.of("run"), Stream.of(words)).toArray(String[]::new)));
    }

    /** The options come first: after the name of a program they would be its own. */
    private static String[] words(String who, String... words) {
        List<String> all = new ArrayList<>(List.of(
                "--socket",
                site.socket().toString(),
                "--session-file",
                site.sessionOf(who).toString()));
        all.addAll(List.of(words));
        return all.toArray(String[]::new);
    }
}
