package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.profiles.Slot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody with an account does, through the program and over the socket of a daemon. */
class SessionTest {
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

    private static List<String> held(Json session) {
        return ((Json.Obj) session)
                .list("receipts").objects().stream()
                        .filter(receipt -> receipt.flag("granted"))
                        .map(receipt -> receipt.text("slot"))
                        .toList();
    }

    @Test
    void aLoginPrintsWhatTheSessionHoldsAndWhereItComesFrom() {
        String out = site.login("alice", "alices password").ok().out();

        assertThat(out.lines())
                .anyMatch(line -> line.matches("SLOT +INTERFACE +LIMIT +RULE +FROM"))
                .anyMatch(line ->
                        line.matches("home +Namespace +64 MiB +.*role \"local-user\".*resourceProfile standard v1"))
                .anyMatch(line -> line.matches("tmp +Namespace \\(ephemeral\\) +16 MiB .*"));
    }

    @Test
    void asJsonALoginIsOneObjectWithEverySlot() {
        Json session = site.withInput("alice", "alices password\n", "login", "alice", "--password-stdin", "-o", "json")
                .ok()
                .json();

        assertThat(((Json.Obj) session).fields().keySet()).containsExactly("info", "receipts");
        assertThat(held(session))
                .containsExactly(
                        "session",
                        "home",
                        "config",
                        "cache",
                        "tmp",
                        "logs",
                        "logSink",
                        "launcher",
                        "approval",
                        "credentials",
                        "keyring",
                        "status",
                        "identity",
                        "services",
                        "secured");
        assertThat(((Json.Obj) session).list("receipts").items()).hasSize(Slot.values().length);
    }

    @Test
    void theSessionIsTheSameFromOneCommandToTheNext() {
        site.login("alice", "alices password").ok();

        Json.Obj first =
                (Json.Obj) site.bailiwick("alice", "whoami", "-o", "json").ok().json();
        Json.Obj second =
                (Json.Obj) site.bailiwick("alice", "whoami", "-o", "json").ok().json();

        assertThat(first.text("name")).isEqualTo("alice");
        assertThat(first.text("authStrength")).isEqualTo("password");
        assertThat(second.text("sessionId")).isEqualTo(first.text("sessionId")).startsWith("ses-");
        assertThat(second.number("expiresAtMs")).isEqualTo(first.number("expiresAtMs"));
    }

    @Test
    void aNewLoginEndsTheSessionKeptBefore() throws IOException {
        site.login("alice", "alices password").ok();
        Path copy = Files.copy(
                site.sessionOf("alice"),
                site.sessionOf("before"),
                StandardCopyOption.COPY_ATTRIBUTES,
                StandardCopyOption.REPLACE_EXISTING);
        assertThat(copy).exists();

        site.login("alice", "alices password").ok();

        site.bailiwick("alice", "whoami").ok();
        assertThat(site.bailiwick("before", "whoami").status()).isEqualTo(3);
    }

    @Test
    void theReferenceIsKeptButNeverPrinted() throws IOException {
        TestHost.Ended login =
                site.withInput("alice", "alices password\n", "login", "alice", "--password-stdin", "-o", "json");

        String reference = Files.readAllLines(site.sessionOf("alice")).getLast().replace("reference ", "");
        assertThat(reference).hasSize(64);
        assertThat(login.out() + login.err()).doesNotContain(reference);
    }

    @Test
    void anUnknownAccountAndAWrongPasswordAreTheSameToTheCaller() {
        TestHost.Ended wrong = site.withInput("m1", "not it\n", "login", "alice", "--password-stdin");
        TestHost.Ended unknown = site.withInput("m2", "not it\n", "login", "nobody-here", "--password-stdin");
        TestHost.Ended passwordless = site.withInput("m3", "not it\n", "login", "recovery", "--password-stdin");

        assertThat(wrong.status()).isEqualTo(3);
        assertThat(wrong.err()).startsWith("error[auth-failed]: ");
        assertThat(List.of(unknown.err(), passwordless.err())).containsOnly(wrong.err());
        assertThat(List.of(unknown.status(), passwordless.status())).containsOnly(3);
        assertThat(site.sessionOf("m1")).doesNotExist();
    }

