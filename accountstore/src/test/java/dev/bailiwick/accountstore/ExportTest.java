package dev.bailiwick.accountstore;

import static dev.bailiwick.accountstore.Stores.DAEMON;
import static dev.bailiwick.accountstore.Stores.NOON;
import static dev.bailiwick.accountstore.Stores.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineException;
import dev.bailiwick.engine.RamEngine;
import dev.bailiwick.schema.RecordId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store written to a stream, and made again from it. */
class ExportTest {
    @TempDir
    private Path directory;

    private final Engine engine = RamEngine.open();
    private final AccountStore store = Stores.inMemory(engine);
    private int imports;

    private byte[] export(ExportCredentials credentials) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        store.export(out, credentials);
        return out.toByteArray();
    }

    private StoreFiles files() {
        return StoreFiles.defaultsFor(directory).withMode(new AnchorMode.None());
    }

    private record Imported(Engine engine, AccountStore store, ImportSummary summary) {}

    private AccountStore imported(byte[] export, Engine target) {
        StoreFiles files =
                new StoreFiles(directory.resolve("key" + imports++), files().anchor(), new AnchorMode.None());
        InstantSource clock = InstantSource.fixed(NOON.plusSeconds(60));
        StoreImport.into(
                target,
                new ByteArrayInputStream(export),
                files,
                Optional.empty(),
                1000,
                clock,
                new SplittableRandom(5));
        return AccountStore.open(target, files, clock, new SplittableRandom(imports));
    }

    private Imported imported(byte[] export) {
        return imported(export, files(), Optional.empty());
    }

    private Imported imported(byte[] export, StoreFiles like, Optional<String> verifierKey) {
        StoreFiles files = new StoreFiles(directory.resolve("key" + imports++), like.anchor(), like.mode());
        Engine target = RamEngine.open();
        ImportSummary summary = StoreImport.into(
                target,
                new ByteArrayInputStream(export),
                files,
                verifierKey,
                1000,
                InstantSource.fixed(NOON.plusSeconds(60)),
                new SplittableRandom(100 + imports));
        AccountStore opened = AccountStore.open(
                target,
                files.withMode(new AnchorMode.None()),
                InstantSource.fixed(NOON.plusSeconds(60)),
                new SplittableRandom(7));
        return new Imported(target, opened, summary);
    }

    @Test
    void whoExportsCredentialsIsAuditedBeforeTheFirstByteAndInTheExportItself() {
        long audited = store.inspector().head().auditSize();
        List<Long> whenWriting = new ArrayList<>();
        ByteArrayOutputStream out = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int from, int length) {
                whenWriting.add(store.inspector().head().auditSize());
                super.write(bytes, from, length);
            }
        };
        store.exportWithCredentials(out, new Actor.Offline(1000), "/backups/one");

        assertThat(whenWriting).isNotEmpty().containsOnly(audited + 1);
        AuditEvent event = store.auditLog().read(audited + 1, 1).getFirst().event();
        assertThat(event.kind()).isEqualTo("store.export");
        assertThat(event.actor()).contains(new Actor.Offline(1000));
        assertThat(event.newValue()).contains("with credentials").contains("/backups/one");
        assertThat(imported(out.toByteArray()).store().auditLog().read(1, AuditLog.PAGE))
                .anyMatch(entry -> entry.event().kind().equals("store.export"));
    }

    @Test
    void credentialsAreNotExportedWhereThatCannotBeAudited() throws IOException {
        StoreFiles files = StoreFiles.defaultsFor(directory.resolve("closed"));
        Files.createDirectory(directory.resolve("closed"));
        try (Engine other = RamEngine.open()) {
            AccountStore closed = AccountStore.create(
                    other, files, Stores.seeds(), InstantSource.fixed(NOON), new SplittableRandom(8));
            other.addDurabilityHook(view -> {
                throw new UncheckedIOException(new IOException("no space left on device"));
            });
            ByteArrayOutputStream out = new ByteArrayOutputStream();

            assertThatThrownBy(() -> closed.exportWithCredentials(out, new Actor.Offline(0), "somewhere"))
                    .isInstanceOf(EngineException.class);
            assertThat(out.size()).isZero();
            closed.close();
        }
    }

    @Test
    void oneStateGivesTheSameBytesEachTime() {
        Stores.create(store, "alice");
        assertThat(export(ExportCredentials.INCLUDED)).isEqualTo(export(ExportCredentials.INCLUDED));
        assertThat(export(ExportCredentials.WITHHELD)).isEqualTo(export(ExportCredentials.WITHHELD));
    }

    @Test
    void whatIsImportedIsWhatWasExportedWithItsHistory() {
        Stored<Account> alice = Stores.create(store, "alice");
        Stores.committed(store.accountManager().setStatus(alice.recordId(), AccountStatus.LOCKED, 1, DAEMON));
        StoreHead before = store.inspector().head();

        Imported imported = imported(export(ExportCredentials.INCLUDED));

        assertThat(imported.store.accounts().byName(key("alice")))
                .isEqualTo(store.accounts().byName(key("alice")));
        assertThat(imported.store.accounts().history(alice.recordId()))
                .extracting(entry -> entry.record().version() + " "
                        + entry.entry().operation() + " " + entry.entry().time())
                .isEqualTo(store.accounts().history(alice.recordId()).stream()
                        .map(entry ->
                                entry.record().version() + " " + entry.entry().operation() + " "
                                        + entry.entry().time())
                        .toList());
        StoreHead after = imported.store.inspector().head();
        assertThat(after.storeId()).isEqualTo(before.storeId());
        assertThat(after.storeEpoch()).isEqualTo(before.storeEpoch() + 1);
        assertThat(after.journalSize()).isEqualTo(before.journalSize() + 2);
        assertThat(imported.store.inspector().verify().findings()).isEmpty();
        Stores.create(imported.store, "bob");
        assertThat(imported.store.inspector().verify().findings()).isEmpty();
    }

    @Test
    void theFirstEntryNamesWhatTheEpochFollows() {
        AnchoredHead head = engine.read(Anchoring::headOf);

        Imported imported = imported(export(ExportCredentials.INCLUDED));

        JournalEntry first = imported.engine.read(view -> new Records(view).entry(1));
        assertThat(first.predecessor()).contains(head);
        assertThat(first.operation()).isEqualTo("store.import");
        assertThat(first.actor()).isEqualTo(new Actor.Offline(1000));
        assertThat(imported.store.auditLog().read(1, 1).getFirst().event().newValue())
                .isEqualTo("store.import");
    }

    @Test
    void anImportedStoreCanBeExportedAgain() {
        Stores.create(store, "alice");
        Imported once = imported(export(ExportCredentials.INCLUDED));
        Stores.create(once.store, "bob");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        once.store.export(out, ExportCredentials.INCLUDED);

        Imported twice = imported(out.toByteArray());

        assertThat(twice.store.inspector().head().storeEpoch()).isEqualTo(3);
        assertThat(twice.store.accounts().byName(key("alice"))).isPresent();
        assertThat(twice.store.accounts().byName(key("bob"))).isPresent();
    }

    @Test
    void withheldCredentialsAreNowhereInTheBytesAndOwnersEnrolAgain() {
        RecordId credential = store.accounts()
                .byName(key("operator"))
                .orElseThrow()
                .content()
                .credentialRefs()
                .first();
        byte[] verifier = engine.read(view -> Contents.as(
                        Credential.class,
                        new Records(view)
                                .newest(RecordKind.CREDENTIAL, credential)
                                .orElseThrow())
                .content()
                .verifier()
                .toBytes());
        assertThat(indexOf(export(ExportCredentials.INCLUDED), verifier)).isPositive();
        byte[] withheld = export(ExportCredentials.WITHHELD);
        assertThat(indexOf(withheld, verifier)).isNegative();

        Imported imported = imported(withheld);

        assertThat(imported.summary.withoutCredentials()).isEqualTo(2);
        Account operator =
                imported.store.accounts().byName(key("operator")).orElseThrow().content();
        assertThat(operator.credentialRefs()).isEmpty();
        assertThat(operator.roles())
                .isEqualTo(store.accounts()
                        .byName(key("operator"))
                        .orElseThrow()
                        .content()
                        .roles());
        assertThat(imported.store.inspector().verify().findings()).isEmpty();
    }

    private static int indexOf(byte[] haystack, byte[] needle) {
        for (int at = 0; at + needle.length <= haystack.length; at++) {
            if (Arrays.equals(haystack, at, at + needle.length, needle, 0, needle.length)) {
                return at;
            }
        }
        return -1;
    }

    @Test
    void anyByteThatIsChangedIsNoticed() {
        byte[] export = export(ExportCredentials.INCLUDED);
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < 60; i++) {
            byte[] changed = export.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            assertThatThrownBy(() -> imported(changed)).isInstanceOf(ExportRefusedException.class);
        }
    }

    @Test
    void anExportThatIsCutOffOrContinuedIsRefused() {
        byte[] export = export(ExportCredentials.INCLUDED);
        for (int length : new int[] {0, 5, 12, 100, export.length / 2, export.length - 1}) {
            assertThatThrownBy(() -> imported(Arrays.copyOf(export, length)))
                    .isInstanceOf(ExportRefusedException.class);
        }
        assertThatThrownBy(() -> imported(Arrays.copyOf(export, export.length + 1)))
                .isInstanceOf(ExportRefusedException.class)
                .hasMessageContaining("something follows");
    }

    @Test
    void anExportOfAnotherKeyIsRefused() {
        byte[] export = export(ExportCredentials.INCLUDED);
        String own = store.inspector().checkpoint().verifierKey();
        assertThat(imported(export, files(), Optional.of(own + "\n")).summary.signer())
                .isEqualTo(own);
        String other = imported(export).store.inspector().checkpoint().verifierKey();
        assertThatThrownBy(() -> imported(export, files(), Optional.of(other)))
                .isInstanceOfSatisfying(
                        ExportRefusedException.class,
                        e -> assertThat(e.code()).isEqualTo(ExportRefusedException.Code.KEY));
    }

    @Test
    void aVersionThatWasTakenOverCanBeProvedAndTheKeyBeRotated() {
        Stored<Account> alice = Stores.create(store, "alice");
        Stores.committed(store.rotateKey(DAEMON));
        Imported imported = imported(export(ExportCredentials.INCLUDED));
        for (int rotations = 0; rotations < 2; rotations++) {
            String proof = imported.store
                    .prover()
                    .inclusion(RecordKind.ACCOUNT, alice.recordId(), 1, 0)
                    .orElseThrow();
            ProofTrust trust = new ProofTrust(
                    Optional.of(imported.store.inspector().checkpoint().verifierKey()),
                    Optional.empty(),
                    Optional.empty());
            assertThat(ProofChecker.check(proof, trust)).isInstanceOf(ProofVerdict.Included.class);
            Stores.committed(imported.store.rotateKey(DAEMON));
            assertThat(imported.store.inspector().verify().findings()).isEmpty();
        }
    }

    @Test
    void anExportThatIsAheadOfTheClockIsRefused() {
        Engine ahead = RamEngine.open();
        Instant later = NOON.plus(Duration.ofDays(1));
        AccountStore fast =
                AccountStore.createInMemory(ahead, Stores.seeds(), InstantSource.fixed(later), new SplittableRandom(2));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        fast.export(out, ExportCredentials.INCLUDED);

        assertThatThrownBy(() -> imported(out.toByteArray()))
                .isInstanceOfSatisfying(
                        ClockSetBackException.class,
                        e -> assertThat(e.lastEntry()).isEqualTo(later));
    }

    @Test
    void anExportThatIsOlderThanTheAnchorIsRefused() {
        byte[] older = export(ExportCredentials.INCLUDED);
        Stores.create(store, "alice");
        StoreFiles anchored = files().withMode(new AnchorMode.Strict());
        RollbackAnchor.replace(anchored.anchor(), engine.read(Anchoring::headOf));

        assertThatThrownBy(() -> imported(older, anchored, Optional.empty()))
                .isInstanceOfSatisfying(
                        ExportRefusedException.class,
                        e -> assertThat(e.code()).isEqualTo(ExportRefusedException.Code.OLDER))
                .hasMessageContaining("the anchor");
        assertThat(imported(export(ExportCredentials.INCLUDED), anchored, Optional.empty())
                        .summary
                        .head()
                        .storeEpoch())
                .isEqualTo(2);
    }

    @Test
    void anExportOfAnotherHistoryThanTheAnchorsIsRefused() {
        byte[] one = export(ExportCredentials.INCLUDED);
        Engine otherEngine = RamEngine.open();
        AccountStore other = imported(one, otherEngine);
        Engine thirdEngine = RamEngine.open();
        AccountStore third = imported(one, thirdEngine);
        Stores.create(other, "mallory");
        Stores.create(third, "alice");
        StoreFiles anchored = files().withMode(new AnchorMode.Strict());
        RollbackAnchor.replace(anchored.anchor(), thirdEngine.read(Anchoring::headOf));
        Stores.create(other, "eve");
        ByteArrayOutputStream forged = new ByteArrayOutputStream();
        other.export(forged, ExportCredentials.INCLUDED);

        assertThatThrownBy(() -> imported(forged.toByteArray(), anchored, Optional.empty()))
                .isInstanceOfSatisfying(
                        ExportRefusedException.class,
                        e -> assertThat(e.code()).isEqualTo(ExportRefusedException.Code.FORKED))
                .hasMessageContaining("the anchor");
    }

    @Test
    void whatIsNoExportIsRefusedAsSuch() throws IOException {
        for (String text : List.of("", "PK", "not an export at all, but long enough to be one")) {
            assertThatThrownBy(() -> imported(text.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOfSatisfying(
                            ExportRefusedException.class,
                            e -> assertThat(e.code()).isEqualTo(ExportRefusedException.Code.FORMAT));
        }
        try (var left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }
}
