package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people do about their own ways to log in, and administrators about sessions, through the programs. */
class CredentialsTest {
    private static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAID/XqLzLkfPomXDd6SgWX28AcYvLTXBMbOyjupzlNlXg";

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

    private static Json.Arr credentials(String who) {
        return (Json.Arr)
                site.bailiwick(who, "credential", "list", "-o", "json").ok().json();
    }

    @Test
    void aPasswordIsChangedWithTheOneInForce() {
        site.withAccount("bob", "bobs password");

        TestHost.Ended wrong =
                site.withInput("bob", "not it\na new password\n", "credential", "password", "--password-stdin");
        assertThat(wrong.err()).startsWith("error[auth-failed]: the current password is wrong");
        site.withInput("bob", "bobs password\na new password\n", "credential", "password", "--password-stdin")
                .ok();

        assertThat(site.login("bob", "bobs password").status()).isEqualTo(3);
        assertThat(site.withInput("bob3", "a new password\n", "login", "bob", "--password-stdin")
                        .ok()
                        .out())
                .startsWith("bob: local session, authenticated by password");
    }

    @Test
    void keysAreAddedRelabelledReplacedAndDisabled(@TempDir Path files) throws IOException {
        site.withAccount("carol", "carols password");
        Path key = Files.writeString(files.resolve("id.pub"), KEY + " carol@laptop\n");

        Json.Obj added = (Json.Obj) site.bailiwick("carol", "credential", "add-key", key.toString(), "-o", "json")
                .ok()
                .json();

        assertThat(added.text("kind")).isEqualTo("sshPublicKey");
        assertThat(added.text("label")).isEqualTo("carol@laptop");
        assertThat(added.text("fingerprint")).startsWith("SHA256:");
        assertThat(credentials("carol").objects())
                .extracting(one -> one.text("kind"))
                .containsExactlyInAnyOrder("password", "sshPublicKey");
        assertThat(site.bailiwick("carol", "credential", "list").ok().out())
                .contains("carol@laptop", "ssh-ed25519 SHA256:");
        TestHost.Ended twice = site.bailiwick("carol", "credential", "add-key", key.toString());
        assertThat(twice.status()).isEqualTo(5);
        assertThat(twice.err()).startsWith("error[key-exists]");
        site.bailiwick("carol", "credential", "disable", added.text("recordId")).ok();
        assertThat(site.bailiwick("carol", "credential", "disable", added.text("recordId"))
                        .status())
                .isEqualTo(4);
        TestHost.Ended last = site.bailiwick(
                "carol",
                "credential",
                "disable",
                credentials("carol").objects().getFirst().text("recordId"));
        assertThat(last.status()).isEqualTo(3);
        assertThat(last.err()).startsWith("error[last-credential]").contains("hint: ");
    }

    @Test
    void whatIsNoPublicKeyIsRefusedWithAHint(@TempDir Path files) throws IOException {
        site.login("alice", "alices password").ok();
        Path secret = Files.writeString(files.resolve("id"), "-----BEGIN OPENSSH PRIVATE KEY-----\nxxx\n");
        Path nonsense = Files.writeString(files.resolve("no.pub"), "ssh-ed25519 nonsense\n");

        TestHost.Ended privateKey = site.bailiwick("alice", "credential", "add-key", secret.toString());
        assertThat(privateKey.status()).isEqualTo(2);
        assertThat(privateKey.err()).contains("is a private key, which stays with you", "ends in .pub");
        TestHost.Ended noKey = site.bailiwick("alice", "credential", "add-key", nonsense.toString());
        assertThat(noKey.status()).isEqualTo(2);
        assertThat(noKey.err()).startsWith("error[ssh-key-invalid]: the public key is not taken: ");
        assertThat(site.bailiwick("alice", "credential", "add-key", "/nowhere.pub")
                        .status())
                .isEqualTo(4);
        assertThat(site.bailiwick("alice", "credential", "disable", "nonsense").status())
                .isEqualTo(2);
    }

    @Test
    void aRecoveryCodeSetsAPasswordWithoutTheOldOne() {
        site.withAccount("dora", "doras password");
        Json.Obj issued = (Json.Obj) site.bailiwick("dora", "credential", "recovery-code", "-o", "json")
                .ok()
                .json();

        assertThat(issued.number("expiresAtMs")).isPositive();
        site.enroll("dora", issued.text("code"), "doras next password");
        assertThat(site.login("dora", "doras password").status()).isEqualTo(3);
        site.login("dora", "doras next password").ok();
        assertThat(site.bailiwick("dora", "credential", "recovery-code").ok().out())
                .startsWith("recovery code: ")
                .contains("bailiwick enroll NAME");
    }