    @Test
    void anEnrolmentCodeWorksOnce() {
        Json.Obj created = (Json.Obj) site.admin("operator", "account", "create", "carol", "-o", "json")
                .ok()
                .json();
        String input = created.text("enrolmentCode") + "\ncarols password\n";

        site.withInput("carol", input, "enroll", "carol", "--code-stdin").ok();
        TestHost.Ended again = site.withInput("carol", input, "enroll", "carol", "--code-stdin");

        assertThat(again.status()).isEqualTo(3);
    }

    @Test
    void anewCodeIsForWhoeverLostTheOldOne() {
        Json.Obj created = (Json.Obj) site.admin("operator", "account", "create", "dave", "-o", "json")
                .ok()
                .json();
        Json.Obj renewed = (Json.Obj) site.admin("operator", "account", "new-code", "dave", "-o", "json")
                .ok()
                .json();

        assertThat(site.withInput(
                                "dave",
                                created.text("enrolmentCode") + "\ndaves password\n",
                                "enroll",
                                "dave",
                                "--code-stdin")
                        .status())
                .isEqualTo(3);
        site.enroll("dave", renewed.text("enrolmentCode"), "daves password");
    }

    @Test
    void aPersonAtATerminalIsAskedForTheirPassword() {
        TestHost.Ended ended = TestHost.host()
                .typing("alices password")
                .bailiwick(
                        "login",
                        "alice",
                        "--socket",
                        site.socket().toString(),
                        "--session-file",
                        site.sessionOf("typist").toString());

        assertThat(ended.ok().out()).startsWith("alice: local session");
    }

    @Test
    void aGuestHasAHomeThatDoesNotLast() {
        Json session = site.bailiwick("visitor", "login", "--method", "guest", "-o", "json")
                .ok()
                .json();

        assertThat(held(session)).contains("home", "tmp").doesNotContain("config", "credentials");
        site.withInput("visitor", "x", "home", "put", "note").ok();
        site.bailiwick("visitor", "logout").ok();
        site.bailiwick("visitor", "login", "--method", "guest").ok();
        assertThat(site.bailiwick("visitor", "home", "get", "note").status()).isEqualTo(4);
    }

    @Test
    void anAnonymousCallerHoldsLoginAndHelpAndKeepsNothing() {
        Json session = site.bailiwick("anon", "login", "--method", "anonymous", "-o", "json")
                .ok()
                .json();

        assertThat(held(session)).containsExactly("session", "login", "help", "identity");
        assertThat(site.sessionOf("anon")).doesNotExist();
    }

    @Test
    void aLogoutDeletesTmpAndEndsTheSession() {
        site.login("alice", "alices password").ok();
        site.withInput("alice", "scratch", "tmp", "put", "s").ok();

        site.bailiwick("alice", "logout").ok();

        assertThat(site.sessionOf("alice")).doesNotExist();
        assertThat(site.bailiwick("alice", "whoami").status()).isEqualTo(3);
        site.login("alice", "alices password").ok();
        assertThat(site.bailiwick("alice", "tmp", "ls", "-o", "json").ok().json())
                .isEqualTo(new Json.Arr(List.of()));
    }

