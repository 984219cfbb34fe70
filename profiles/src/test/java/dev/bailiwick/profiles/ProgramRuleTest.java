package dev.bailiwick.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.bailiwick.profiles.ManifestProblem.Code;
import dev.bailiwick.schema.Hash256;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Which programs there are, where they are stated, and which arguments they take. */
class ProgramRuleTest {
    private static final String VIEWER = """
            [[program]]
            name = "viewer"
            summary = "Shows a text."
            path = "/opt/viewer"
            arguments = "listed"
            allowed = ["-n", "*.txt"]
            max-arguments = 3
            max-argument-bytes = 20
            launcher = ["approved-apps"]
            """;

    @Nested
    class Arguments {
        private final ProgramRule viewer = only(VIEWER);

        @Test
        void areThoseThatOnePatternMatches() {
            assertThat(viewer.fault(List.of())).isEmpty();
            assertThat(viewer.fault(List.of("-n", "a.txt", ".txt"))).isEmpty();
            assertThat(viewer.fault(List.of("a\n.txt"))).isEmpty();
            assertThat(code("-n2")).isEqualTo("argument-not-allowed");
            assertThat(code("a.txt.gz")).isEqualTo("argument-not-allowed");
            assertThat(code("aXtxt")).isEqualTo("argument-not-allowed");
        }

        @Test
        void areFewAndShort() {
            assertThat(code("-n", "-n", "-n", "-n")).isEqualTo("too-many-arguments");
            assertThat(code("0123456789", "01234567.txt")).isEqualTo("argument-too-long");
            // Bytes, not characters.
            assertThat(code("\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac.txt")).isEqualTo("argument-too-long");
        }

        @Test
        void areText() {
            assertThat(code("a\0.txt")).isEqualTo("invalid-argument");
            assertThat(code("\ud800.txt")).isEqualTo("invalid-argument");
        }

        @Test
        void areNoneWhereNoneAreTaken() {
            ProgramRule none = only(edit(
                    "arguments = \"listed\"\nallowed = [\"-n\", \"*.txt\"]\nmax-arguments = 3\nmax-argument-bytes = 20",
                    "arguments = \"none\""));
            assertThat(none.fault(List.of())).isEmpty();
            assertThat(none.fault(List.of("")).orElseThrow().code()).isEqualTo("too-many-arguments");
        }

        private String code(String... arguments) {
            return viewer.fault(List.of(arguments)).orElseThrow().code();
        }
    }

    @Nested
    class AManifest {
        @Test
        void addsProgramsToTheCatalogue() {
            PolicyCatalogue catalogue =
                    ManifestText.sound().plus(VIEWER).plan().catalogue().content();

            assertThat(catalogue.programs().keySet())
                    .contains("viewer")
                    .containsAll(Catalogue.builtIn().programs().keySet());
            assertThat(catalogue.program("viewer").orElseThrow().holds()).isEmpty();
        }

        @Test
        void saysWhatAProgramHoldsAndReads() {
            ProgramRule rule =
                    only(VIEWER + "reads = [\"/opt/fonts\"]\n[program.holds]\nhome = \"own\"\nconfig = \"readOnly\"\n");

            assertThat(rule.reads()).containsExactly("/opt/fonts");
            assertThat(rule.holds())
                    .containsExactlyEntriesOf(new TreeMap<>(
                            java.util.Map.of(Slot.HOME, ProgramAccess.OWN, Slot.CONFIG, ProgramAccess.READ_ONLY)));
        }

        @Test
        void isRefusedAtTheLineThatIsWrong() {
            refused("path = \"/opt/viewer\"", "path = \"opt/viewer\"", "^^path", Code.INVALID_PROGRAM_PATH);
            refused("path = \"/opt/viewer\"", "path = \"/opt/../viewer\"", "^^path", Code.INVALID_PROGRAM_PATH);
            refused("max-arguments = 3", "max-arguments = 0", "^^max-arguments", Code.OUT_OF_RANGE);
            refused("max-arguments = 3", "max-arguments = 1025", "^^max-arguments", Code.OUT_OF_RANGE);
            refused("max-argument-bytes = 20", "max-argument-bytes = 65537", "^^max-argument-bytes", Code.OUT_OF_RANGE);
            refused("arguments = \"listed\"", "arguments = \"some\"", "^^arguments = \"some\"", Code.INVALID_VALUE);
            refused("[\"approved-apps\"]", "[\"none\"]", "launcher = [^^\"none\"]", Code.UNKNOWN_POSTURE);
            refused("[\"approved-apps\"]", "[]", "^^launcher", Code.INVALID_VALUE);
            refused("name = \"viewer\"", "name = \"ls\"", "^^name = \"ls\"", Code.DUPLICATE_PROGRAM);
            refused(
                    "[\"approved-apps\"]",
                    "[\"measured-binary\"]",
                    "launcher = [^^\"measured-binary\"]",
                    Code.PROGRAM_WITHOUT_MEASUREMENT);
            plus("sha256 = \"abc\"\n", "^^sha256", Code.INVALID_BINARY_HASH);
            plus("reads = [\"etc\"]\n", "reads = [^^\"etc\"]", Code.INVALID_PROGRAM_PATH);
            plus("as-caller = true\n", "^^as-caller", Code.PROGRAM_WITHOUT_MEASUREMENT);
            plus("as-caller = \"yes\"\n", "^^as-caller", Code.WRONG_TYPE);
            plus("setuid = true\n", "^^setuid", Code.UNKNOWN_KEY);
            plus("[program.holds]\nkeyring = \"own\"\n", "^^keyring", Code.INVALID_VALUE);
            plus("[program.holds]\nhome = \"full\"\n", "^^home = \"full\"", Code.INVALID_VALUE);
        }

