package dev.bailiwick.accountstore;

import static dev.bailiwick.accountstore.Stores.DAEMON;
import static dev.bailiwick.accountstore.Stores.NOON;
import static dev.bailiwick.accountstore.Stores.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineException;
import dev.bailiwick.engine.RocksOptions.Mode;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.TransactionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store on disk with its anchor: what is lost, turned back or exchanged is refused when it is opened. */
class AnchoredStoreTest {
    @TempDir
    private Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
    private Path path;
    private StoreFiles files;

    @BeforeEach
    void aStoreOnDisk() {
        path = directory.resolve("store");
        files = StoreFiles.defaultsFor(path);
        try (Open made = create(path, files)) {
            Stores.create(made.store, "alice");
        }
    }

    @Test
    void whatWasCommittedIsThereAfterReopening() {
        try (Open open = open()) {
            assertThat(open.store.accounts().byName(key("alice"))).isPresent();
            assertThat(open.store.inspector().verify().findings()).isEmpty();
            assertThat(open.store.inspector().head().journalSize()).isEqualTo(2);
        }
    }

    @Test
    void everyAcknowledgedCommitIsAnchored() {
        try (Open open = open()) {
            Stores.create(open.store, "bob");
            StoreHead head = open.store.inspector().head();
            AnchoredHead anchored = open.store.anchored().orElseThrow();
            assertThat(anchored.size()).isEqualTo(head.journalSize()).isEqualTo(3);
            assertThat(anchored.root()).isEqualTo(head.journalRoot());
            assertThat(anchored.auditSize()).isEqualTo(head.auditSize());
            assertThat(RollbackAnchor.read(files.anchor())).isEqualTo(anchored);
        }
    }

    @Test
    void anOpeningDoesNotTrustThatWhatTheAnchorSaysEverReachedTheDisk() throws IOException {
        AnchoredHead said = RollbackAnchor.read(files.anchor());
        byte[] before = Files.readAllBytes(files.anchor());
        open().close();
        assertThat(Files.readAllBytes(files.anchor())).isNotEqualTo(before);
        assertThat(RollbackAnchor.read(files.anchor())).isEqualTo(said);
    }

    @Test
    void anOlderCopyOfTheWholeDirectoryIsRefusedAsRolledBack() throws IOException {
        Path older = directory.resolve("older");
        copy(path, older);
        try (Open open = open()) {
            Stores.create(open.store, "bob");
        }
        delete(path);
        copy(older, path);
        assertRefused(AnchorException.Code.ROLLED_BACK, "expects 3 journal entries", "the store has 2");
        assertReadingRefused(AnchorException.Code.ROLLED_BACK);
    }

    @Test
    void anOlderCopyThatWentOnDifferentlyIsRefusedAsForked() throws IOException {
        Path older = directory.resolve("older");
        copy(path, older);
        try (Open open = open()) {
            Stores.create(open.store, "bob");
        }
        Path anchor = directory.resolve("kept.anchor");
        Files.copy(files.anchor(), anchor);
        delete(path);
        copy(older, path);
        // The attacker's own anchor lets the older copy grow to the same size with another history.
        Files.delete(files.anchor());
        try (Engine engine = Stores.rocks(path, Mode.READ_WRITE)) {
            RollbackAnchor.create(files.anchor(), engine.read(Anchoring::headOf))
                    .close();
        }
        try (Open open = open()) {
            Stores.create(open.store, "mallory");
        }
        files = files.withAnchor(anchor);
        assertRefused(AnchorException.Code.FORKED, "expects root", "but they have root");
    }

    @Test
    void anotherStoresAnchorIsRefusedAsForeign() {
        Path other = directory.resolve("other");
        StoreFiles otherFiles = StoreFiles.defaultsFor(other);
        create(other, otherFiles, 2).close();
        files = files.withAnchor(otherFiles.anchor());
        assertRefused(AnchorException.Code.FOREIGN, "belongs to store sto-", "but this is store sto-");
    }

    @Test
    void aMissingAnchorIsRefused() throws IOException {
        Files.delete(files.anchor());
        assertRefused(AnchorException.Code.MISSING, "there is no anchor at", "rolled back");
        assertReadingRefused(AnchorException.Code.MISSING);
        assertThat(files.anchor()).doesNotExist();
    }

