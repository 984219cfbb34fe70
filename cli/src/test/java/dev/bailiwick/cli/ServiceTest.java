package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.identity.Sid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Services from their definition to what their clients see, over the socket of a daemon: two of the demonstration service, both of which run as
 * LocalService, as real processes. Needs bubblewrap and util-linux.
 */
@Tag("native-tools")
class ServiceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path directory;

    private static Site site = Site.unset();

    /** Services may be small, but a JVM is not. */
    private static final String PROFILE = """

            [[resource-profile]]
            name = "roomy-service"
            home-quota = "32MiB"
            config-quota = "0B"
            cache-quota = "0B"
            temp-quota = "0B"
            session-limit = 2
            process-limit = 64
            thread-limit = 512
            cap-limit = 1024
            memory-commit-limit = "1GiB"
            frame-grant-limit = 65536
            endpoint-queue-limit = 64
            in-flight-call-limit = 64
            pending-ipc-submission-limit = 64
            ring-scratch-limit = "4MiB"
            log-quota = "8MiB"
            log-window = "1h"
            cpu-budget = "4s"
            cpu-window = "1s"
            timer-waiter-limit = 64
            network = "none"
            launcher = "measured-binary"
            """;

    @BeforeAll
    static void start() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        site = Site.running(directory, PROFILE)
                .withAccount("alice", "alices password")
                .withSteward();
        site.login("alice", "alices password").ok();
        define("vault");
        define("web");
    }

    @AfterAll
    static void stop() {
        site.close();
    }

    /** The demonstration service, run by this build's own classes; everything that it needs is shown to it. */
    private static void define(String name, String... more) throws IOException {
        Path java = Path.of(System.getProperty("java.home"));
        List<String> classPath = Stream.of(System.getProperty("java.class.path").split(":", -1))
                .map(entry -> Path.of(entry).toAbsolutePath().normalize())
                .filter(Files::exists)
                .filter(entry -> !entry.toString().matches(".*(junit|archunit|assertj|test-classes|surefire).*"))
                .map(Path::toString)
                .distinct()
                .toList();
        Path program = directory.resolve(name);
        Files.writeString(
                program,
                "#!/bin/sh\nexec " + java.resolve("bin/java")
                        + " --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m -cp "
                        + String.join(":", classPath) + " " + Bailiwick.class.getName() + " vault\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> words = new ArrayList<>(List.of(
                "service",
                "define",
                name,
                "--binary",
                program.toString(),
                "--resource-profile",
                "roomy-service",
                "--read",
                java.toString()));
        classPath.forEach(path -> words.addAll(List.of("--read", path)));
        words.addAll(List.of(more));
        site.admin("operator", words.toArray(String[]::new)).ok();
    }

    private static void started(String name) {
        TestHost.Ended shown =
                site.admin("steward", "service", "show", name, "-o", "json").ok();
        if (!((Json.Obj) shown.json()).flag("running")) {
            site.admin("steward", "service", "start", name).ok();
        }
        await().atMost(PATIENCE)
                .until(() -> ((Json.Obj) site.admin("steward", "service", "show", name, "-o", "json")
                                .ok()
                                .json())
                        .flag("listening"));
    }

    private static String asked(String who, String service, String line, String... options) {
        List<String> words = new ArrayList<>(List.of("connect", service));
        words.addAll(List.of(options));
        return site.withInput(who, line + "\n", words.toArray(String[]::new))
                .ok()
                .out();
    }

    @Test
    void oneLocalServiceReadsItsDataAndTheOtherIsKeptOut() {
        started("vault");
        started("web");

        assertThat(asked("alice", "vault", "own write vault gold au")).startsWith("stored version ");
        assertThat(asked("alice", "vault", "own read vault gold")).isEqualTo("au\n");
        assertThat(asked("alice", "web", "own read vault gold"))
                .startsWith("denied access-denied: the data of service \"vault\" is closed to this token: ");
        assertThat(asked("alice", "web", "me")).isEqualTo("S-1-5-19 (LocalService)\n");
        assertThat(asked("alice", "vault", "me")).isEqualTo("S-1-5-19 (LocalService)\n");
    }

    @Test
    void theClientsLevelSaysHowFarTheServiceGoes() {
        started("vault");
        started("web");

        assertThat(asked("alice", "vault", "who")).contains(" (alice) decides as alice");
        assertThat(asked("alice", "vault", "who", "--impersonation-level", "identification"))
                .contains(" (alice) decides as Anonymous");
        assertThat(asked("alice", "vault", "who", "--impersonation-level", "anonymous"))
                .startsWith("denied anonymous-client: ");
        assertThat(asked("alice", "web", "on vault who")).contains(" (alice) decides as alice");
        assertThat(asked("alice", "vault", "read vault gold")).startsWith("denied access-denied: ");
        assertThat(site.withInput("alice", "who\n", "connect", "vault", "--impersonation-level", "full")
                        .status())
                .isEqualTo(2);
        assertThat(site.bailiwick("alice", "connect", "nothing").err()).startsWith("error[not-listening]: ");
    }

    @Test
    void aDefinitionIsShownListedAndRefusedByName() {
        TestHost.Ended shown = site.admin("operator", "service", "show", "vault");
        assertThat(shown.ok().out())
                .contains("service", "LocalService", Sid.service("vault").toString());
        assertThat(site.admin("operator", "service", "list").ok().out()).contains("health-probe", "vault", "web");
        String binary = directory.resolve("vault").toString();
        assertThat(site.admin("operator", "service", "define", "x", "--binary", "/nowhere")
                        .err())
                .startsWith("error[unmeasured-binary]: ");
        assertThat(site.admin(
                                "operator",
                                "service",
                                "define",
                                "x",
                                "--binary",
                                binary,
                                "--required-privilege",
                                "SeFlyPrivilege")
                        .err())
                .startsWith("error[unknown-privilege]: ");
        assertThat(site.admin("operator", "service", "define", "x", "--binary", binary, "--descriptor", "D:(")
                        .err())
                .startsWith("error[invalid-descriptor]: ");
        assertThat(site.admin("operator", "service", "define", "", "--binary", binary)
                        .err())
                .startsWith("error[invalid-name]: ");
        assertThat(site.admin("operator", "service", "define", "vault", "--binary", binary, "--expect", "77")
                        .status())
                .isEqualTo(5);
    }

    @Test
    void startingIsForWhoeverLeasedIt() {
        TestHost.Ended denied = site.admin("operator", "service", "start", "vault");
        assertThat(denied.status()).isEqualTo(3);
        assertThat(denied.err()).startsWith("error[not-selected]: this session does not hold \"supervisor\"");
    }

    @Test
    void idnShowHasTheLayoutOfTheSeed() {
        String own = site.bailiwick("alice", "idn", "show").ok().out();
        assertThat(own)
                .startsWith("User:            S-1-5-21-")
                .contains(" (alice)\nImpersonating:   no\n", "Integrity:       Medium\n", "AuthenticatedUsers");
        assertThat(site.bailiwick("alice", "idn", "threads").ok().out()).contains("FLOW", "session");
        assertThat(site.bailiwick("alice", "idn", "groups").ok().out()).contains("Interactive", "logon-id");
        assertThat(site.bailiwick("alice", "idn", "privilege", "disable", "SeChangeNotifyPrivilege")
                        .ok()
                        .out())
                .contains("SeChangeNotifyPrivilege");
        assertThat(site.bailiwick("alice", "idn", "privilege", "enable", "SeTcbPrivilege")
                        .err())
                .startsWith("error[privilege-absent]: ");
        String other =
                ((Json.Obj) site.bailiwick("alice", "whoami", "-o", "json").ok().json()).text("sessionId");
        assertThat(site.bailiwick("operator", "idn", "show", other).ok().out()).contains(" (alice)");
        String operators = ((Json.Obj)
                        site.bailiwick("operator", "whoami", "-o", "json").ok().json())
                .text("sessionId");
        assertThat(site.bailiwick("alice", "idn", "show", operators).status()).isEqualTo(3);
    }
}
