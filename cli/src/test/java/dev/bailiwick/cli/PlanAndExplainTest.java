package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Why a slot is in a bundle, what would turn it, and what a change would do, through the program and over the socket of a daemon. */
class PlanAndExplainTest {
    @TempDir
    static Path directory;

    private static Site site = Site.unset();

    @BeforeAll
    static void start() {
        site = Site.running(directory);
        site.withAccount("alice", "alices secret password");
    }

    @AfterAll
    static void stop() {
        site.close();
    }

    private static Json.Obj object(String... arguments) {
        String[] words = Arrays.copyOf(arguments, arguments.length + 2);
        words[arguments.length] = "-o";
        words[arguments.length + 1] = "json";
        return (Json.Obj) site.admin("operator", words).ok().json();
    }

    private static List<String> changes(Json.Obj answer) {
        return answer.list("changes").objects().stream()
                .map(change -> change.text("change") + " " + change.text("slot"))
                .toList();
    }

    @Test
    void theChangeThatExplainNamesTurnsTheDecisionWhenItIsMade() {
        object("account", "create", "dora", "--role", "developer");
        Json.Obj before = object("explain", "dora", "home");
        assertThat(before.object("receipt").text("code")).isEqualTo("not-selected");
        assertThat(before.text("change")).isEqualTo("account-admin account role add dora local-user");

        String[] command = before.text("change").split(" ", -1);
        site.admin("operator", Arrays.copyOfRange(command, 1, command.length)).ok();

        Json.Obj after = object("explain", "dora", "home");
        assertThat(after.object("receipt").flag("granted")).isTrue();
        assertThat(after.text("change")).isEqualTo("account-admin account role remove dora local-user");
    }

    @Test
    void aDisabledAccountIsExplainedStepByStep() {
        object("account", "create", "erin", "--role", "local-user");
        site.admin("operator", "account", "disable", "erin").ok();

        String text = site.admin("operator", "explain", "erin", "home").ok().out();

        assertThat(text)
                .contains("account-disabled")
                .contains("1  no session would start: the account is disabled")
                .contains("account-admin account enable erin");
    }

    @Test
    void whatNothingWouldGiveIsSaidToBeSo() {
        assertThat(object("explain", "guest", "config").text("change")).startsWith("nothing: ");
        assertThat(site.admin("operator", "explain", "alice", "kitchen").err())
                .startsWith("error[unknown-slot]: there is no slot \"kitchen\"");
        assertThat(site.admin("operator", "explain", "nobody", "home").status()).isEqualTo(4);
    }

    @Test
    void supposingARoleShowsWhatItWouldGrantAndChangesNothing() {
        Json.Obj before = object("account", "show", "alice");

        Json.Obj answer = object("plan", "alice", "--without-role", "local-user", "--with-role", "developer");

        assertThat(changes(answer)).contains("lost home", "lost config").doesNotContain("lost logs");
        assertThat(answer.object("before").joined("roles")).isEqualTo("local-user");
        assertThat(answer.object("after").joined("roles")).isEqualTo("developer");
        assertThat(object("account", "show", "alice")).isEqualTo(before);
        assertThat(site.admin("operator", "plan", "alice", "--with-role", "developer")
                        .ok()
                        .out())
                .contains("local-user -> developer, local-user");
    }

    @Test
    void supposingAProfileShowsOtherLimits() {
        Json.Obj answer = object("plan", "alice", "--with-profile", "guest");

        assertThat(changes(answer)).contains("changed home", "lost config", "lost cache");
        assertThat(answer.list("changes").objects()).anySatisfy(change -> {
            assertThat(change.text("slot")).isEqualTo("home");
            assertThat(change.text("before")).isEqualTo("full, 64 MiB");
            assertThat(change.text("after")).isEqualTo("full, 4 MiB");
        });
    }

    @Test
    void whatDoesNotExistCannotBeSupposed() {
        assertThat(site.admin("operator", "plan", "alice", "--with-role", "king")
                        .err())
                .startsWith("error[unknown-role]: there is no role \"king\"");
        assertThat(site.admin("operator", "plan", "alice", "--without-role", "developer")
                        .err())
                .startsWith("error[not-found]: the account does not have the role \"developer\"");
        assertThat(site.admin("operator", "plan", "alice", "--with-policy-profile", "royal")
                        .err())
                .startsWith("error[unknown-profile]: there is no policy profile \"royal\"");
    }

    @Test
    void thePastIsPlannedAndExplainedAsItWas() {
        Json.Obj created = object("account", "create", "fay", "--role", "local-user");
        String then = created.get("sequence").toString();
        site.admin("operator", "account", "role", "remove", "fay", "local-user").ok();

        assertThat(object("explain", "fay", "home").object("receipt").flag("granted"))
                .isFalse();
        assertThat(object("explain", "fay", "home", "--at", then)
                        .object("receipt")
                        .flag("granted"))
                .isTrue();
        assertThat(object("plan", "fay", "--at", then).joined("roles")).isEqualTo("local-user");
        assertThat(site.admin("operator", "plan", "fay", "--at", "999999").err())
                .startsWith("error[not-found]: the journal has no entry 999999 yet");
    }

    @Test
    void receiptsComeSignedForOthersToCheck() {
        Json.Obj signed = (Json.Obj) site.bailiwick("operator", "bundle", "--signed", "-o", "json")
                .ok()
                .json();

        assertThat(signed.text("statement"))
                .contains("/receipts\n", "\nslot home granted Namespace full homeQuotaBytes ", "\n\n\u2014 bailiwick/");
        assertThat(signed.text("publicKey")).matches("bailiwick/sto-[0-9a-f]{32}/1/receipts\\+[0-9a-f]{8}\\+.*");
        assertThat(site.bailiwick("operator", "bundle", "--signed").ok().out()).startsWith("bailiwick/sto-");
    }

    @Test
    void aStorageAdministratorsStatusHasTheLimitsOfTheSession() {
        assertThat(site.bailiwick("operator", "status").ok().out())
                .contains("sessions", "journalSize", "inFlightCallLimit");
        site.login("alice", "alices secret password").ok();
        assertThat(site.bailiwick("alice", "status").ok().out())
                .contains("healthy")
                .doesNotContain("journalSize", "inFlightCallLimit");
    }

    @Test
    void whoRunsOnNoTerminalIsToldThatTheSessionHasNone() {
        assertThat(site.bailiwick("operator", "bundle", "--all").ok().out()).contains("no-terminal");
    }
}
