package dev.bailiwick.profiles;

import static dev.bailiwick.profiles.ManifestText.account;
import static dev.bailiwick.profiles.ManifestText.basicLimits;
import static dev.bailiwick.profiles.ManifestText.binary;
import static dev.bailiwick.profiles.ManifestText.service;
import static dev.bailiwick.profiles.ManifestText.sound;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.profiles.ManifestProblem.Code;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each way a manifest can be wrong, with the code, line and column it is refused with. {@code ^^} marks the place. */
class SeedManifestRefusalTest {
    private static final String ID = "prn-00112233445566778899aabbccddeeff";

    @Test
    void theManifestTheOthersAreMadeFromIsSound() {
        assertThat(sound().plan().accounts()).hasSize(1);
    }

    @Nested
    class TheFile {
        @Test
        void isNotLongerThanItsLimit() {
            byte[] longest =
                    (sound().text() + "#" + "x".repeat(Limits.MANIFEST_BYTES)).getBytes(StandardCharsets.UTF_8);
            assertThat(onlyProblem(longest))
                    .returns(Code.FILE_TOO_LARGE, ManifestProblem::code)
                    .returns(1, ManifestProblem::line)
                    .returns(1, ManifestProblem::column);
        }

        @Test
        void hasNoLongRunOfLinesThatSayNothing() {
            String longest = "# nothing\n \n".repeat(Limits.MANIFEST_IDLE_LINES / 2);
            sound().edit("[[credential]]", longest.substring("# nothing\n".length()) + "[[credential]]")
                    .plan();
            sound().plus("x = 1\n" + longest + "^^#").isRefused(Code.TOO_MANY_LINES);
        }

        @Test
        void hasABoundedNumberOfLines() {
            int lines = (int) sound().text().lines().count();
            sound().plus("surprise = 1\n".repeat(Limits.MANIFEST_LINES - lines) + "^^x")
                    .isRefused(Code.TOO_MANY_LINES);
        }

        @Test
        void isUtf8() {
            byte[] latin1 = "[manifest]\n# é".getBytes(StandardCharsets.ISO_8859_1);
            assertThat(onlyProblem(latin1))
                    .returns(Code.NOT_UTF8, ManifestProblem::code)
                    .returns(2, ManifestProblem::line)
                    .returns(3, ManifestProblem::column);
        }

        @Test
        void isUtf8ToItsLastByte() {
            byte[] cut = {'#', (byte) 0xc3};
            assertThat(onlyProblem(cut))
                    .returns(Code.NOT_UTF8, ManifestProblem::code)
                    .returns(1, ManifestProblem::line)
                    .returns(2, ManifestProblem::column);
        }

        @Test
        void isToml() {
            sound().edit("name = \"test\"", "name = ^^test").isRefused(Code.SYNTAX);
        }

        @Test
        void isJudgedBySyntaxAloneWhereThatIsBroken() {
            sound().edit("name = \"test\"", "name = ^^=\nsurprise = 1").isRefused(Code.SYNTAX);
        }

        @Test
        void statesAKeyOnce() {
            sound().plus("^^name = \"other\"\n").isRefused(Code.SYNTAX);
        }

        private ManifestProblem onlyProblem(byte[] source) {
            return switch (SeedManifest.parse(source)) {
                case SeedManifest.Parsed(SeedPlan plan) -> throw new AssertionError("accepted: " + plan);
                case SeedManifest.Refused(List<ManifestProblem> problems) -> {
                    assertThat(problems).hasSize(1);
                    yield problems.getFirst();
                }
            };
        }
    }

    @Nested
    class TheHeader {
        @Test
        void isThere() {
            new ManifestText("^^^^").isRefused(Code.MISSING_KEY, Code.NO_OPERATOR);
        }

        @Test
        void statesAVersion() {
            sound().edit("[manifest]\nversion = 1", "^^[manifest]").isRefused(Code.MISSING_KEY);
        }

        @Test
        void statesAVersionThatIsANumber() {
            sound().edit("version = 1", "^^version = \"1\"").isRefused(Code.WRONG_TYPE);
        }

