package dev.bailiwick.profiles;

import static dev.bailiwick.profiles.ManifestText.binary;
import static dev.bailiwick.profiles.ManifestText.service;
import static dev.bailiwick.profiles.ManifestText.sound;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.identity.Privilege;
import dev.bailiwick.profiles.ManifestProblem.Code;
import dev.bailiwick.schema.Hash256;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a manifest says of a service beyond its binary, and how each of it is refused. {@code ^^} marks the place. */
class ServiceManifestTest {
    private static final String HOOK = "{ path = \"/%s\", sha256 = \"" + "b".repeat(64) + "\" }";

    private static final String WHOLE = """
            identity = 'CORP\\probe '
            hook-identity = "NetworkService"
            required-privileges = ["SeImpersonatePrivilege", "SeChangeNotifyPrivilege"]
            start-pre = [%s, %s]
            health-check = %s
            descriptor = "O:SYD:(A;;GA;;;SY)(A;;GR;;;BU)"
            reads = ["/usr/share/probe", "/etc/probe"]
            [account.service.reload]
            path = "/reload"
            sha256 = "%s"
            [[account.service.start-post]]
            path = "/post-one"
            sha256 = "%s"
            [[account.service.start-post]]
            path = "/post-two"
            sha256 = "%s"
            """.formatted(
                    HOOK.formatted("pre-b"),
                    HOOK.formatted("pre-a"),
                    HOOK.formatted("health"),
                    "b".repeat(64),
                    "b".repeat(64),
                    "b".repeat(64));

    private static ManifestText with(String more) {
        return sound().plus(service("probe", binary("probe", "/p", "a") + more));
    }

    private static ServiceIdentity planned(String more) {
        return with(more).plan().accounts().getLast().service().orElseThrow();
    }

    private static ServiceProgram program(String path) {
        return new ServiceProgram(path, Hash256.parse("b".repeat(64)));
    }

    @Test
    void aServiceIsDefinedWhole() {
        ServiceIdentity whole = planned(WHOLE);

        assertThat(whole.identity()).isEqualTo("CORP\\probe ");
        assertThat(whole.hookIdentity()).isEqualTo("NetworkService");
        assertThat(whole.requiredPrivileges().orElseThrow())
                .containsExactly("SeChangeNotifyPrivilege", "SeImpersonatePrivilege");
        assertThat(whole.startPre()).containsExactly(program("/pre-b"), program("/pre-a"));
        assertThat(whole.startPost()).containsExactly(program("/post-one"), program("/post-two"));
        assertThat(whole.healthCheck()).contains(program("/health"));
        assertThat(whole.reload()).contains(program("/reload"));
        assertThat(whole.descriptor()).isEqualTo("O:SYD:(A;;GA;;;SY)(A;;GR;;;BU)");
        assertThat(whole.reads()).containsExactly("/etc/probe", "/usr/share/probe");
    }

    @Test
    void whatIsNotSaidIsTheDefault() {
        assertThat(planned(""))
                .isEqualTo(new ServiceIdentity("probe", "/p", Hash256.parse("a".repeat(64)), "init"))
                .isEqualTo(planned("start-pre = []\nstart-post = []\nreads = []"));
    }

    @Test
    void noPrivilegesAndNoWordOfThemAreDifferentThings() {
        assertThat(planned("").requiredPrivileges()).isEmpty();
        assertThat(planned("required-privileges = []").requiredPrivileges().orElseThrow())
                .isEmpty();
    }