    @Test
    void authenticationIsMadeFreshAgain() {
        site.login("alice", "alices password").ok();
        Json.Obj before =
                (Json.Obj) site.bailiwick("alice", "whoami", "-o", "json").ok().json();

        Json.Obj fresh =
                (Json.Obj) site.withInput("alice", "alices password\n", "reauth", "--password-stdin", "-o", "json")
                        .ok()
                        .json();

        Json.Obj after =
                (Json.Obj) site.bailiwick("alice", "whoami", "-o", "json").ok().json();
        assertThat(after.number("authTimeMs"))
                .isEqualTo(fresh.number("authTimeMs"))
                .isGreaterThan(before.number("authTimeMs"));
        assertThat(after.number("startedAtMs")).isEqualTo(before.number("startedAtMs"));
        assertThat(site.withInput("alice", "not it\n", "reauth", "--password-stdin")
                        .err())
                .startsWith("error[auth-failed]: the password is wrong");
        assertThat(site.bailiwick("alice", "reauth", "--method", "guest").status())
                .isEqualTo(2);
    }

    @Test
    void methodsAreNamedInTheirOwnWords() {
        assertThat(site.bailiwick("alice", "login", "alice", "--method", "magic")
                        .err())
                .contains("password, ssh-key, guest and anonymous");
        assertThat(site.bailiwick("alice", "login", "--method", "ssh-key").err())
                .contains("a ssh-key login needs a NAME");
        assertThat(site.bailiwick("alice", "login", "alice", "--key", "x").err())
                .contains("--key goes with --method ssh-key");
        assertThat(TestHost.host().bailiwick("login", "--help").ok().out()).contains("ssh-key");
    }

    @Test
    void anAdministratorSeesSessionsAndEndsThem() {
        site.withAccount("eve", "eves password");

        Json.Arr all = (Json.Arr)
                site.admin("operator", "session", "list", "-o", "json").ok().json();
        Json.Arr hers = (Json.Arr) site.admin("operator", "session", "list", "eve", "-o", "json")
                .ok()
                .json();

        assertThat(all.objects())
                .extracting(line -> line.object("info").text("name"))
                .contains("operator", "eve");
        assertThat(hers.objects()).hasSize(1);
        String id = hers.objects().getFirst().object("info").text("sessionId");
        assertThat(site.admin("operator", "session", "list").ok().out()).contains(id, "LAST USED");
        assertThat(site.admin("operator", "session", "end", id, "--reason", "left the building", "-o", "json")
                        .ok()
                        .json())
                .isEqualTo(Json.object().with("sessionId", id).with("ended", true));
        assertThat(site.bailiwick("eve", "whoami").status()).isEqualTo(3);
        assertThat(site.admin("operator", "session", "end", id).status()).isEqualTo(4);
        assertThat(site.admin("operator", "session", "end", "nonsense").status())
                .isEqualTo(2);
        site.login("eve", "eves password").ok();
        TestHost.Ended refused = site.admin("eve", "session", "list");
        assertThat(refused.status()).isEqualTo(3);
        assertThat(refused.err()).startsWith("error[not-selected]");
    }

    @Test
    void manyWrongPasswordsAreSlowedDownInWords() {
        for (int i = 0; i < 4; i++) {
            site.withInput("m", "not it\n", "login", "nobody-at-all", "--password-stdin");
        }
        TestHost.Ended slowed = site.withInput("m", "not it\n", "login", "nobody-at-all", "--password-stdin");

        assertThat(slowed.status()).isEqualTo(3);
        assertThat(slowed.err()).startsWith("error[auth-backoff]").contains("hint: wait ");
    }

    @Test
    void everyVerbHasItsHelp() {
        for (String verb : List.of("list", "password", "add-key", "rotate-key", "disable", "recovery-code")) {
            assertThat(TestHost.host()
                            .bailiwick("credential", verb, "--help")
                            .ok()
                            .out())
                    .startsWith("Usage: bailiwick credential " + verb);
        }
        assertThat(TestHost.host().accountAdmin("session", "end", "--help").ok().out())
                .contains("--reason");
    }
}