        @ParameterizedTest
        @ValueSource(strings = {"0", "2", "-1"})
        void statesAVersionThisBuildReads(String version) {
            sound().edit("version = 1", "^^version = " + version)
                    .edit("kind = \"operator\"", "kind = \"wizard\"")
                    .isRefused(Code.UNSUPPORTED_VERSION);
        }

        @Test
        void namesTheManifest() {
            sound().edit("[manifest]", "^^[manifest]")
                    .edit("name = \"test\"\n", "")
                    .isRefused(Code.MISSING_KEY);
        }

        @Test
        void hasNoOtherKeys() {
            sound().edit("version = 1", "version = 1\n^^surprise = true").isRefused(Code.UNKNOWN_KEY);
        }
    }

    @Nested
    class Keys {
        @Test
        void areKnownAtTheTop() {
            sound().plus("^^[surprise]\n").isRefused(Code.UNKNOWN_KEY);
        }

        @Test
        void areKnownInEveryTable() {
            sound().edit("kind = \"operator\"", "kind = \"operator\"\n^^colour = \"red\"")
                    .edit("launcher = \"none\"", "launcher = \"none\"\n^^colour = \"red\"")
                    .edit("fresh-auth = \"5s\"", "fresh-auth = \"5s\"\n^^colour = \"red\"")
                    .edit("valid-for = \"24h\"", "valid-for = \"24h\"\n^^colour = \"red\"")
                    .plus(service("probe", binary("probe", "/p", "a") + "^^colour = \"red\""))
                    .isRefused(
                            Code.UNKNOWN_KEY, Code.UNKNOWN_KEY, Code.UNKNOWN_KEY, Code.UNKNOWN_KEY, Code.UNKNOWN_KEY);
        }

        @Test
        void areReportedAtTheTableThatLacksThem() {
            sound().plus(
                            "\n^^[[account]]\nname = \"alice\"\nkind = \"human\"\nroles = []\npolicy-profile = \"people\"\n")
                    .isRefused(Code.MISSING_KEY);
        }

        @Test
        void takeValuesOfTheirType() {
            sound().edit("session-limit = 2", "^^session-limit = \"2\"")
                    .edit("temp-quota = \"0B\"", "^^temp-quota = true")
                    .edit("log-window = \"13m\"", "^^log-window = 13")
                    .edit("kinds = [\"anonymous\"]", "^^kinds = \"anonymous\"")
                    .edit("kind = \"operator\"", "kind = \"operator\"\n^^display-name = 1979-05-27")
                    .edit("credentials = [\"first-code\"]", "credentials = [\"first-code\", ^^7]")
                    .isRefused(
                            Code.WRONG_TYPE,
                            Code.WRONG_TYPE,
                            Code.WRONG_TYPE,
                            Code.WRONG_TYPE,
                            Code.WRONG_TYPE,
                            Code.WRONG_TYPE);
        }

        @Test
        void takeTablesWhereTablesBelong() {
            sound().edit("[[credential]]\nid = \"first-code\"\nkind = \"enrolment-code\"\nvalid-for = \"24h\"\n", "")
                    .edit("credentials = [\"first-code\"]", "")
                    .edit("[manifest]", "credential = [^^4, ^^\"five\"]\n\n[manifest]")
                    .plus(account("alice", "^^attributes = \"blue\""))
                    .isRefused(Code.WRONG_TYPE, Code.WRONG_TYPE, Code.WRONG_TYPE);
        }
    }

    @Nested
    class Quantities {
        @ParameterizedTest
        @ValueSource(strings = {"1MB", "1 MiB", "-1B", "1.5KiB", "MiB", "1", "1234567890123456789B"})
        void ofBytesHaveANumberAndABinaryUnit(String size) {
            sound().edit("home-quota = \"1MiB\"", "^^home-quota = \"" + size + "\"")
                    .isRefused(Code.INVALID_VALUE);
        }

        @ParameterizedTest
        @ValueSource(strings = {"\"1025TiB\"", "1125899906842625", "-1", "\"999999999999999999TiB\""})
        void ofBytesAreBounded(String size) {
            sound().edit("home-quota = \"1MiB\"", "^^home-quota = " + size).isRefused(Code.OUT_OF_RANGE);
        }

