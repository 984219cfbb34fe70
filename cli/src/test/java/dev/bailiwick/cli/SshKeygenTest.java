package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real {@code ssh-keygen} makes keys and signs challenges; a real daemon checks them. */
@Tag("native-tools")
class SshKeygenTest {
    @TempDir
    static Path directory;

    private static Site site = Site.unset();

    @BeforeAll
    static void start() {
        site = Site.running(directory).withAccount("alice", "alices password");
    }

    @AfterAll
    static void stop() {
        site.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "ecdsa", "rsa"})
    void aKeyIsEnrolledWithACodeAndLogsIn(String type) throws IOException, InterruptedException {
        String name = "user-" + type;
        Path key = made(name, type, "");
        Json.Obj created = (Json.Obj) site.admin("operator", "account", "create", name, "-o", "json")
                .ok()
                .json();
        site.withInput(
                        name,
                        created.text("enrolmentCode") + "\n",
                        "enroll",
                        name,
                        "--code-stdin",
                        "--ssh-key",
                        key + ".pub")
                .ok();

        Json.Obj session = (Json.Obj)
                site.bailiwick(name, "login", name, "--method", "ssh-key", "--key", key.toString(), "-o", "json")
                        .ok()
                        .json();

        assertThat(session.object("info").text("authStrength")).isEqualTo("publicKey");
        assertThat(site.bailiwick(name, "home", "ls").status()).isZero();
    }

    @Test
    void anAgentSignsForAPublicKeyFile() throws IOException, InterruptedException {
        // The agent is this test's own, and ends with the command it was started for.
        Path key = made("agent", "ed25519", "");
        site.login("alice", "alices password").ok();
        site.bailiwick("alice", "credential", "add-key", key + ".pub").ok();
        Path message = Files.writeString(directory.resolve("message"), "x");

        Ended signed = run(
                "ssh-agent",
                "sh",
                "-c",
                "ssh-add -q " + key + " && rm " + key + " && ssh-keygen -q -Y sign -n test -f " + key + ".pub "
                        + message);

        assertThat(signed.code()).as(signed.output()).isZero();
        assertThat(directory.resolve("message.sig")).exists();
    }

    @Test
    void aStrangersKeyAndAnUnknownNameGetTheSameAnswer() throws IOException, InterruptedException {
        Path key = made("stranger", "ed25519", "");

        TestHost.Ended stranger =
                site.bailiwick("s1", "login", "alice", "--method", "ssh-key", "--key", key.toString());
        TestHost.Ended nobody =
                site.bailiwick("s2", "login", "nobody-here", "--method", "ssh-key", "--key", key.toString());

        assertThat(stranger.status()).isEqualTo(3);
        assertThat(stranger.err()).startsWith("error[auth-failed]: ").isEqualTo(nobody.err());
    }

    @Test
    void anAccountThatIsDisabledIsToldToTheHolderOfItsKey() throws IOException, InterruptedException {
        site.withAccount("frank", "franks password");
        Path key = made("frank", "ed25519", "");
        site.bailiwick("frank", "credential", "add-key", key + ".pub").ok();
        site.bailiwick("frank", "login", "frank", "--method", "ssh-key", "--key", key.toString())
                .ok();
        site.admin("operator", "account", "disable", "frank").ok();

        TestHost.Ended refused =
                site.bailiwick("frank", "login", "frank", "--method", "ssh-key", "--key", key.toString());

        assertThat(refused.status()).isEqualTo(3);
        assertThat(refused.err()).startsWith("error[ssh-account-disabled]: ").contains("auth=ssh-account-disabled");
    }

    @Test
    void aKeyMakesTheAuthenticationFreshAndStronger() throws IOException, InterruptedException {
        site.withAccount("gina", "ginas password");
        Path key = made("gina", "ed25519", "");
        site.bailiwick("gina", "credential", "add-key", key + ".pub").ok();

        site.bailiwick("gina", "reauth", "--method", "ssh-key", "--key", key.toString())
                .ok();

        Json.Obj info =
                (Json.Obj) site.bailiwick("gina", "whoami", "-o", "json").ok().json();
        assertThat(info.text("authStrength")).isEqualTo("publicKey");
        assertThat(info.number("authTimeMs")).isGreaterThan(info.number("startedAtMs"));
    }

    @Test
    void aKeyIsReplacedByAnother() throws IOException, InterruptedException {
        site.withAccount("hugo", "hugos password");
        Path old = made("hugo-old", "ed25519", "");
        Path next = made("hugo-new", "ed25519", "");
        Json.Obj added = (Json.Obj) site.bailiwick("hugo", "credential", "add-key", old + ".pub", "-o", "json")
                .ok()
                .json();

        site.bailiwick("hugo", "credential", "rotate-key", added.text("recordId"), next + ".pub")
                .ok();

        assertThat(site.bailiwick("h1", "login", "hugo", "--method", "ssh-key", "--key", old.toString())
                        .status())
                .isEqualTo(3);
        site.bailiwick("h2", "login", "hugo", "--method", "ssh-key", "--key", next.toString())
                .ok();
    }

    @Test
    void aKeyThatCannotSignSaysWhatSshKeygenSaid() throws IOException {
        Path broken = Files.writeString(directory.resolve("broken"), "not a key\n");

        TestHost.Ended ended =
                site.bailiwick("s3", "login", "alice", "--method", "ssh-key", "--key", broken.toString());

        assertThat(ended.status()).isEqualTo(3);
        assertThat(ended.err()).startsWith("error[ssh-keygen-failed]: ").contains("broken", "hint: ");
        assertThat(site.bailiwick("s3", "login", "alice", "--method", "ssh-key", "--key", "/nowhere")
                        .status())
                .isEqualTo(4);
    }

    @Test
    void theFirstOfTheUsersOwnKeysIsTaken() throws IOException, InterruptedException {
        site.withAccount("ida", "idas password");
        Path home = Files.createDirectories(directory.resolve("ida-home/.ssh")).getParent();
        Path key = made("ida-home/.ssh/id_ed25519", "ed25519", "");
        site.bailiwick("ida", "credential", "add-key", key + ".pub").ok();

        TestHost.Ended login = TestHost.host()
                .with("HOME", String.valueOf(home))
                .bailiwick(
                        "login",
                        "ida",
                        "--method",
                        "ssh-key",
                        "--socket",
                        site.socket().toString(),
                        "--session-file",
                        site.sessionOf("ida").toString());

        assertThat(login.ok().out()).startsWith("ida: local session, authenticated by publicKey");
        assertThat(leftBehind()).as("no challenge stays behind").isEmpty();
    }

    private static List<Path> leftBehind() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> Files.exists(file.resolve("challenge"))).toList();
        }
    }

    private static Path made(String name, String type, String passphrase) throws IOException, InterruptedException {
        Path key = directory.resolve(name);
        Ended ended = run("ssh-keygen", "-q", "-t", type, "-N", passphrase, "-C", name, "-f", key.toString());
        assertThat(ended.code()).as(ended.output()).isZero();
        return key;
    }

    private static Ended run(String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "run", ".out");
        Process process = new ProcessBuilder(new ArrayList<>(List.of(command)))
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(output.toFile())
                .start();
        return new Ended(process.waitFor(), Files.readString(output));
    }

    private record Ended(int code, String output) {}
}
