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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What records of every kind were like, at a sequence number or a time, and who made them so, over the socket of a daemon. */
class HistoryTest {
    @TempDir
    static Path directory;

    private static Site site = Site.unset();

    @BeforeAll
    static void start() {
        site = Site.running(directory);
        admin("account", "create", "ada").ok();
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

    private static List<Json.Obj> list(String... arguments) {
        return ((Json.Arr) json(arguments)).objects();
    }

    private static String now() {
        return object("store", "head").get("journalSize").toString();
    }

    @Test
    void ofABinding() {
        Json.Obj made = object(
                "binding",
                "create",
                "ada",
                "--provider",
                "https://issuer.example",
                "--subject",
                "ada-1",
                "--days",
                "10");
        String id = made.object("binding").object("binding").text("bindingId");
        String then = made.get("sequence").toString();
        admin("binding", "disable", id).ok();

        List<Json.Obj> history = list("binding", "history", id);
        assertThat(history).hasSize(2);
        assertThat(history).extracting(entry -> entry.text("actorName")).containsOnly("operator");
        assertThat(history.getLast().list("changes").objects())
                .extracting(change -> change.text("field"))
                .containsExactly("state");
        assertThat(admin("binding", "history", id).ok().out())
                .contains("state: active -> revoked")
                .contains("operator");
        assertThat(list("binding", "history", id, "--at", then)).hasSize(1);
        assertThat(object("binding", "show", id).object("binding").text("state"))
                .isEqualTo("revoked");
        assertThat(object("binding", "show", id, "--at", then).object("binding").text("state"))
                .isEqualTo("active");
        assertThat(list("binding", "list", "--at", then))
                .anySatisfy(
                        one -> assertThat(one.object("binding").text("state")).isEqualTo("active"));
        assertThat(list("binding", "list", "--at", "1")).isEmpty();
        TestHost.Ended before = admin("binding", "show", id, "--at", "1");
        assertThat(before.status()).isEqualTo(4);
        assertThat(before.err()).startsWith("error[not-found]: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "account show ada",
                "account list",
                "account history ada",
                "account credentials ada",
                "account role history ada",
                "binding list",
                "profile list",
                "profile show standard",
                "role list",
                "role show developer",
                "record list policyVersion",
                "plan ada",
                "explain ada home"
            })
    void ofAnEntryThatTheJournalHasNotReachedIsNotWhatIsSoNow(String command) {
        TestHost.Ended refused = admin((command + " --at 1000000").split(" "));

        assertThat(refused.status()).isEqualTo(4);
        assertThat(refused.err())
                .startsWith("error[not-found]: the journal has no entry 1000000 yet")
                .contains("its newest is ");
        assertThat(refused.out()).isEmpty();
    }

    @Test
    void ofAProfileThatWasRenamed() throws IOException {
        String then = object(
                        "profile",
                        "create",
                        ProfileFiles.resourceProfile(directory, "small", "1MiB").toString())
                .get("sequence")
                .toString();
        admin(
                        "profile",
                        "update",
                        "small",
                        ProfileFiles.resourceProfile(directory, "smaller", "2MiB")
                                .toString())
                .ok();

        assertThat(object("profile", "show", "small", "--at", then)
                        .get("homeQuotaBytes")
                        .toString())
                .isEqualTo("1048576");
        assertThat(object("profile", "show", "smaller", "--at", then).text("name"))
                .isEqualTo("small");
        assertThat(admin("profile", "show", "small").status()).isEqualTo(4);
        assertThat(admin("profile", "show", "small", "--at", "1").status()).isEqualTo(4);
        assertThat(list("profile", "list", "--at", then))
                .extracting(profile -> profile.text("name"))
                .contains("small", "standard")
                .doesNotContain("smaller");
        assertThat(list("profile", "list", "--at", "2126-01-01"))
                .extracting(profile -> profile.text("name"))
                .contains("smaller");
        assertThat(list("profile", "history", "small", "--at", then)).hasSize(1);
        assertThat(admin("profile", "history", "smaller", "--at", now()).ok().out())
                .contains("1 MiB -> 2 MiB");
    }

    @Test
    void ofRolesOfAnAccount() {
        admin("account", "create", "bob", "--role", "developer").ok();
        String then = now();
        admin("account", "role", "remove", "bob", "developer").ok();

        List<Json.Obj> history = list("account", "role", "history", "bob");
        assertThat(history)
                .extracting(entry -> entry.object("roleBinding").text("role") + " "
                        + entry.object("roleBinding").text("state"))
                .contains("developer active")
                .endsWith("developer revoked");
        assertThat(history).extracting(entry -> entry.text("actorName")).containsOnly("operator");
        assertThat(list("account", "role", "history", "bob", "--at", then)).hasSize(history.size() - 1);
        assertThat(admin("account", "role", "history", "bob").ok().out()).contains("role.unbind");
    }

    @Test
    void ofTheRoleCatalogue() {
        List<Json.Obj> history = list("role", "history", "developer");
        assertThat(history).singleElement().satisfies(entry -> {
            assertThat(entry.object("role").text("name")).isEqualTo("developer");
            assertThat(entry.object("actor").text("kind")).isEqualTo("manifest");
        });
        assertThat(list("role", "list", "--at", "1")).isEqualTo(list("role", "list"));
        assertThat(object("role", "show", "developer", "--at", "1").text("name"))
                .isEqualTo("developer");
        assertThat(admin("role", "show", "emperor", "--at", "1").status()).isEqualTo(4);
        assertThat(admin("role", "history", "emperor").status()).isEqualTo(4);
    }

    @Test
    void ofCredentialsWithoutWhatProvesThem() {
        admin("account", "create", "kim").ok();
        String then = now();
        admin("account", "new-code", "kim").ok();

        List<Json.Obj> credentials = list("account", "credentials", "kim");
        assertThat(credentials).hasSize(2);
        assertThat(credentials.getFirst().object("credential").fields().keySet())
                .doesNotContain("verifier", "salt")
                .contains("kind", "state", "label", "algorithm", "expiresAtMs");
        assertThat(list("account", "credentials", "kim", "--at", then))
                .singleElement()
                .satisfies(one ->
                        assertThat(one.object("credential").text("state")).isEqualTo("active"));
        String first = list("account", "credentials", "kim", "--at", then)
                .getFirst()
                .object("credential")
                .text("recordId");
        assertThat(list("record", "history", "credential", first)
                        .getLast()
                        .list("changes")
                        .objects())
                .extracting(change -> change.text("field"))
                .containsExactly("state");
    }

    @Test
    void ofAStorageRootThatAnAccountWasGiven() {
        String before = now();
        site.withAccount("lin", "a password of lin");
        assertThat(site.bailiwick("lin", "home", "ls").status()).isZero();

        String record = object("account", "show", "lin").text("recordId");
        List<Json.Obj> history = list("record", "history", "account", record);
        assertThat(history.getLast().object("account").get("homeRoot")).isInstanceOf(Json.Obj.class);
        assertThat(history.getFirst().object("account").get("homeRoot")).isNotInstanceOf(Json.Obj.class);
        assertThat(admin("record", "show", "account", record, "--at", before).status())
                .isEqualTo(4);
        assertThat(admin("account", "history", "lin").ok().out()).contains("homeRoot");
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"credential", "externalBinding"})
    void isProvedForEveryKindButCredentials(RecordCommands.Kind kind) throws IOException {
        String id = list("record", "list", kind.name())
                .getFirst()
                .object(kind.name())
                .text("recordId");
        Path proof = Files.writeString(
                directory.resolve(kind + ".proof"),
                admin("record", "prove", kind.name(), id).ok().out());

        assertThat(admin("store", "verify-proof", proof.toString()).ok().out())
                .contains(kind.name())
                .contains(id);
        assertThat(admin("record", "prove", kind.name(), id, "--record-version", "99")
                        .status())
                .isEqualTo(4);
    }

