package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an administrator does, through the program and over the socket of a daemon. */
class AdministrationTest {
    @TempDir
    static Path directory;

    private static Site site = Site.unset();

    @BeforeAll
    static void start() {
        site = Site.running(directory);
    }

    @AfterAll
    static void stop() {
        site.close();
    }

    private static Json.Obj object(String... arguments) {
        return (Json.Obj) json(arguments);
    }

    private static Json json(String... arguments) {
        String[] words = java.util.Arrays.copyOf(arguments, arguments.length + 2);
        words[arguments.length] = "-o";
        words[arguments.length + 1] = "json";
        return site.admin("operator", words).ok().json();
    }

    private static TestHost.Ended admin(String... arguments) {
        return site.admin("operator", arguments);
    }

    private static Json.Obj account(String name) {
        return object("account", "show", name);
    }

    @Test
    void anAccountIsCreatedWithWhatWasAskedAndShownInFull() {
        Json.Obj created = object(
                "account",
                "create",
                "Ada",
                "--display-name",
                "Ada L.",
                "--role",
                "local-user",
                "--role",
                "developer",
                "--resource-profile",
                "standard",
                "--policy-profile",
                "standard");

        assertThat(created.fields().keySet())
                .containsExactly("account", "sequence", "enrolmentCode", "codeExpiresAtMs");
        Json.Obj shown = account("ada");
        assertThat(shown).isEqualTo(created.object("account"));
        assertThat(shown.text("name")).isEqualTo("ada");
        assertThat(shown.text("nameKey")).isEqualTo("ada");
        assertThat(shown.text("displayName")).isEqualTo("Ada L.");
        assertThat(shown.joined("roles")).isEqualTo("developer, local-user");
        assertThat(shown.text("contentHash")).matches("[0-9a-f]{64}");
        assertThat(shown.text("recordId")).matches("rec-[0-9a-f]{32}");
    }

    @Test
    void theListIsAnArrayInNameOrder() {
        object("account", "create", "zz-last");
        object("account", "create", "aa-first");

        List<String> names = ((Json.Arr) json("account", "list"))
                .objects().stream().map(one -> one.text("name")).toList();

        assertThat(names).contains("operator", "guest", "recovery", "anonymous", "health-probe");
        assertThat(names.getFirst()).isEqualTo("aa-first");
        assertThat(names.getLast()).isEqualTo("zz-last");
    }

    @Test
    void aChangeIsANewVersionInTheHistoryAndTheOldOneCanBeSeen() {
        Json.Obj created = object("account", "create", "grace");
        object("account", "lock", "grace");

        List<Json.Obj> history = ((Json.Arr) json("account", "history", "grace")).objects();

        assertThat(history).hasSize(2);
        assertThat(history)
                .extracting(entry -> entry.text("operation"))
                .containsExactly("account.create", "account.status");
        assertThat(history).extracting(entry -> entry.text("actorName")).containsOnly("operator");
        assertThat(history.getLast().object("account").text("previousHash"))
                .isEqualTo(created.object("account").text("contentHash"));
        assertThat(object(
                                "account",
                                "show",
                                "grace",
                                "--at",
                                created.get("sequence").toString())
                        .text("status"))
                .isEqualTo("active");
        assertThat(account("grace").text("status")).isEqualTo("locked");
    }