    @Test
    void everyPrivilegeMayBeRequired() {
        List<String> all = Stream.of(Privilege.values()).map(Privilege::text).toList();
        String listed = all.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(", "));
        assertThat(planned("required-privileges = [" + listed + "]")
                        .requiredPrivileges()
                        .orElseThrow())
                .containsExactlyInAnyOrderElementsOf(all);
    }

    @Nested
    class Privileges {
        @ParameterizedTest
        @ValueSource(strings = {"SeFlyPrivilege", "seimpersonateprivilege", "SeImpersonate", "29", " "})
        void areOfThoseThatThereAre(String name) {
            with("required-privileges = [\"SeImpersonatePrivilege\", ^^\"" + name + "\"]")
                    .isRefused(Code.UNKNOWN_PRIVILEGE);
        }

        @Test
        void areEachJudged() {
            with("required-privileges = [^^\"a\", ^^\"\", ^^7, \"SeBackupPrivilege\", ^^\"SeBackupPrivilege\"]")
                    .isRefused(Code.UNKNOWN_PRIVILEGE, Code.INVALID_VALUE, Code.WRONG_TYPE, Code.REPEATED);
        }

        @Test
        void areAList() {
            with("^^required-privileges = \"SeBackupPrivilege\"").isRefused(Code.WRONG_TYPE);
            with("^^required-privileges = false").isRefused(Code.WRONG_TYPE);
        }

        @Test
        void areRefusedInWordsThatSayWhatToDo() {
            ManifestProblem problem = onlyProblem(with("required-privileges = [\"SeFlyPrivilege\"]"));
            assertThat(problem.message()).isEqualTo("there is no privilege \"SeFlyPrivilege\"");
            assertThat(problem.hint()).contains("docs/identity.md");
        }
    }

    @Nested
    class Descriptors {
        @ParameterizedTest
        @ValueSource(strings = {"D:(", "O:SY", "D:(A;;GR;;BU)", "D:(A;;ZZ;;;SY)", "D:(A;;GR;;;XX)", "everyone"})
        void areSddl(String text) {
            with("^^descriptor = \"" + text + "\"").isRefused(Code.INVALID_DESCRIPTOR);
        }

        @Test
        void areRefusedWithTheCharacterThatIsWrong() {
            ManifestProblem problem = onlyProblem(with("descriptor = \"D:(A;;GR;;BU)\""));
            assertThat(problem.message()).startsWith("the descriptor is no SDDL at character 8: ");
            assertThat(problem.hint()).isNotBlank();
        }

        @Test
        void areALineOfText() {
            with("^^descriptor = \"\"").isRefused(Code.INVALID_VALUE);
            with("^^descriptor = \"D:P\\n\"").isRefused(Code.INVALID_VALUE);
            with("^^descriptor = \"D:P" + "(A;;GA;;;SY)".repeat(1 + Limits.DESCRIPTOR_CHARS / 12) + "\"")
                    .isRefused(Code.INVALID_VALUE);
            with("^^descriptor = [\"D:P\"]").isRefused(Code.WRONG_TYPE);
        }
    }

    @Nested
    class Identities {
        @ParameterizedTest
        @ValueSource(strings = {"identity", "hook-identity"})
        void areALineOfText(String key) {
            with("^^" + key + " = \"\"").isRefused(Code.INVALID_VALUE);
            with("^^" + key + " = \"a\\u0000\"").isRefused(Code.INVALID_VALUE);
            with("^^" + key + " = \"" + "x".repeat(Limits.IDENTITY_CHARS + 1) + "\"")
                    .isRefused(Code.INVALID_VALUE);
            with("^^" + key + " = 18").isRefused(Code.WRONG_TYPE);
            with(key + " = \"" + "x".repeat(Limits.IDENTITY_CHARS) + "\"").plan();
        }
    }

    @Nested
    class Reads {
        @ParameterizedTest
        @ValueSource(strings = {"p", "./p", "/a/../p", "/a//p", "/a/", "/"})
        void arePlainAbsolutePaths(String path) {
            with("reads = [\"/etc\", ^^\"" + path + "\"]").isRefused(Code.INVALID_BINARY_PATH);
        }

        @Test
        void areEachStatedOnceAndFew() {
            with("reads = [\"/a\", ^^\"/a\", ^^true]").isRefused(Code.REPEATED, Code.WRONG_TYPE);
            String most = IntStream.range(0, Limits.LIST_ITEMS)
                    .mapToObj(i -> "\"/" + i + "\"")
                    .collect(Collectors.joining(", "));
            with("reads = [" + most + "]").plan();
            with("reads = [" + most + ", ^^\"/last\"]").isRefused(Code.TOO_MANY);
        }

        @Test
        void areAsLongAsPathsAre() {
            String longest = "/" + "x".repeat(Limits.PATH_CHARS - 1);
            assertThat(planned("reads = [\"" + longest + "\"]").reads()).containsExactly(longest);
            with("reads = [^^\"" + longest + "x\"]").isRefused(Code.INVALID_VALUE);
        }
    }

    @Nested
    class Programs {
        @ParameterizedTest
        @ValueSource(strings = {"health-check", "reload"})
        void areTablesOfAPathAndItsMeasurement(String key) {
            String digest = "b".repeat(64);
            with("^^" + key + " = \"/h\"").isRefused(Code.WRONG_TYPE);
            with("^^" + key + " = [{ path = \"/h\", sha256 = \"" + digest + "\" }]")
                    .isRefused(Code.WRONG_TYPE);
            with("[account.service." + key + "]\n^^path = \"h\"\nsha256 = \"" + digest + "\"")
                    .isRefused(Code.INVALID_BINARY_PATH);
            with("[account.service." + key + "]\npath = \"/h\"\n^^sha256 = \"B" + digest.substring(1) + "\"")
                    .isRefused(Code.INVALID_BINARY_HASH);
            with("[account.service." + key + "]\npath = \"/h\"\nsha256 = \"" + digest + "\"\n^^arguments = []")
                    .isRefused(Code.UNKNOWN_KEY);
            with("^^[account.service." + key + "]\npath = \"/h\"").isRefused(Code.MISSING_KEY);
            with("^^[account.service." + key + "]\nsha256 = \"" + digest + "\"").isRefused(Code.MISSING_KEY);
        }

        @ParameterizedTest
        @ValueSource(strings = {"start-pre", "start-post"})
        void thatAreHooksAreAListOfSuchTables(String key) {
            with("^^" + key + " = \"/h\"").isRefused(Code.WRONG_TYPE);
            with(key + " = [^^\"/h\"]").isRefused(Code.WRONG_TYPE);
            with("^^" + key + " = " + HOOK.formatted("h")).isRefused(Code.WRONG_TYPE);
            with(key + " = [" + HOOK.formatted("a") + ", " + HOOK.formatted("h").replace("path", "^^path") + "]")
                    .edit("\"/h\"", "\"h\"")
                    .isRefused(Code.INVALID_BINARY_PATH);
            with("[[account.service." + key + "]]\npath = \"/h\"\n^^sha256 = \"abc\"")
                    .isRefused(Code.INVALID_BINARY_HASH);
            with("^^[[account.service." + key + "]]\npath = \"/h\"").isRefused(Code.MISSING_KEY);
            with("[[account.service." + key + "]]\npath = \"/h\"\nsha256 = \"" + "b".repeat(64) + "\"\n^^user = 0")
                    .isRefused(Code.UNKNOWN_KEY);
        }

        @ParameterizedTest
        @ValueSource(strings = {"start-pre", "start-post"})
        void thatAreHooksAreFew(String key) {
            String most = IntStream.range(0, Limits.SERVICE_HOOKS)
                    .mapToObj(HOOK::formatted)
                    .collect(Collectors.joining(", "));
            with(key + " = [" + most + "]").plan();
            with(key + " = [" + most + ", ^^" + HOOK.formatted("last") + "]").isRefused(Code.TOO_MANY);
        }

        @Test
        void haveOneMeasurementWhereverTheyAre() {
            String same = HOOK.formatted("h");
            String other = same.replace("sha256", "^^sha256").replace("bb", "cc");
            with("start-pre = [" + same + ", " + same + "]\nreload = " + same).plan();
            with("start-pre = [" + same + ", " + other + "]").isRefused(Code.BINARY_MISMATCH);
            with("start-pre = [" + same + "]\nstart-post = [" + other + "]").isRefused(Code.BINARY_MISMATCH);
            with("reload = " + other.replace("/h", "/p")).isRefused(Code.BINARY_MISMATCH);
            with("reload = " + same)
                    .plus(service("other", binary("other", "/h", "c").replace("sha256", "^^sha256")))
                    .isRefused(Code.BINARY_MISMATCH);
        }
    }

    @Test
    void everythingThatIsWrongIsReportedAtOnce() {
        with("""
                        required-privileges = [^^"SeFlyPrivilege"]
                        reads = [^^"etc"]
                        ^^descriptor = "D:("
                        ^^run-as = "root"
                        reload = { ^^path = "r", ^^sha256 = "0" }
                        """)
                .isRefused(
                        Code.UNKNOWN_PRIVILEGE,
                        Code.INVALID_BINARY_PATH,
                        Code.INVALID_DESCRIPTOR,
                        Code.UNKNOWN_KEY,
                        Code.INVALID_BINARY_PATH,
                        Code.INVALID_BINARY_HASH);
    }

    private static ManifestProblem onlyProblem(ManifestText manifest) {
        return switch (SeedManifest.parse(manifest.text().getBytes(StandardCharsets.UTF_8))) {
            case SeedManifest.Parsed(SeedPlan plan) -> throw new AssertionError("accepted: " + plan);
            case SeedManifest.Refused(List<ManifestProblem> problems) -> {
                assertThat(problems).hasSize(1);
                yield problems.getFirst();
            }
        };
    }
}
