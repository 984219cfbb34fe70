package dev.bailiwick.torture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.accountstore.AnchorMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The judge, on stores of which it is known what became of them: above all it must see what a store does not. */
class JudgeTest {
    private static final Path MANIFEST = Path.of("../profiles/manifests/default.toml");

    @TempDir
    private Path folder;

    private Specimen specimen;

    @BeforeEach
    void aSpecimen() throws IOException {
        specimen = Specimen.make(folder, MANIFEST, new SplittableRandom(1));
    }

    @Test
    void anUndamagedCopyIsHarmless() throws IOException {
        assertThat(specimen.judge().of(specimen.fresh())).isInstanceOf(Verdict.Harmless.class);
    }

    @Test
    void aFileThatIsMissingIsRefused() throws IOException {
        Subject subject = specimen.fresh();
        Files.delete(subject.directory()
                .resolve(specimen.files(Specimen.FileKind.TABLE).getFirst()));
        assertThat(specimen.judge().of(subject))
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused -> assertThat(refused.code()).startsWith("engine-"));
    }

    @Test
    void aLogThatIsCutOffIsRefusedByItsAnchor() throws IOException {
        Subject subject = specimen.fresh();
        cutOffTheLog(subject);
        assertThat(specimen.judge().of(subject))
                .isInstanceOfSatisfying(
                        Verdict.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo("rolled-back"));
    }

    @Test
    void withoutAnAnchorTheSameIsSeenToGoUnnoticed() throws IOException {
        Subject subject = specimen.fresh();
        cutOffTheLog(subject);
        assertThat(specimen.judge().of(subject.anchored(new AnchorMode.None())))
                .isInstanceOfSatisfying(
                        Verdict.Wrong.class,
                        wrong -> assertThat(wrong.what()).startsWith("a lookup of pair-0-left gave"));
    }

    @Test
    void aRecordThatIsChangedBeneathTheChecksumsIsReported() throws Exception {
        Subject subject = specimen.fresh();
        try (RawRows raw = RawRows.open(subject.directory().resolve("db"))) {
            raw.splice(new SplittableRandom(1));
        }
        assertThat(specimen.judge().of(subject)).isInstanceOfAny(Verdict.Reported.class, Verdict.Refused.class);
    }

    private void cutOffTheLog(Subject subject) throws IOException {
        for (Path log : specimen.files(Specimen.FileKind.LOG)) {
            Files.write(subject.directory().resolve(log), new byte[0]);
        }
    }
}
