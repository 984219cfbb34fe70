package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** External bindings and changes of profiles, through the program and over the socket of a daemon. */
class BindingsAndProfilesTest {
    private static final String ISSUER = "https://issuer.example";

    @TempDir
    static Path directory;

    private static Site site = Site.unset();

    @BeforeAll
    static void start() {
        site = Site.running(directory);
        for (String name : List.of("ada", "grace", "kim", "lin")) {
            admin("account", "create", name).ok();
        }
    }

    @AfterAll
    static void stop() {
        site.close();
    }

    private static TestHost.Ended admin(String... arguments) {
        return site.admin("operator", arguments);
    }

    private static Json json(String... arguments) {
        String[] words = Arrays.copyOf(arguments, arguments.length + 2);
        words[arguments.length] = "-o";
        words[arguments.length + 1] = "json";
        return admin(words).ok().json();
    }

    private static Json.Obj object(String... arguments) {
        return (Json.Obj) json(arguments);
    }

    private static Json.Obj bind(String account, String subject, String... more) {
        String[] words = {"binding", "create", account, "--provider", ISSUER, "--subject", subject};
        String[] all = Arrays.copyOf(words, words.length + more.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        return object(all);
    }

    private static String idOf(Json.Obj changed) {
        return changed.object("binding").object("binding").text("bindingId");
    }

    private static Path file(String name, String... lines) {
        return ProfileFiles.file(directory, name, lines);
    }

    private static Path resourceProfile(String name, String home) {
        return ProfileFiles.resourceProfile(directory, name, home);
    }

    private static Path policyProfile(String name, String roles, String fragments, String lifetime) {
        return file(
                name + ".toml",
                "[[policy-profile]]",
                "name = \"" + name + "\"",
                "kinds = [\"human\"]",
                "allowed-roles = " + roles,
                "fragments = " + fragments,
                "session-lifetime = \"" + lifetime + "\"",
                "idle-timeout = \"1h\"",
                "fresh-auth = \"5m\"");
    }

    // ---- bindings ----

    @Test
    void aBindingIsMadeShownListedAndDisabled() {
        Json.Obj made = bind("ada", "subject-1", "--tenant", "acme", "--claim", "groups", "--claim", "acr");
        String id = idOf(made);

        Json.Obj shown = object("binding", "show", id);
        assertThat(shown).isEqualTo(made.object("binding"));
        assertThat(shown.text("accountName")).isEqualTo("ada");
        Json.Obj binding = shown.object("binding");
        assertThat(binding.text("state")).isEqualTo("active");
        assertThat(binding.text("tenant")).isEqualTo("acme");
        assertThat(binding.joined("acceptedClaims")).isEqualTo("acr, groups");
        assertThat(binding.text("subjectHash")).matches("[0-9a-f]{64}");
        assertThat(((Json.Arr) json("binding", "list", "--account", "ada")).objects())
                .contains(shown);
        assertThat(admin("binding", "list").ok().out()).contains(id).doesNotContain("subject-1");

        Json.Obj disabled = object("binding", "disable", id, "--expect", "1");

        assertThat(disabled.object("binding").object("binding").text("state")).isEqualTo("revoked");
        assertThat(admin("binding", "show", id).ok().out()).contains("disabled");
        assertThat(admin("binding", "disable", id).status()).isEqualTo(4);
        assertThat(admin("binding", "disable", id, "--expect", "1").status()).isEqualTo(5);
    }

    @Test
    void aSubjectIsBoundOnceAndComesBackToTheSameAccountOnly() {
        String id = idOf(bind("grace", "subject-2"));

        TestHost.Ended again = admin("binding", "create", "grace", "--provider", ISSUER, "--subject", "subject-2");
        assertThat(again.status()).isEqualTo(5);
        assertThat(again.err()).startsWith("error[duplicate-binding]: ").contains(id);
        object("binding", "disable", id);
        assertThat(admin("binding", "create", "kim", "--provider", ISSUER, "--subject", "subject-2")
                        .status())
                .isEqualTo(5);

        Json.Obj renewed = bind("grace", "subject-2");

        assertThat(idOf(renewed)).isEqualTo(id);
        assertThat(renewed.object("binding").object("binding").number("recordVersion"))
                .isEqualTo(3);
        assertThat(idOf(bind("kim", "subject-2", "--tenant", "another"))).isNotEqualTo(id);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "binding create nobody --provider p --subject s; 4; not-found",
                "binding create guest --provider p --subject s; 3; kind-not-bindable",
                "binding create ada --provider p --subject s --days 0; 2; invalid-argument",
                "binding create ada --provider p --subject s --days 367; 2; invalid-argument",
                "binding create ada --provider p --subject s --until 2020-01-01; 2; invalid-argument",
                "binding create ada --provider p --subject s --policy-profile nonsense; 4; unknown-profile",
                "binding create ada --provider p --subject s --policy-profile standard; 2; profile-kind",
                "binding create ada --provider p --subject s --provider-kind x; 2; usage",
                "binding create ada --provider p; 2; usage",
                "binding show bnd-00; 2; usage",
                "binding create ada --provider p --subject s --transaction-id x; 2; usage",
                "profile create nonsense.toml; 4; not-found",
                "profile history nonsense; 4; not-found",
            })
    void aRefusalHasItsCodeAndItsExitStatus(String words, int status, String code) {
        TestHost.Ended ended = admin(words.split(" "));

        assertThat(ended.err()).startsWith("error[" + code + "]: ");
        assertThat(ended.status()).isEqualTo(status);
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void askingAgainUnderTheSameTransactionIdChangesNothingMore() {
        String id = "txn-" + "0b".repeat(16);
        Json.Obj first = bind("lin", "subject-3", "--until", "2027-06-01", "--transaction-id", id);
        Json.Obj second = bind("lin", "subject-3", "--until", "2027-06-01", "--transaction-id", id);

        assertThat(second).isEqualTo(first);
        TestHost.Ended other = admin(
                "binding", "create", "lin", "--provider", ISSUER, "--subject", "subject-4", "--transaction-id", id);
        assertThat(other.err()).startsWith("error[transaction-id-taken]: ");
        assertThat(other.status()).isEqualTo(5);
    }

    // ---- profiles ----

    @Test
    void aResourceProfileIsMadeChangedAndKeepsItsVersions() {
        Json.Obj made =
                object("profile", "create", resourceProfile("tiny", "1MiB").toString());
        Json.Obj changed = object(
                "profile", "update", "tiny", resourceProfile("tiny", "2MiB").toString(), "--expect", "1");

        assertThat(made.object("profile").number("homeQuotaBytes")).isEqualTo(1 << 20);
        Json.Obj now = object("profile", "show", "tiny", "--kind", "resource");
        assertThat(now.number("homeQuotaBytes")).isEqualTo(2 << 20);
        assertThat(now.text("profileId")).isEqualTo(made.object("profile").text("profileId"));
        assertThat(now.text("versionId"))
                .isEqualTo(changed.object("profile").text("versionId"))
                .isNotEqualTo(made.object("profile").text("versionId"));
        List<Json.Obj> history = ((Json.Arr) json("profile", "history", "tiny")).objects();
        assertThat(history).hasSize(2);
        assertThat(history.getFirst().object("resourceProfile")).isEqualTo(made.object("profile"));
        assertThat(history.getLast().list("changes").objects())
                .singleElement()
                .satisfies(change -> assertThat(change.text("field")).isEqualTo("homeQuotaBytes"));
        assertThat(history).extracting(entry -> entry.text("actorName")).containsOnly("operator");
        assertThat(admin("profile", "history", "tiny").ok().out()).contains("1 MiB -> 2 MiB");

        TestHost.Ended stale = admin(
                "profile", "update", "tiny", resourceProfile("tiny", "3MiB").toString(), "--expect", "1");
        assertThat(stale.status()).isEqualTo(5);
        assertThat(admin("profile", "create", resourceProfile("tiny", "1MiB").toString())
                        .err())
                .startsWith("error[name-taken]: ");
        object("account", "set-profile", "ada", "--resource-profile", "tiny");
        assertThat(((Json.Obj) json("plan", "ada")).text("resourceProfile")).isEqualTo("tiny");
    }

    @Test
    void aPolicyProfileIsMadeChangedAndCounts() {
        object(
                "profile",
                "create",
                policyProfile("short", "[\"local-user\"]", "[\"session\"]", "2h")
                        .toString());
        object("account", "set-profile", "grace", "--policy-profile", "short");
        assertThat(((Json.Obj) json("plan", "grace")).number("lifetimeMs")).isEqualTo(7_200_000);

        object(
                "profile",
                "update",
                "short",
                policyProfile("short", "[\"local-user\"]", "[\"session\"]", "1h")
                        .toString());

        assertThat(((Json.Obj) json("plan", "grace")).number("lifetimeMs")).isEqualTo(3_600_000);
        assertThat(((Json.Arr) json("profile", "history", "short")).objects())
                .extracting(entry -> entry.object("policyProfile").number("sessionLifetimeMs"))
                .containsExactly(7_200_000L, 3_600_000L);
    }

    @Test
    void aProfileIsCreatedOnceUnderOneTransactionId() {
        String path = resourceProfile("once", "1MiB").toString();
        String id = "txn-" + "0c".repeat(16);

        Json first = json("profile", "create", path, "--transaction-id", id);

        assertThat(json("profile", "create", path, "--transaction-id", id)).isEqualTo(first);
    }

    @Test
    void aPolicyProfileIsNoWayToAPowerItsAuthorLacks() {
        assertThat(admin(
                                "profile",
                                "create",
                                policyProfile("wide", "[\"policy-admin\"]", "[\"session\"]", "2h")
                                        .toString())
                        .err())
                .startsWith("error[administrative-role]: ");
        TestHost.Ended fragment = admin(
                "profile",
                "create",
                policyProfile("wide", "[]", "[\"account-administration\"]", "2h")
                        .toString());
        assertThat(fragment.err()).contains("administrative-fragment").contains("wide.toml:5:");
        assertThat(fragment.status()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"home-quota = -1", "unknown = 1", "profile-id = \"x\"", "home-quota = \"1MiB\"\nname = 1"})
    void aProblemInAFileIsToldWithItsPlace(String lines) {
        Path broken = file("broken.toml", "# a comment", "[[resource-profile]]", lines);

        TestHost.Ended ended = admin("profile", "create", broken.toString());

        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err()).contains(broken + ":");
        Json.Obj error = (Json.Obj) Json.parse(
                admin("profile", "create", broken.toString(), "-o", "json").err());
        assertThat(error.list("problems").objects()).anyMatch(problem -> problem.number("line") >= 3);
    }

    @Test
    void theLastAccountAdministratorIsNotTakenAwayByAProfile() throws IOException {
        String shipped = Files.readString(Site.MANIFEST);
        int start = shipped.indexOf("[[policy-profile]]");
        String operators = shipped.substring(start, shipped.indexOf("[[policy-profile]]", start + 1))
                .replace("    \"account-admin\",\n", "");

        TestHost.Ended ended = admin(
                "profile",
                "update",
                "operator",
                file("operators.toml", operators).toString());

        assertThat(ended.err()).startsWith("error[last-account-admin]: ");
    }

    @Test
    void whoeverHoldsNoAdministrationChangesNeither() {
        site.withAccount("mallory", "a fine password");

        for (String words : List.of(
                "binding list",
                "binding create ada --provider p --subject s",
                "profile create " + resourceProfile("evil", "1MiB"))) {
            assertThat(site.admin("mallory", words.split(" ")).status())
                    .as(words)
                    .isEqualTo(3);
        }
    }
}