    @Test
    void aDamagedAnchorIsRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(files.anchor());
        bytes[30] ^= 1;
        bytes[4096 + 30] ^= 1;
        Files.write(files.anchor(), bytes);
        assertRefused(AnchorException.Code.CORRUPT, "neither slot", "");
    }

    @Test
    void aStoreThatIsAheadOfItsAnchorOpensAndIsAnchored() throws IOException {
        Path older = directory.resolve("older.anchor");
        Files.copy(files.anchor(), older);
        try (Open open = open()) {
            Stores.create(open.store, "bob");
        }
        // As when the process died between the sync and the anchor: bob was never acknowledged, and may stay.
        files = files.withAnchor(older);
        try (Open open = open()) {
            assertThat(open.store.accounts().byName(key("bob"))).isPresent();
            assertThat(open.store.anchored().orElseThrow().size()).isEqualTo(3);
        }
    }

    @Test
    void readingOnlyChangesNoByteOfStoreAnchorOrKey() throws IOException {
        Map<String, String> before = contents();
        try (Open open = open(Mode.READ_ONLY)) {
            assertThat(open.store.accounts().byName(key("alice"))).isPresent();
            assertThat(open.store.inspector().verify().findings()).isEmpty();
            SignedCheckpoint signed = open.store.inspector().checkpoint();
            assertThat(Checkpoint.open(signed.note(), signed.verifierKey())).contains(signed.checkpoint());
            assertThatThrownBy(() -> Stores.create(open.store, "bob"))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.code()).isEqualTo(EngineException.Code.READ_ONLY));
        }
        assertThat(contents()).isEqualTo(before);
    }

    @Test
    void anIntervalAnchorFollowsWhenItIsDueAndOnClosing() {
        files = new StoreFiles(files.key(), files.anchor(), new AnchorMode.Interval(Duration.ofSeconds(10)));
        try (Open open = open()) {
            Stores.create(open.store, "bob");
            assertThat(open.store.anchored().orElseThrow().size()).isEqualTo(2);
            now.set(NOON.plusSeconds(10));
            Stores.create(open.store, "carol");
            assertThat(open.store.anchored().orElseThrow().size()).isEqualTo(4);
            Stores.create(open.store, "dave");
            assertThat(open.store.anchored().orElseThrow().size()).isEqualTo(4);
        }
        assertThat(RollbackAnchor.read(files.anchor()).size()).isEqualTo(5);
    }

    @Test
    void anIntervalAnchorFollowsThoughNoCommitComes() {
        files = files.withMode(new AnchorMode.Interval(Duration.ofMillis(20)));
        try (Open open = open()) {
            Stores.create(open.store, "bob");
            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(RollbackAnchor.read(files.anchor()).size())
                                    .isEqualTo(3));
            assertThat(open.store.rollbackDetection().words())
                    .startsWith("what was acknowledged in the last 20 ms can be taken back unnoticed");
        }
    }

    @Test
    void theWindowThatIsNotAnchoredIsShown() {
        files = files.withMode(new AnchorMode.Interval(Duration.ofHours(1)));
        try (Open open = open()) {
            Stores.create(open.store, "bob");
            RollbackDetection detection = open.store.rollbackDetection();
            assertThat(detection.mode().word()).isEqualTo("interval");
            assertThat(detection.anchored().orElseThrow().size()).isEqualTo(2);
            assertThat(detection.words()).contains("entries 3 to 3 are not anchored yet");
        }
        try (Open open = open(Mode.READ_ONLY)) {
            assertThat(open.store.rollbackDetection().anchored().orElseThrow().size())
                    .isEqualTo(3);
        }
    }

    @Test
    void anIntervalAnchorThatCannotBeMovedStopsTheStore() {
        files = files.withMode(new AnchorMode.None());
        try (Open open = open()) {
            RollbackAnchor anchor = RollbackAnchor.open(files.anchor());
            Anchoring anchoring = new Anchoring(anchor, new AnchorMode.Interval(Duration.ofMillis(20)), now::get);
            open.engine.addDurabilityHook(anchoring);
            // Closed under it, as when the volume goes away.
            anchor.close();
            Stores.create(open.store, "bob");
            Awaitility.await().until(() -> anchoring.failure().isPresent());
            assertThatThrownBy(() -> Stores.create(open.store, "carol"))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.code()).isEqualTo(EngineException.Code.FAILED));
            assertThatThrownBy(anchoring::close).isInstanceOf(AnchorException.class);
        }
    }

    @Test
    void withoutAnAnchorItIsSaidThatARollbackCannotBeDetected() throws IOException {
        files = files.withMode(new AnchorMode.None());
        Files.delete(files.anchor());
        try (Open open = open()) {
            Stores.create(open.store, "bob");
            assertThat(open.store.rollbackDetection().mode().word()).isEqualTo("none");
            assertThat(open.store.rollbackDetection().words()).contains("a rollback cannot be detected");
        }
        assertThat(files.anchor()).doesNotExist();
    }

    @Test
    void aTornSlotLeavesTheOtherOne() throws IOException {
        for (int slot = 0; slot < 2; slot++) {
            byte[] whole = Files.readAllBytes(files.anchor());
            byte[] torn = whole.clone();
            torn[slot * 4096 + 60] ^= 1;
            Files.write(files.anchor(), torn);
            try (Open open = open()) {
                assertThat(open.store.anchored().orElseThrow().size()).isEqualTo(2);
            }
        }
    }

    @Test
    void aClockThatWasSetBackIsRefused() {
        now.set(NOON.minus(Duration.ofDays(1)));
        for (Mode mode : new Mode[] {Mode.READ_WRITE, Mode.READ_ONLY}) {
            assertThatThrownBy(() -> open(mode))
                    .isInstanceOfSatisfying(
                            ClockSetBackException.class,
                            e -> assertThat(e.lastEntry()).isEqualTo(NOON))
                    .hasMessageContaining("2026-11-19T12:00:00Z")
                    .hasMessageContaining("2026-11-20T12:00:00Z");
        }
        now.set(NOON.minusSeconds(30));
        open().close();
    }

    @Test
    void timeInTheJournalNeverGoesBack() {
        try (Open open = open()) {
            now.set(NOON.minus(Duration.ofDays(1)));
            Stored<Account> bob = Stores.create(open.store, "bob");
            assertThat(bob.updatedAt()).isBetween(NOON, NOON.plusSeconds(60));
            assertThat(open.store.warnings()).singleElement().asString().contains("clock was set back");
            assertThat(open.store.inspector().verify().findings()).isEmpty();
        }
    }

    @Test
    void aStoreWithoutItsNewestEntryIsRefusedThoughItsTreeIsWhole() {
        try (Engine engine = Stores.rocks(path, Mode.READ_WRITE)) {
            engine.commit(txn -> {
                txn.delete(StoreTables.JOURNAL, Keys.number(2));
                return true;
            });
        }
        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        CorruptStoreException.class,
                        e -> assertThat(e.code()).isEqualTo(CorruptStoreException.Code.ENTRIES_MISSING));
    }

    @Test
    void anAnchorThatCannotBeWrittenStopsAcknowledgement() throws IOException {
        try (Open open = open()) {
            Stored<Account> alice = open.store.accounts().byName(key("alice")).orElseThrow();
            // A hook before the anchor's own stands in for a volume that went away.
            open.engine.addDurabilityHook(synced -> {
                throw new AnchorException(AnchorException.Code.IO, files.anchor(), "the volume is gone");
            });
            assertThatThrownBy(() ->
                            open.store.accountManager().setStatus(alice.recordId(), AccountStatus.LOCKED, 1, DAEMON))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.code()).isEqualTo(EngineException.Code.FAILED));
            assertThat(open.store.accounts().byName(key("alice"))).contains(alice);
        }
        try (Open open = open()) {
            assertThat(open.store.inspector().verify().findings()).isEmpty();
        }
    }

    @Test
    void aTransactionRepeatedAfterReopeningIsAnsweredTheSame() {
        ClientRequest request = new ClientRequest(TransactionId.of(new byte[16]), Hash256.sha256(new byte[] {1}));
        Receipt first;
        try (Open open = open()) {
            first = Stores.committed(
                    open.store.accountManager().create(Stores.localUser(open.store, "bob"), DAEMON.asking(request)));
        }
        try (Open open = open()) {
            assertThat(open.store.accountManager().create(Stores.localUser(open.store, "bob"), DAEMON.asking(request)))
                    .isEqualTo(new CommitResult.Committed(first));
            assertThat(open.store.inspector().head().journalSize()).isEqualTo(first.sequence());
        }
    }

    @Test
    void aRotatedKeySignsFromThenOnAndAfterReopening() throws IOException {
        String before = Files.readString(files.key());
        String verifierKey;
        try (Open open = open()) {
            Stores.committed(open.store.rotateKey(DAEMON));
            verifierKey = open.store.inspector().checkpoint().verifierKey();
            assertThat(open.store.inspector().verify().findings()).isEmpty();
        }
        assertThat(Files.readString(files.key())).isNotEqualTo(before);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files.key())))
                .isEqualTo("rw-------");
        assertThat(StoreKeys.nextTo(files.key())).doesNotExist();
        try (Open open = open()) {
            assertThat(open.store.inspector().checkpoint().verifierKey()).isEqualTo(verifierKey);
            Stores.committed(open.store.rotateKey(DAEMON));
            assertThat(open.store.inspector().verify().findings()).isEmpty();
        }
    }

    @Test
    void aRotationThatDiedBeforeItsCommitLeavesTheOldKey() throws IOException {
        StoreKey.create(StoreKeys.nextTo(files.key()), new SecureRandom());
        try (Open open = open(Mode.READ_ONLY)) {
            assertThat(open.store.inspector().checkpoint().verifierKey()).isNotEmpty();
        }
        assertThat(StoreKeys.nextTo(files.key())).exists();
        open().close();
        assertThat(StoreKeys.nextTo(files.key())).doesNotExist();
    }

    @Test
    void aRotationThatDiedAfterItsCommitIsFinished() throws IOException {
        byte[] old = Files.readAllBytes(files.key());
        try (Open open = open()) {
            Stores.committed(open.store.rotateKey(DAEMON));
        }
        Files.move(files.key(), StoreKeys.nextTo(files.key()));
        Files.write(files.key(), old);
        Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-------"));
        Map<String, String> found = contents();
        try (Open open = open(Mode.READ_ONLY)) {
            assertThat(open.store.inspector().verify().findings()).isEmpty();
        }
        assertThat(contents()).isEqualTo(found);
        try (Open open = open()) {
            assertThat(open.store.inspector().verify().findings()).isEmpty();
        }
        assertThat(StoreKeys.nextTo(files.key())).doesNotExist();
        assertThat(Files.readAllBytes(files.key())).isNotEqualTo(old);
    }

    @Test
    void anotherStoresKeyIsRefused() throws IOException {
        Files.delete(files.key());
        StoreKey.create(files.key(), new SecureRandom());
        assertThatThrownBy(this::open).isInstanceOf(CorruptStoreException.class).hasMessageContaining("store key");
    }

    @Test
    void aStoreIsNotMadeOverAnAnchorThatIsThere() {
        Path other = directory.resolve("other");
        StoreFiles taken = StoreFiles.defaultsFor(other).withAnchor(files.anchor());
        assertThatThrownBy(() -> create(other, taken))
                .isInstanceOfSatisfying(
                        AnchorException.class, e -> assertThat(e.code()).isEqualTo(AnchorException.Code.EXISTS));
        assertThat(taken.key()).doesNotExist();
    }

    @Test
    void seedsThatBreakARuleMakeNoStore() {
        Path other = directory.resolve("other");
        StoreFiles otherFiles = StoreFiles.defaultsFor(other);
        try (Engine engine = Stores.rocks(other, Mode.CREATE)) {
            assertThatThrownBy(() -> AccountStore.create(
                            engine,
                            otherFiles,
                            Stores.seeds().subList(1, Stores.seeds().size()),
                            now::get,
                            new SplittableRandom(3)))
                    .isInstanceOf(StoreRefusedException.class)
                    .hasMessageContaining("unknown-role");
            assertThat(engine.<Boolean>read(view ->
                            view.last(StoreTables.META, new byte[0], null).isEmpty()))
                    .isTrue();
        }
        assertThat(otherFiles.anchor()).doesNotExist();
        assertThat(otherFiles.key()).doesNotExist();
    }

    @Test
    void aMissingOrReadableKeyIsRefused() throws IOException {
        Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(this::open).isInstanceOf(CorruptStoreException.class).hasMessageContaining("chmod 600");
        Files.delete(files.key());
        assertThatThrownBy(this::open)
                .isInstanceOf(CorruptStoreException.class)
                .hasMessageContaining("there is no file");
    }

    @Test
    void anAnchorBesideTheStoreIsKnownToShareItsVolume() {
        assertThat(files.anchorSharesVolume()).isTrue();
    }

    // ---- helpers ----

    /** A store with the engine below it, closed in the right order. */
    private record Open(Engine engine, AccountStore store) implements AutoCloseable {
        @Override
        public void close() {
            engine.close();
            store.close();
        }
    }

    private Open create(Path where, StoreFiles with) {
        return create(where, with, 1);
    }

    private Open create(Path where, StoreFiles with, long seed) {
        Engine engine = Stores.rocks(where, Mode.CREATE);
        try {
            return new Open(
                    engine, AccountStore.create(engine, with, Stores.seeds(), now::get, new SplittableRandom(seed)));
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    private Open open() {
        return open(Mode.READ_WRITE);
    }

    private Open open(Mode mode) {
        Engine engine = Stores.rocks(path, mode);
        try {
            // Another seed than at creation, or the ids would repeat.
            return new Open(
                    engine, AccountStore.open(engine, files, now::get, new SplittableRandom(System.nanoTime())));
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    private void assertRefused(AnchorException.Code code, String expected, String found) {
        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        AnchorException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(expected)
                .hasMessageContaining(found);
    }

    private void assertReadingRefused(AnchorException.Code code) {
        assertThatThrownBy(() -> open(Mode.READ_ONLY))
                .isInstanceOfSatisfying(
                        AnchorException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> found = Files.walk(from)) {
            for (Path file : found.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> found = Files.walk(tree)) {
            for (Path file : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private Map<String, String> contents() throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> found = Files.walk(directory)) {
            for (Path file : found.toList()) {
                contents.put(
                        directory.relativize(file) + " " + Files.getLastModifiedTime(file),
                        Files.isDirectory(file) ? "" : HexFormat.of().formatHex(Files.readAllBytes(file)));
            }
        }
        return contents;
    }
}