        @Test
        void doesNotNameAProgramTwice() {
            ManifestText.sound()
                    .plus(VIEWER)
                    .plus(VIEWER.replace("name =", "^^name ="))
                    .isRefused(Code.DUPLICATE_PROGRAM);
        }

        private void refused(String from, String to, String marked, Code code) {
            String unmarked = marked.replace("^^", "");
            ManifestText.sound().plus(edit(from, to).replace(unmarked, marked)).isRefused(code);
        }

        private void plus(String more, String marked, Code code) {
            String unmarked = marked.replace("^^", "");
            ManifestText.sound().plus((VIEWER + more).replace(unmarked, marked)).isRefused(code);
        }
    }

    @Test
    void aMeasuredProgramHasAMeasurement() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ProgramRule(
                        "probe",
                        "Probes.",
                        "/p",
                        java.util.Optional.empty(),
                        ProgramArguments.NONE,
                        Collections.emptySortedSet(),
                        0,
                        0,
                        new TreeSet<>(Set.of(ProgramRule.MEASURED)),
                        Collections.emptySortedMap(),
                        Collections.emptySortedSet(),
                        false));
    }

    @Test
    void aProgramThatActsAsItsCallerHasAMeasurement() {
        ProgramRule sample = Samples.program("probe");
        assertThat(sample.asCaller()).isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ProgramRule(
                        sample.name(),
                        sample.summary(),
                        sample.path(),
                        java.util.Optional.empty(),
                        sample.arguments(),
                        sample.patterns(),
                        sample.maxArguments(),
                        sample.maxArgumentBytes(),
                        new TreeSet<>(Set.of("approved-apps")),
                        sample.holds(),
                        sample.reads(),
                        true))
                .withMessage("a program that acts as its caller has a measurement");
    }

    @Test
    void aServiceHasItsMeasuredBinaryAndNothingElse() {
        Hash256 hash = Hash256.sha256(new byte[] {1});
        ProgramRule rule = ProgramRule.of(new ServiceIdentity("probe", "/usr/lib/probe", hash, "init"));

        assertThat(rule.path()).isEqualTo("/usr/lib/probe");
        assertThat(rule.sha256()).contains(hash);
        assertThat(rule.fault(List.of("--anything"))).isPresent();
        assertThat(rule.postures()).containsExactly(ProgramRule.MEASURED);
    }

    @Test
    void aServiceMayReadWhateverAPathCanName() {
        String longest = "/" + "x".repeat(Limits.PATH_CHARS - 1);
        ServiceIdentity service = new ServiceIdentity(
                "probe",
                "/usr/lib/probe",
                Hash256.sha256(new byte[] {1}),
                "init",
                "",
                java.util.Optional.empty(),
                "",
                List.of(),
                List.of(),
                java.util.Optional.empty(),
                java.util.Optional.empty(),
                "",
                new TreeSet<>(Set.of(longest)));

        assertThat(ProgramRule.of(service).reads()).containsExactly(longest);
    }

    @Test
    void theShippedProgramsAreNoShells() {
        assertThat(Catalogue.builtIn().programs().values())
                .isNotEmpty()
                .noneMatch(program -> program.path().matches(".*/(ba|da|z|k|c)?sh"));
    }

    private static String edit(String from, String to) {
        assertThat(VIEWER).contains(from);
        return VIEWER.replace(from, to);
    }

    private static ProgramRule only(String table) {
        return ManifestText.sound()
                .plus(table)
                .plan()
                .catalogue()
                .content()
                .program("viewer")
                .orElseThrow();
    }
}