    @Test
    void filesAreWrittenListedReadAndRemoved() {
        site.withAccount("erin", "erins password");

        site.withInput("erin", "hello", "home", "put", "a/b.txt").ok();
        Json.Obj entry = (Json.Obj) site.bailiwick("erin", "home", "stat", "a/b.txt", "-o", "json")
                .ok()
                .json();
        Json.Arr top = (Json.Arr)
                site.bailiwick("erin", "home", "ls", "-o", "json").ok().json();

        assertThat(entry.text("name")).isEqualTo("b.txt");
        assertThat(entry.number("size")).isEqualTo(5);
        assertThat(entry.text("sha256")).isEqualTo("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
        assertThat(top.objects()).extracting(one -> one.text("name")).containsExactly("a");
        assertThat(site.bailiwick("erin", "home", "get", "a/b.txt").ok().out()).isEqualTo("hello");
        assertThat(site.bailiwick("erin", "home", "rm", "a").err()).startsWith("error[not-empty]");
        site.bailiwick("erin", "home", "rm", "a/b.txt").ok();
        assertThat(site.bailiwick("erin", "home", "get", "a/b.txt").status()).isEqualTo(4);
    }

    @Test
    void aLargeFileIsStreamedBothWays(@TempDir Path files) throws IOException {
        byte[] content = new byte[3_000_000];
        new SplittableRandom(42).nextBytes(content);
        Path from = Files.write(files.resolve("from"), content);
        Path to = files.resolve("to");
        site.login("alice", "alices password").ok();

        site.bailiwick("alice", "cache", "put", "big", from.toString()).ok();
        site.bailiwick("alice", "cache", "get", "big", to.toString()).ok();

        assertThat(to).hasBinaryContent(content);
        try (var left = Files.list(files)) {
            assertThat(left).as("no draft stays behind").hasSize(2);
        }
    }

    @Test
    void aWriteCanExpectAVersion() {
        site.login("alice", "alices password").ok();
        site.withInput("alice", "one", "config", "put", "k", "--expect", "0").ok();

        TestHost.Ended stale = site.withInput("alice", "two", "config", "put", "k", "--expect", "0", "-o", "json");

        assertThat(stale.status()).isEqualTo(5);
        assertThat(((Json.Obj) Json.parse(stale.err())).number("currentVersion"))
                .isPositive();
        assertThat(site.bailiwick("alice", "config", "get", "k").ok().out()).isEqualTo("one");
    }

    @Test
    void aQuotaIsTheProfilesAndIsKept(@TempDir Path files) throws IOException {
        site.login("alice", "alices password").ok();
        Path tooMuch = Files.write(files.resolve("f"), new byte[(4 << 20) + 1]);

        TestHost.Ended refused = site.bailiwick("alice", "config", "put", "f", tooMuch.toString());

        assertThat(refused.status()).isEqualTo(3);
        assertThat(refused.err()).startsWith("error[quota-exceeded]: ");
        Json.Obj usage = (Json.Obj)
                site.bailiwick("alice", "config", "stat", "-o", "json").ok().json();
        assertThat(usage.number("quotaBytes")).isEqualTo(4 << 20);
    }

    @Test
    void aSlotThatIsNotHeldSaysWhyNot() {
        site.bailiwick("visitor2", "login", "--method", "guest").ok();

        TestHost.Ended refused = site.bailiwick("visitor2", "config", "ls");

        assertThat(refused.status()).isEqualTo(3);
        assertThat(refused.err()).startsWith("error[not-selected]: this session does not hold \"config\"");
    }

    @Test
    void theBundleCanShowWhatIsNotHeld() {
        site.login("alice", "alices password").ok();

        assertThat(site.bailiwick("alice", "bundle").ok().out()).doesNotContain("terminal");
        assertThat(site.bailiwick("alice", "bundle", "--all").ok().out())
                .containsPattern("terminal +no-terminal")
                .containsPattern("accountManager +not-selected");
    }

    @Test
    void aSessionIsNotOfferedToAnotherDaemon() {
        site.login("alice", "alices password").ok();

        TestHost.Ended ended = TestHost.host()
                .bailiwick(
                        "whoami",
                        "--session-file",
                        site.sessionOf("alice").toString(),
                        "--socket",
                        "/elsewhere/d.sock");

        assertThat(ended.status()).isEqualTo(3);
        assertThat(ended.err()).contains("is with the daemon at " + site.socket());
    }

    @Test
    void laterCommandsNeedNoSocketOption() {
        site.login("alice", "alices password").ok();

        assertThat(TestHost.host()
                        .bailiwick(
                                "whoami",
                                "--session-file",
                                site.sessionOf("alice").toString())
                        .ok()
                        .out())
                .contains("alice");
    }

    @Test
    void namesFromOthersCannotSteerTheTerminal() {
        site.login("alice", "alices password").ok();
        site.withInput("alice", "x", "home", "put", "evil\033[2J").ok();

        assertThat(site.bailiwick("alice", "home", "ls").ok().out())
                .contains("evil\\u{1b}[2J")
                .doesNotContain("\033");
        assertThat(new String(
                        site.bailiwick("alice", "home", "ls", "-o", "json").ok().bytes(), StandardCharsets.UTF_8))
                .contains("evil\\u001B[2J");
    }
}