        @ParameterizedTest
        @ValueSource(strings = {"8", "8H", "1h30m", "8 h", "-8h", "1.5h", "h"})
        void ofTimeHaveANumberAndAUnit(String duration) {
            sound().edit("session-lifetime = \"8m\"", "^^session-lifetime = \"" + duration + "\"")
                    .isRefused(Code.INVALID_VALUE);
        }

        @Test
        void ofTimeAreWholeMilliseconds() {
            sound().edit("session-lifetime = \"8m\"", "^^session-lifetime = \"480000001us\"")
                    .isRefused(Code.INVALID_VALUE);
        }

        @Test
        void ofTimeAreBounded() {
            sound().edit("session-lifetime = \"8m\"", "^^session-lifetime = \"32d\"")
                    .edit("valid-for = \"24h\"", "^^valid-for = \"8d\"")
                    .isRefused(Code.OUT_OF_RANGE, Code.OUT_OF_RANGE);
        }

        @Test
        void ofTimeWithinASessionDoNotOutlastIt() {
            sound().edit("idle-timeout = \"1m\"", "^^idle-timeout = \"9m\"")
                    .edit("fresh-auth = \"5s\"", "^^fresh-auth = \"9m\"")
                    .isRefused(Code.OUT_OF_RANGE, Code.OUT_OF_RANGE);
        }

        @Test
        void thatCountAreBounded() {
            sound().edit("session-limit = 2", "^^session-limit = 1001")
                    .edit("process-limit = 3", "^^process-limit = -1")
                    .edit("frame-grant-limit = 7", "^^frame-grant-limit = 9223372036854775807")
                    .isRefused(Code.OUT_OF_RANGE, Code.OUT_OF_RANGE, Code.OUT_OF_RANGE);
        }

        @Test
        void thatRefillNeedAWindow() {
            sound().edit("log-window = \"13m\"", "^^log-window = \"0s\"")
                    .edit("cpu-window = \"1s\"", "^^cpu-window = \"0s\"")
                    .isRefused(Code.OUT_OF_RANGE, Code.OUT_OF_RANGE);
        }
    }

    @Nested
    class Accounts {
        @Test
        void haveANameThatAccountsMayHave() {
            sound().plus(account("alice", "").replace("name = \"alice\"", "^^name = \"a/b\""))
                    .isRefused(Code.INVALID_NAME);
        }

        @Test
        void haveNamesOfTheirOwnOnceNormalised() {
            sound().plus(account("alice", "") + account("ALICE", "").replace("name = \"ALICE\"", "^^name = \"ALICE\""))
                    .isRefused(Code.DUPLICATE_NAME);
        }

        @Test
        void haveNamesThatNobodyTakesForEachOther() {
            sound().plus(account("paypal", "")
                            + account("p\u0430ypal", "").replace("name = \"p\u0430ypal\"", "^^name = \"p\u0430ypal\""))
                    .isRefused(Code.CONFUSABLE_NAME);
        }

        @Test
        void havePrincipalIdsOfTheirOwn() {
            sound().plus(account("alice", "principal-id = \"" + ID + "\"")
                            + account("bob", "^^principal-id = \"" + ID + "\""))
                    .isRefused(Code.DUPLICATE_PRINCIPAL);
        }

        @Test
        void doNotTakeTheIdThatAnotherDerives() {
            String derived = sound().plan().accounts().getFirst().principalId().toString();
            sound().plus(account("bob", "^^principal-id = \"" + derived + "\"")).isRefused(Code.DUPLICATE_PRINCIPAL);
        }

        @ParameterizedTest
        @ValueSource(strings = {"00112233445566778899aabbccddeeff", "prf-00112233445566778899aabbccddeeff", "prn-00"})
        void statePrincipalIdsInTheirTextForm(String id) {
            sound().plus(account("alice", "^^principal-id = \"" + id + "\"")).isRefused(Code.INVALID_VALUE);
        }

        @Test
        void areOfAKnownKind() {
            sound().plus(account("alice", "").replace("kind = \"human\"", "^^kind = \"wizard\""))
                    .isRefused(Code.INVALID_VALUE);
        }

