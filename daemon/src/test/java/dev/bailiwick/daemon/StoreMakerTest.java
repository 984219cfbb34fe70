package dev.bailiwick.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.accountstore.VerifyReport;
import dev.bailiwick.engine.RocksOptions;
import dev.bailiwick.profiles.SeedManifest;
import dev.bailiwick.profiles.SeedPlan;
import dev.bailiwick.schema.AccountName;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreMakerTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-21T08:00:00Z"));

    @TempDir
    Path directory;

    private StoreLocation location = StoreLocation.of(Path.of("unset"), Optional.empty());

    @BeforeEach
    void place() {
        location = StoreLocation.of(directory.resolve("store"), Optional.empty());
    }

    private static SeedPlan shipped() throws IOException {
        return switch (SeedManifest.parse(Path.of("../profiles/manifests/default.toml"))) {
            case SeedManifest.Parsed(SeedPlan plan) -> plan;
            case SeedManifest.Refused refused -> throw new AssertionError(refused);
        };
    }

    private List<IssuedCode> make() throws IOException {
        return StoreMaker.make(location, shipped(), CLOCK, new SplittableRandom(7));
    }

    private OpenedStore open() {
        return OpenedStore.open(
                location, RocksOptions.Mode.READ_ONLY, Optional.empty(), CLOCK, new SplittableRandom(8));
    }

    @Test
    void theShippedManifestMakesASoundStore() throws IOException {
        make();

        try (OpenedStore store = open()) {
            VerifyReport report = store.accounts().inspector().verify();
            assertThat(report.findings()).isEmpty();
            assertThat(report.journalEntries()).isEqualTo(1);
            assertThat(store.accounts()
                            .accounts()
                            .byName(AccountName.parse("operator").key())
                            .orElseThrow()
                            .content()
                            .roles())
                    .containsExactly("account-admin", "local-user", "storage-admin");
        }
    }

    @Test
    void everyPersonWithACredentialGetsACodeThatIsNotInTheStore() throws IOException {
        List<IssuedCode> codes = make();

        assertThat(codes).extracting(IssuedCode::name).containsExactly("operator", "recovery");
        assertThat(codes).allSatisfy(code -> {
            assertThat(code.expiresAt()).isAfter(CLOCK.instant());
            assertThat(code.toString()).doesNotContain(code.code());
            assertThat(filesContaining(code.code())).isEmpty();
            assertThat(filesContaining(code.code().replace("-", ""))).isEmpty();
        });
    }

    private List<Path> filesContaining(String text) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> {
                        try {
                            return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1)
                                    .contains(text);
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    })
                    .toList();
        }
    }

    @Test
    void theAnchorIsBesideTheStore() throws IOException {
        make();

        assertThat(directory.resolve("store.anchor")).isRegularFile();
    }

    @Test
    void aDirectoryWithSomethingInItIsLeftAlone() throws IOException {
        Path file =
                Files.writeString(Files.createDirectories(location.directory()).resolve("mine"), "precious");

        assertRefused(this::make, DaemonException.Code.STORE_EXISTS);

        assertThat(file).hasContent("precious");
    }

    @Test
    void anAnchorOfAnotherStoreIsLeftAlone() throws IOException {
        Files.writeString(location.anchor(), "precious");

        assertRefused(this::make, DaemonException.Code.ANCHOR_EXISTS);

        assertThat(location.anchor()).hasContent("precious");
        assertThat(location.directory()).doesNotExist();
    }

    @Test
    void aStoreIsNotMadeTwice() throws IOException {
        make();

        assertRefused(this::make, DaemonException.Code.ANCHOR_EXISTS);
    }

    @Test
    void withoutItsAnchorAStoreDoesNotOpen() throws IOException {
        make();
        Files.delete(location.anchor());

        assertRefused(() -> StoreProblems.explaining(this::open), DaemonException.Code.ANCHOR_MISSING);
    }

    @Test
    void aDamagedAnchorDoesNotPass() throws IOException {
        make();
        try (RandomAccessFile anchor = new RandomAccessFile(location.anchor().toFile(), "rw")) {
            anchor.setLength(60);
        }

        assertRefused(() -> StoreProblems.explaining(this::open), DaemonException.Code.ANCHOR_CORRUPT);
    }

    @Test
    void whereThereIsNoStoreNoneOpens() {
        assertRefused(() -> StoreProblems.explaining(this::open), DaemonException.Code.STORE_MISSING);
    }

    private static void assertRefused(ThrowingCallable action, DaemonException.Code code) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        DaemonException.class,
                        problem -> assertThat(problem.code()).isEqualTo(code));
    }
}