    @Test
    void aStaleExpectationIsAConflictThatTellsTheCurrentVersion() {
        object("account", "create", "heidi");
        object("account", "lock", "heidi");

        TestHost.Ended stale = admin("account", "disable", "heidi", "--expect", "1", "-o", "json");

        assertThat(stale.status()).isEqualTo(5);
        Json.Obj error = (Json.Obj) Json.parse(stale.err());
        assertThat(error.text("code")).isEqualTo("conflict");
        assertThat(error.number("currentVersion")).isEqualTo(2);
        assertThat(error.text("currentHash")).isEqualTo(account("heidi").text("contentHash"));
        assertThat(admin("account", "disable", "heidi", "--expect", "1").err())
                .startsWith("error[conflict]: the record changed: it is at version 2\nhint: ");
        assertThat(account("heidi").text("status")).isEqualTo("locked");
        assertThat(admin("account", "disable", "heidi", "--expect", "2").status())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({"disable, disabled", "lock, locked", "recovery-only, recoveryOnly"})
    void anAccountThatIsNotActiveGetsNoSession(String verb, String status) {
        String name = "user-" + verb;
        site.withAccount(name, "a fine password");

        object("account", verb, name);

        assertThat(account(name).text("status")).isEqualTo(status);
        assertThat(site.bailiwick(name, "home", "ls").status())
                .as("the live session")
                .isEqualTo(3);
        assertThat(site.login(name, "a fine password").status()).as("a new one").isEqualTo(3);
    }

    @Test
    void unlockUndoesALockAndEnableADisablingAndNeitherTheOther() {
        site.withAccount("ivan", "a fine password");

        object("account", "lock", "ivan");
        assertThat(admin("account", "enable", "ivan").err())
                .startsWith("error[conflict]: account \"ivan\" is locked at version ")
                .contains("'account unlock' undoes that");
        object("account", "unlock", "ivan");
        object("account", "disable", "ivan");
        assertThat(admin("account", "unlock", "ivan").status()).isEqualTo(5);
        object("account", "enable", "ivan");

        assertThat(account("ivan").text("status")).isEqualTo("active");
        site.login("ivan", "a fine password").ok();
    }

    @Test
    void rolesComeAndGo() {
        object("account", "create", "judy");

        object("account", "role", "add", "judy", "developer");
        assertThat(account("judy").joined("roles")).isEqualTo("developer, local-user");
        assertThat(object("role", "show", "developer").joined("members")).contains("judy");
        object("account", "role", "remove", "judy", "developer");
        assertThat(account("judy").joined("roles")).isEqualTo("local-user");
    }

    @Test
    void profilesCanBeSet() {
        Json.Obj before = object("account", "create", "kim").object("account");

        Json.Obj after = object("account", "set-profile", "kim", "--resource-profile", "operator")
                .object("account");

        assertThat(after.object("resourceProfile").text("profileId"))
                .isEqualTo(object("profile", "show", "operator").text("profileId"));
        assertThat(after.get("policyProfile")).isEqualTo(before.get("policyProfile"));
        assertThat(admin("account", "set-profile", "kim").status()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "account show nobody; 4; not-found",
                "account history nobody; 4; not-found",
                "account disable nobody; 4; not-found",
                "account create operator; 5; name-taken",
                "account create a@b; 2; invalid-name",
                "account create x --role nonsense; 4; unknown-role",
                "account create x --role account-admin; 3; administrative-role",
                "account create x --role recovery-operator; 3; manifest-only-role",
                "account create x --resource-profile nonsense; 4; unknown-profile",
                "account role add operator guest; 3; role-not-allowed",
                "account role remove guest developer; 4; not-found",
                "profile show nonsense; 4; not-found",
                "role show nonsense; 4; unknown-role",
                "plan nobody; 4; not-found",
                "plan operator --kind nonsense; 2; unknown-kind",
                "store record nobody --raw; 4; not-found",
                "account show operator --at x; 2; usage",
                "account disable operator --expect -1; 2; usage",
            })
    void aRefusalHasItsCodeAndItsExitStatus(String words, int status, String code) {
        TestHost.Ended ended = admin(words.split(" "));

        assertThat(ended.err()).startsWith("error[" + code + "]: ");
        assertThat(ended.status()).isEqualTo(status);
        assertThat(ended.out()).isEmpty();
        Json.Obj error =
                (Json.Obj) Json.parse(admin((words + " -o json").split(" ")).err());
        assertThat(error.text("code")).isEqualTo(code);
    }

    @Test
    void theLastAccountAdministratorCannotBeDisabled() {
        assertThat(admin("account", "disable", "operator").err()).startsWith("error[last-account-admin]: ");
        assertThat(account("operator").text("status")).isEqualTo("active");
    }

    @Test
    void bothKindsOfProfileAreListed() {
        List<Json.Obj> all = ((Json.Arr) json("profile", "list")).objects();

        assertThat(all).extracting(one -> one.text("kind")).contains("resourceProfile", "policyProfile");
        assertThat(((Json.Arr) json("profile", "list", "--kind", "policy")).objects())
                .allMatch(one -> one.text("kind").equals("policyProfile"))
                .extracting(one -> one.text("name"))
                .contains("standard", "operator", "guest");
        assertThat(object("profile", "show", "standard").number("homeQuotaBytes"))
                .isEqualTo(64 << 20);
        assertThat(object("profile", "show", "standard", "--kind", "policy").joined("allowedRoles"))
                .contains("developer");
    }

    @Test
    void theRoleCatalogueHasTheTwelveOfTheBacklog() {
        assertThat(((Json.Arr) json("role", "list")).objects())
                .extracting(role -> role.text("name"))
                .containsExactly(
                        "account-admin",
                        "developer",
                        "guest",
                        "local-user",
                        "net-operator",
                        "policy-admin",
                        "recovery-operator",
                        "security-auditor",
                        "service-account",
                        "service-operator",
                        "storage-admin",
                        "system-updater");
    }

    @Test
    void aPlanSaysWhatALoginWouldGetNowAndWouldHaveGotThen() {
        Json.Obj created = object("account", "create", "leo");
        object("account", "disable", "leo");

        Json.Obj now = object("plan", "leo");
        Json.Obj then = object("plan", "leo", "--at", created.get("sequence").toString());

        assertThat(now.flag("eligible")).isFalse();
        assertThat(now.object("denial").text("code")).isEqualTo("account-disabled");
        assertThat(then.flag("eligible")).isTrue();
        assertThat(then.list("receipts").objects())
                .filteredOn(receipt -> receipt.text("slot").equals("home"))
                .singleElement()
                .satisfies(home -> assertThat(home.number("limitBytes")).isEqualTo(64 << 20));
        assertThat(admin("plan", "leo").ok().out()).contains("no session").contains("account-disabled");
    }

    @Test
    void whoeverHoldsNoAdministrationGetsNone() {
        site.withAccount("mallory", "a fine password");

        for (String words : List.of(
                "account list", "account create x", "profile list", "role list", "plan operator", "store head")) {
            TestHost.Ended ended = site.admin("mallory", words.split(" "));
            assertThat(ended.status()).as(words).isEqualTo(3);
            assertThat(ended.err()).as(words).startsWith("error[not-selected]: this session does not hold ");
        }
    }

    @Test
    void theHeadTheCheckpointAndTheVerificationAgree() {
        Json.Obj report = object("store", "verify");
        Json.Obj head = object("store", "head");
        Json.Obj checkpoint = object("store", "checkpoint");

        assertThat(report.list("findings").items()).isEmpty();
        assertThat(head.text("storeId")).startsWith("sto-");
        assertThat(head.number("anchorSize")).isEqualTo(head.number("journalSize"));
        assertThat(head.text("anchorMode")).isEqualTo("strict");
        assertThat(checkpoint.text("note").lines().toList().get(1))
                .isEqualTo(head.get("journalSize").toString());
        assertThat(checkpoint.text("publicKey")).contains("+");
    }

    @Test
    void theCheckpointIsAloneOnStandardOutput() {
        TestHost.Ended ended = admin("store", "checkpoint");

        assertThat(ended.ok().out()).endsWith("\n").contains("\n\n— ");
        assertThat(ended.err()).startsWith("verifier key: ");
    }
}