        @Test
        void areNotExternal() {
            sound().plus(account("alice", "")
                            .replace("kind = \"human\"", "^^kind = \"external\"")
                            .replace("\"local-user\"", "")
                            .replace("\"people\"", "\"others\""))
                    .isRefused(Code.KIND_NOT_SEEDABLE);
        }

        @ParameterizedTest
        @ValueSource(strings = {"guest", "anonymous"})
        void areOneForGuestsAndOneForAnonymousCallers(String kind) {
            String policy = kind.equals("guest") ? "\"others\"" : "\"nobody\"";
            String one = account("one", "").replace("[\"local-user\"]", "[]").replace("\"people\"", policy);
            sound().plus(one.replace("kind = \"human\"", "kind = \"" + kind + "\""))
                    .plus(one.replace("kind = \"human\"", "^^kind = \"" + kind + "\"")
                            .replace("\"one\"", "\"two\""))
                    .isRefused(Code.SECOND_OF_KIND);
        }

        @Test
        void includeAnOperator() {
            sound().edit("[[account]]", "^^[[account]]")
                    .edit("kind = \"operator\"", "kind = \"human\"")
                    .isRefused(Code.NO_OPERATOR);
        }

        @Test
        void areNotWithoutNumber() {
            StringBuilder many = new StringBuilder();
            for (int i = 1; i < Limits.MANIFEST_ACCOUNTS; i++) {
                many.append(account("user-" + i, ""));
            }
            sound().plus(many.toString()).plan();
            sound().plus(many + account("last", "").replace("[[account]]", "^^[[account]]"))
                    .isRefused(Code.TOO_MANY);
        }

        @Test
        void haveATextForEachAttribute() {
            sound().plus(account("alice", "attributes = { team = \"blue\", ^^floor = 3 }"))
                    .isRefused(Code.WRONG_TYPE);
        }

        @Test
        void doNotHideControlCharactersInTheirDisplayName() {
            sound().plus(account("alice", "^^display-name = \"a\\u001b[2J\"")).isRefused(Code.INVALID_VALUE);
        }
    }

    @Nested
    class Capabilities {
        @ParameterizedTest
        @ValueSource(strings = {"ProcessSpawner", "FrameAllocator", "DeviceManager", "StoreAdmin"})
        void ofTheKernelAreNotGrantedToAnAccount(String capability) {
            sound().plus(account("alice", "capabilities = [^^\"" + capability + "\"]"))
                    .isRefused(Code.CAPABILITY_GRANT);
        }

        @Test
        void areEachRefused() {
            sound().plus(account("alice", "capabilities = [^^\"StoreAdmin\", ^^\"home\"]"))
                    .isRefused(Code.CAPABILITY_GRANT, Code.CAPABILITY_GRANT);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "^^caps = \"StoreAdmin\"",
                    "^^capabilities = []",
                    "grants = { ^^StoreAdmin = true }",
                    "^^cap = 7"
                })
        void areRefusedHoweverTheyAreSpelt(String line) {
            sound().plus(account("alice", line)).isRefused(Code.CAPABILITY_GRANT);
        }