    @Test
    void isNotProvedForCredentials() {
        String id = list("record", "list", "credential")
                .getFirst()
                .object("credential")
                .text("recordId");
        TestHost.Ended refused = admin("record", "prove", "credential", id);
        assertThat(refused.status()).isEqualTo(3);
        assertThat(refused.err()).startsWith("error[secret]: ");
        assertThat(refused.out()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void ofRecordsOfEveryKindByTheirIds(RecordCommands.Kind kind) {
        if (kind == RecordCommands.Kind.externalBinding) {
            admin("binding", "create", "ada", "--provider", "https://issuer.example", "--subject", "ada-2")
                    .ok();
        }
        List<Json.Obj> all = list("record", "list", kind.name());
        assertThat(all).isNotEmpty();
        Json.Obj one = all.getFirst();
        String id = one.object(kind.name()).text("recordId");

        assertThat(object("record", "show", kind.name(), id)).isEqualTo(one);
        assertThat(list("record", "history", kind.name(), id).getLast().object(kind.name()))
                .isEqualTo(one.object(kind.name()));
        assertThat(admin("record", "show", kind.name(), id).ok().out())
                .contains("written by")
                .contains(id);
        assertThat(admin("record", "history", kind.name(), id).ok().out()).contains("OPERATION");
        assertThat(admin("record", "list", kind.name()).ok().out()).contains(id);
        assertThat(admin("record", "show", kind.name(), "rec-" + "0".repeat(32)).status())
                .isEqualTo(4);
        assertThat(admin("record", "show", kind.name(), "nonsense").status()).isEqualTo(2);
    }
}