        @Test
        void areNotGrantedToOperatorsOrThroughProfiles() {
            sound().edit("kind = \"operator\"", "kind = \"operator\"\ncapabilities = [^^\"DeviceManager\"]")
                    .edit("launcher = \"none\"", "launcher = \"none\"\ncapabilities = [^^\"FrameAllocator\"]")
                    .edit("fresh-auth = \"5s\"", "fresh-auth = \"5s\"\ncapabilities = [^^\"ProcessSpawner\"]")
                    .isRefused(Code.CAPABILITY_GRANT, Code.CAPABILITY_GRANT, Code.CAPABILITY_GRANT);
        }
    }

    @Nested
    class Profiles {
        @Test
        void areResolvable() {
            sound().plus(account("alice", "")
                            .replace("resource-profile", "^^resource-profile")
                            .replace("policy-profile", "^^policy-profile")
                            .replace("\"basic\"", "\"lavish\"")
                            .replace("\"people\"", "\"gods\""))
                    .isRefused(Code.UNKNOWN_RESOURCE_PROFILE, Code.UNKNOWN_POLICY_PROFILE);
        }

        @Test
        void thatAreBrokenAreReportedOnceAndNotWhereTheyAreUsed() {
            sound().edit("session-limit = 2", "^^session-limit = -2").isRefused(Code.OUT_OF_RANGE);
        }

        @Test
        void serveTheKindOfTheAccount() {
            sound().plus(account("alice", "")
                            .replace("policy-profile = \"people\"", "^^policy-profile = \"others\"")
                            .replace("\"local-user\"", ""))
                    .isRefused(Code.PROFILE_NOT_FOR_KIND);
        }

        @Test
        void haveNamesOfTheirOwn() {
            sound().plus("[[resource-profile]]\n^^name = \"basic\"\n" + basicLimits())
                    .edit("name = \"others\"", "^^name = \"people\"")
                    .isRefused(Code.DUPLICATE_PROFILE, Code.DUPLICATE_PROFILE);
        }

        @Test
        void ofDifferentSortsMayShareAName() {
            sound().plus("[[resource-profile]]\nname = \"people\"\n" + basicLimits())
                    .plan();
        }

        @Test
        void haveIdsOfTheirOwn() {
            String id = "profile-id = \"prf-00112233445566778899aabbccddeeff\"\n";
            sound().edit("name = \"basic\"\n", "name = \"basic\"\n" + id)
                    .edit("name = \"people\"\n", "name = \"people\"\n^^" + id)
                    .isRefused(Code.DUPLICATE_PROFILE_ID);
        }

        @Test
        void doNotTakeTheIdThatAnotherDerives() {
            String derived = sound().plan()
                    .resourceProfiles()
                    .getFirst()
                    .content()
                    .profileId()
                    .toString();
            sound().edit("name = \"people\"\n", "name = \"people\"\n^^profile-id = \"" + derived + "\"\n")
                    .isRefused(Code.DUPLICATE_PROFILE_ID);
        }

        @Test
        void takePosturesThatExist() {
            sound().edit("network = \"client\"", "^^network = \"open-bar\"")
                    .edit("launcher = \"none\"", "^^launcher = \"anything\"")
                    .isRefused(Code.UNKNOWN_POSTURE, Code.UNKNOWN_POSTURE);
        }

        @Test
        void nameKindsRolesAndFragmentsThatExist() {
            sound().edit("kinds = [\"anonymous\"]", "kinds = [^^\"ghost\"]")
                    .edit("allowed-roles = []", "allowed-roles = [^^\"root\"]")
                    .edit("fragments = [\"anonymous\"]", "fragments = [^^\"everything\"]")
                    .isRefused(Code.INVALID_VALUE, Code.UNKNOWN_ROLE, Code.UNKNOWN_FRAGMENT);
        }

        @Test
        void serveAtLeastOneKind() {
            sound().edit("kinds = [\"anonymous\"]", "^^kinds = []").isRefused(Code.INVALID_VALUE);
        }

        @Test
        void nameEachThingOnce() {
            sound().edit("kinds = [\"anonymous\"]", "kinds = [\"anonymous\", ^^\"anonymous\"]")
                    .edit("fragments = [\"anonymous\"]", "fragments = [\"anonymous\", ^^\"anonymous\"]")
                    .isRefused(Code.REPEATED, Code.REPEATED);
        }

        @ParameterizedTest
        @ValueSource(strings = {"account-administration", "storage-inspection", "recovery", "policy-management"})
        void doNotGiveEverySessionWhatAdministratorsHave(String fragment) {
            sound().edit(
                            "kinds = [\"guest\", \"service\", \"external\"]\nallowed-roles = [\"guest\", \"service-account\"]\n"
                                    + "fragments = [\"session\"]",
                            "kinds = [\"guest\", \"service\", \"external\"]\nallowed-roles = []\n" + "fragments = [^^\""
                                    + fragment + "\"]")
                    .isRefused(Code.ADMINISTRATIVE_FRAGMENT);
        }

        @ParameterizedTest
        @ValueSource(strings = {"local-user", "guest", "external", "service-secrets"})
        void giveAnonymousCallersNoMoreThanAWayToLogIn(String fragment) {
            sound().edit("fragments = [\"anonymous\"]", "fragments = [\"anonymous\", ^^\"" + fragment + "\"]")
                    .isRefused(Code.FRAGMENT_NOT_FOR_ANONYMOUS);
        }

        @Test
        void haveATextForEachLabel() {
            sound().edit("fresh-auth = \"5s\"", "fresh-auth = \"5s\"\nlabels = { level = \"low\", ^^Bad = \"x\" }")
                    .isRefused(Code.INVALID_VALUE);
        }
    }

    @Nested
    class Roles {
        @Test
        void exist() {
            sound().plus(account("alice", "").replace("\"local-user\"", "^^\"superuser\""))
                    .isRefused(Code.UNKNOWN_ROLE);
        }

        @Test
        void areNamesAndListedOnce() {
            sound().plus(account("alice", "")
                            .replace("\"local-user\"", "\"local-user\", ^^\"local-user\", ^^\"Local User\""))
                    .isRefused(Code.REPEATED, Code.INVALID_VALUE);
        }

        @Test
        void areForTheKindOfTheAccount() {
            sound().plus(account("alice", "").replace("\"local-user\"", "^^\"recovery-operator\", ^^\"guest\""))
                    .isRefused(Code.ROLE_NOT_FOR_KIND, Code.ROLE_NOT_FOR_KIND);
        }

        @Test
        void areAllowedByThePolicyProfile() {
            sound().plus(account("alice", "").replace("\"local-user\"", "^^\"policy-admin\""))
                    .isRefused(Code.ROLE_NOT_ALLOWED);
        }
    }

    @Nested
    class Services {
        @Test
        void sayWhichServiceTheyAre() {
            sound().plus("\n"
                            + service("probe", "")
                                    .replace("[account.service]", "")
                                    .replace("[[account]]", "^^[[account]]"))
                    .isRefused(Code.SERVICE_WITHOUT_IDENTITY);
        }

        @Test
        void areNotAPropertyOfPeople() {
            sound().plus(account("alice", "") + "^^[account.service]\n" + binary("probe", "/p", "a"))
                    .isRefused(Code.SERVICE_ON_OTHER_KIND);
        }

        @Test
        void haveABinary() {
            sound().plus(service("probe", binary("probe", "/p", "a").replace("binary = \"/p\"\n", ""))
                            .replace("[account.service]", "^^[account.service]"))
                    .isRefused(Code.SERVICE_WITHOUT_BINARY);
        }

        @Test
        void haveAMeasuredBinary() {
            sound().plus(service("probe", "name = \"probe\"\nbinary = \"/p\"\nsupervisor = \"init\"")
                            .replace("[account.service]", "^^[account.service]"))
                    .isRefused(Code.SERVICE_WITHOUT_BINARY);
        }

        @ParameterizedTest
        @ValueSource(strings = {"p", "./p", "/a/../p", "/a//p", "/"})
        void nameTheBinaryByAPlainAbsolutePath(String path) {
            sound().plus(service("probe", binary("probe", path, "a").replace("binary =", "^^binary =")))
                    .isRefused(Code.INVALID_BINARY_PATH);
        }

        @ParameterizedTest
        @ValueSource(strings = {"abc", "A", "g"})
        void measureTheBinaryIn32BytesOfHexadecimal(String digits) {
            sound().plus(service("probe", binary("probe", "/p", digits).replace("sha256 =", "^^sha256 =")))
                    .isRefused(Code.INVALID_BINARY_HASH);
        }

        @Test
        void haveOneAccountEach() {
            sound().plus(service("one", binary("probe", "/p", "a")) + service("two", "^^" + binary("probe", "/p", "a")))
                    .isRefused(Code.DUPLICATE_SERVICE);
        }

        @Test
        void doNotMeasureOneBinaryTwoWays() {
            sound().plus(service("one", binary("one", "/p", "a"))
                            + service("two", binary("two", "/p", "b").replace("sha256 =", "^^sha256 =")))
                    .isRefused(Code.BINARY_MISMATCH);
        }

        @Test
        void carryNoInteractiveRole() {
            sound().plus(service("probe", binary("probe", "/p", "a"))
                            .replace("\"service-account\"", "\"service-account\", ^^\"local-user\""))
                    .isRefused(Code.SERVICE_INTERACTIVE_ROLE);
        }
    }

    @Nested
    class Credentials {
        @Test
        void areResolvable() {
            sound().plus(account("alice", "credentials = [^^\"lost\"]")).isRefused(Code.UNKNOWN_CREDENTIAL);
        }

        @Test
        void belongToOneAccount() {
            sound().plus(account("alice", "credentials = [^^\"first-code\"]")).isRefused(Code.SHARED_CREDENTIAL);
        }

        @Test
        void haveIdsOfTheirOwn() {
            sound().plus("[[credential]]\n^^id = \"first-code\"\nkind = \"enrolment-code\"\nvalid-for = \"1h\"\n")
                    .isRefused(Code.DUPLICATE_CREDENTIAL);
        }

        @Test
        void areUsed() {
            sound().plus("[[credential]]\n^^id = \"spare\"\nkind = \"enrolment-code\"\nvalid-for = \"1h\"\n")
                    .isRefused(Code.UNUSED_CREDENTIAL);
        }

        @Test
        void areNeverPasswords() {
            sound().edit("kind = \"enrolment-code\"", "^^kind = \"password\"").isRefused(Code.INVALID_VALUE);
            sound().plus(account("alice", "^^password = \"hunter2\"")).isRefused(Code.UNKNOWN_KEY);
        }

        @Test
        void areNotForServicesGuestsOrAnonymousCallers() {
            sound().edit("credentials = [\"first-code\"]\n", "")
                    .plus(service("probe", binary("probe", "/p", "a"))
                            .replace("[account.service]", "credentials = [^^\"first-code\"]\n[account.service]"))
                    .isRefused(Code.CREDENTIAL_NOT_FOR_KIND);
        }
    }

    @Test
    void allProblemsAreReportedAtOnceInTheOrderOfTheFile() {
        sound().edit("session-limit = 2", "^^session-limit = -2")
                .edit("fragments = [\"anonymous\"]", "fragments = [^^\"everything\"]")
                .edit("resource-profile = \"basic\"", "^^resource-profile = \"lavish\"")
                .plus(account("OPS", "capabilities = [^^\"StoreAdmin\"]").replace("name = \"OPS\"", "^^name = \"OPS\""))
                .isRefused(
                        Code.OUT_OF_RANGE,
                        Code.UNKNOWN_FRAGMENT,
                        Code.UNKNOWN_RESOURCE_PROFILE,
                        Code.DUPLICATE_NAME,
                        Code.CAPABILITY_GRANT);
    }

    @Test
    void whatIsBrokenBeyondTheLimitIsBrokenAllTheSame() {
        StringBuilder many = new StringBuilder(sound().text());
        for (int i = 0; i < 2 * Limits.MANIFEST_PROBLEMS; i++) {
            many.append("surprise-").append(i).append(" = 1\n");
        }
        for (String name : new String[] {"last", "very-last"}) {
            many.append("[[program]]\nname = \"").append(name).append("\"\nsummary = \"s\"\npath = \"/p\"\n");
            many.append("arguments = \"any\"\nlauncher = [\"approved-apps\"]\n");
            for (int i = 0; i < Limits.MANIFEST_PROBLEMS; i++) {
                many.append("surprise-").append(i).append(" = 1\n");
            }
        }
        assertThat(SeedManifest.parse(many.toString().getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(SeedManifest.Refused.class);
    }

    @Test
    void problemsBeyondTheLimitAreCountedOnly() {
        StringBuilder many = new StringBuilder(sound().text());
        for (int i = 0; i < 2 * Limits.MANIFEST_PROBLEMS; i++) {
            many.append("surprise-").append(i).append(" = 1\n");
        }
        SeedManifest.Result result = SeedManifest.parse(many.toString().getBytes(StandardCharsets.UTF_8));
        assertThat(result).isInstanceOfSatisfying(SeedManifest.Refused.class, refused -> {
            assertThat(refused.problems()).hasSize(Limits.MANIFEST_PROBLEMS + 1);
            assertThat(refused.problems().getLast().code()).isEqualTo(Code.TOO_MANY_PROBLEMS);
        });
    }
}
