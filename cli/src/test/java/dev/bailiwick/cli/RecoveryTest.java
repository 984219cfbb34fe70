package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.accountstore.StoreTables;
import dev.bailiwick.daemon.StoreLocation;
import dev.bailiwick.daemon.StoreMaker;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineLimits;
import dev.bailiwick.engine.RocksEngine;
import dev.bailiwick.engine.RocksOptions;
import dev.bailiwick.engine.StoreHold;
import dev.bailiwick.engine.StoreOwner;
import dev.bailiwick.engine.Table;
import dev.bailiwick.engine.Txn;
import dev.bailiwick.storage.StorageTables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each kind of damage, made on a real store: what is said, and that following the hint gives a working store again. */
class RecoveryTest {
    @TempDir
    Path directory;

    private Path store;
    private Path anchor;

    @BeforeEach
    void aStoreWithTwoAccounts() {
        store = directory.resolve("store");
        anchor = directory.resolve("store.anchor");
        TestHost.host()
                .bailiwick("init", "--store", store.toString(), "--manifest", Site.MANIFEST.toString())
                .ok();
        admin("account", "create", "alice").ok();
        admin("account", "create", "bob").ok();
        admin("account", "disable", "bob").ok();
    }

    private TestHost.Ended admin(String... arguments) {
        return on(store, anchor, arguments);
    }

    private static TestHost.Ended on(Path store, Path anchor, String... arguments) {
        List<String> words = new ArrayList<>(Arrays.asList(arguments));
        words.addAll(List.of("--store", store.toString(), "--anchor", anchor.toString()));
        return TestHost.host().accountAdmin(words.toArray(String[]::new));
    }

    private Json.Obj show(String name) {
        return (Json.Obj) admin("account", "show", name, "-o", "json").ok().json();
    }

    /** The store is refused with that code, the hint is followed, and there is a working store with the right accounts. */
    private Json.Obj refusedThenRecovered(String code, String... recoverWith) {
        assertThat(admin("account", "list").status()).isEqualTo(6);
        TestHost.Ended served = TestHost.host()
                .bailiwick(
                        "serve",
                        "--store",
                        store.toString(),
                        "--anchor",
                        anchor.toString(),
                        "--socket",
                        directory.resolve("s").toString());
        assertThat(served.status()).isEqualTo(6);
        assertThat(served.err()).startsWith("error[" + code + "]: ").contains("hint: ");
        assertThat(served.err()).contains("account-admin store recover --store DIR --manifest FILE");
        return recovered(recoverWith);
    }

    private Json.Obj recovered(String... options) {
        List<String> words = new ArrayList<>(List.of("store", "recover", "--manifest", Site.MANIFEST.toString()));
        words.addAll(Arrays.asList(options));
        words.addAll(List.of("-o", "json"));
        Json.Obj answer = (Json.Obj) admin(words.toArray(String[]::new)).ok().json();
        admin("store", "verify").ok();
        return answer;
    }

    private void assertRestricted(Json.Obj answer, String aliceBefore) {
        assertThat(answer.text("scope")).isIn("older", "nothing");
        assertThat(show("alice").text("principalId")).isEqualTo(aliceBefore);
        assertThat(show("alice").text("status")).isEqualTo("recoveryOnly");
        assertThat(show("alice").list("roles").items()).isEmpty();
        assertThat(show("bob").text("status")).isEqualTo("disabled");
        assertThat(show("operator").list("roles").items()).hasSize(3);
        assertThat(answer.list("codes").objects())
                .extracting(code -> code.text("name"))
                .contains("operator");
        // The way back for everybody else.
        admin("account", "enable", "alice").ok();
        admin("account", "role", "add", "alice", "local-user").ok();
        admin("account", "new-code", "alice").ok();
        admin("store", "verify").ok();
    }

    private void assertKept(Json.Obj answer) {
        assertThat(answer.list("accountsRestricted").items()).isEmpty();
        assertThat(show("alice").text("status")).isEqualTo("active");
        assertThat(show("bob").text("status")).isEqualTo("disabled");
        assertThat(answer.list("codes").items()).isEmpty();
    }

    private void edit(Consumer<Txn> change) {
        List<Table> tables = Stream.concat(StoreTables.ALL.stream(), StorageTables.all().stream())
                .toList();
        try (Engine engine = RocksEngine.open(new RocksOptions(
                store,
                tables,
                RocksOptions.Mode.READ_WRITE,
                StoreOwner.thisProcess(Optional.empty()),
                EngineLimits.DEFAULT))) {
            engine.commit(txn -> {
                change.accept(txn);
                return true;
            });
        }
    }

    private static Table table(String name) {
        return StoreTables.ALL.stream()
                .filter(table -> table.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void aWholeDirectoryFromAnOlderCopy() throws IOException {
        String alice = show("alice").text("principalId");
        Path older = Files.createDirectories(directory.resolve("older"));
        Site.copy(store, older);
        admin("account", "create", "newer").ok();
        delete(store);
        Files.move(older, store);

        Json.Obj answer = refusedThenRecovered("rolled-back");

        assertRestricted(answer, alice);
        assertThat(answer.number("storeEpoch")).isEqualTo(2);
        assertThat(Path.of(answer.text("setAside"))).isDirectory();
    }

    @Test
    void aForkedHistory() throws IOException {
        String alice = show("alice").text("principalId");
        Path other = Files.createDirectories(directory.resolve("other"));
        Path otherAnchor = directory.resolve("other.anchor");
        Site.copy(store, other);
        Files.copy(anchor, otherAnchor);
        admin("account", "create", "left").ok();
        on(other, otherAnchor, "account", "create", "right").ok();
        delete(store);
        Files.move(other, store);

        assertRestricted(refusedThenRecovered("forked"), alice);
    }

    @Test
    void newestEntriesThatWereTakenAway() {
        String alice = show("alice").text("principalId");
        edit(txn -> txn.last(table("journal"), new byte[0], null)
                .ifPresent(row -> txn.delete(table("journal"), row.key())));

        assertRestricted(refusedThenRecovered("entries-missing"), alice);
    }

    @Test
    void anAnchorThatIsMissing() throws IOException {
        String alice = show("alice").text("principalId");
        Files.delete(anchor);

        assertRestricted(refusedThenRecovered("anchor-missing"), alice);
    }

    @Test
    void anAnchorThatIsMissingWhereTheOperatorKnowsTheCopyIsTheNewest() throws IOException {
        Files.delete(anchor);

        Json.Obj answer = refusedThenRecovered("anchor-missing", "--as-newest");

        assertThat(answer.text("scope")).isEqualTo("whole");
        assertKept(answer);
        assertThat(admin("account", "history", "bob").ok().out()).contains("account.create");
    }

    @Test
    void anAnchorThatIsCorrupt() throws IOException {
        String alice = show("alice").text("principalId");
        Files.write(anchor, new byte[8192]);

        assertRestricted(refusedThenRecovered("anchor-corrupt"), alice);
    }

    @Test
    void anAnchorOfAnotherStoreIsLeftAloneAndANewOneIsMade() throws IOException {
        Path other = directory.resolve("other");
        TestHost.host()
                .bailiwick("init", "--store", other.toString(), "--manifest", Site.MANIFEST.toString())
                .ok();
        anchor = directory.resolve("other.anchor");
        byte[] before = Files.readAllBytes(anchor);

        TestHost.Ended refused = admin("account", "list");
        assertThat(refused.status()).isEqualTo(6);
        assertThat(refused.err()).startsWith("error[anchor-foreign]: ").contains("--anchor NEW-FILE");
        TestHost.Ended notTaken = admin("store", "recover", "--manifest", Site.MANIFEST.toString());
        assertThat(notTaken.status()).isEqualTo(6);
        assertThat(Files.readAllBytes(anchor)).isEqualTo(before);

        anchor = directory.resolve("new.anchor");
        recovered();
        admin("account", "list").ok();
    }

    @Test
    void anAnchorOfAnEarlierEpoch() throws IOException {
        byte[] older = Files.readAllBytes(anchor);
        recovered();
        Files.write(anchor, older);

        refusedThenRecovered("anchor-older");
    }

    @Test
    void aFileThatIsMissing() throws IOException {
        edit(txn -> {});
        try (Stream<Path> files = Files.list(store.resolve("db"))) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".sst")).toList()) {
                Files.delete(file);
            }
        }
        Json.Obj answer = refusedThenRecovered("file-missing", "--as-newest");

        assertThat(show("operator").list("roles").items()).hasSizeLessThanOrEqualTo(3);
        assertThat(answer.number("storeEpoch")).isEqualTo(2);
    }

    @Test
    void aRecordReplacedByAnOlderVersionIsFoundAndOnlyItsAccountIsRestricted() {
        byte[] kindOfAccounts = {0};
        edit(txn -> {
            byte[][] last = new byte[2][];
            txn.scan(table("records"), kindOfAccounts, new byte[] {1}, (key, value) -> {
                boolean second = key[key.length - 1] == 2;
                if (second && new String(value, StandardCharsets.UTF_8).contains("bob")) {
                    byte[] firstKey = key.clone();
                    firstKey[key.length - 1] = 1;
                    last[0] = key;
                    last[1] = txn.get(table("records"), firstKey);
                }
                return true;
            });
            txn.put(table("records"), last[0], last[1]);
        });

        TestHost.Ended verified = admin("store", "verify");
        assertThat(verified.status()).isEqualTo(6);
        assertThat(verified.err())
                .startsWith("error[record-replaced]: ")
                .contains("version 1 was put in its place")
                .contains("account-admin store recover");
        assertThat(admin("account", "show", "bob").status()).isEqualTo(6);

        Json.Obj answer = recovered();

        assertThat(answer.text("scope")).isEqualTo("newest");
        assertThat(show("bob").text("status")).isEqualTo("recoveryOnly");
        assertThat(show("alice").text("status")).isEqualTo("active");
        assertThat(answer.list("codes").items()).isEmpty();
    }

    @Test
    void aClockThatWasSetBack() {
        store = directory.resolve("future");
        anchor = directory.resolve("future.anchor");
        StoreMaker.make(
                StoreLocation.of(store, Optional.empty()),
                Manifests.read(Site.MANIFEST, new Output(TestHost.host().build(), new CommonOptions())),
                InstantSource.fixed(Instant.now().plus(Duration.ofDays(300))),
                new SecureRandom());

        Json.Obj answer = refusedThenRecovered("clock-set-back");

        assertThat(answer.text("scope")).isEqualTo("newest");
        assertThat(show("operator").list("roles").items()).hasSize(3);
        assertThat(answer.list("accountsRestricted").items()).isEmpty();
    }

    /** What says which files belong to the store is gone or garbled; the files themselves are whole. */
    private void rootsDamaged(String code, Damage damage) throws IOException {
        TestHost.Ended history = admin("account", "history", "bob").ok();
        damage.to(store.resolve("db"));

        Json.Obj answer = refusedThenRecovered(code);

        assertThat(answer.text("scope")).isEqualTo("whole");
        assertThat(answer.flag("fromRepair")).isTrue();
        assertKept(answer);
        assertThat(admin("account", "history", "bob").ok().out().lines().count())
                .isEqualTo(history.out().lines().count());
        assertThat(directory.resolve("store.repairing")).doesNotExist();
    }

    private interface Damage {
        void to(Path database) throws IOException;
    }

    private static List<Path> manifestsIn(Path database) throws IOException {
        try (Stream<Path> files = Files.list(database)) {
            return files.filter(file -> file.getFileName().toString().startsWith("MANIFEST-"))
                    .toList();
        }
    }

    @Test
    void aLostCurrentFile() throws IOException {
        rootsDamaged("file-missing", database -> Files.delete(database.resolve("CURRENT")));
    }

    @Test
    void aGarbledCurrentFile() throws IOException {
        rootsDamaged("corrupt", database -> Files.writeString(database.resolve("CURRENT"), "garbage"));
    }

    @Test
    void aLostManifestFile() throws IOException {
        rootsDamaged("file-missing", database -> {
            for (Path manifest : manifestsIn(database)) {
                Files.delete(manifest);
            }
        });
    }

    @Test
    void aDamagedManifestFile() throws IOException {
        rootsDamaged("corrupt", database -> {
            for (Path manifest : manifestsIn(database)) {
                byte[] bytes = Files.readAllBytes(manifest);
                for (int i = 0; i < bytes.length; i += 7) {
                    bytes[i] ^= 0x11;
                }
                Files.write(manifest, bytes);
            }
        });
    }

    @Test
    void noFileButTheLogIsWhole() throws IOException {
        rootsDamaged("file-missing", database -> {
            Files.delete(database.resolve("CURRENT"));
            for (Path manifest : manifestsIn(database)) {
                Files.delete(manifest);
            }
        });
    }

    @Test
    void aSeedManifestThatIsLostIsPrintedByTheStoreHoweverDamaged() throws IOException {
        Files.delete(anchor);
        Files.delete(store.resolve("db").resolve("CURRENT"));

        TestHost.Ended printed = admin("store", "manifest").ok();
        assertThat(printed.out()).isEqualTo(Files.readString(Site.MANIFEST));
        assertThat(printed.err()).contains("SHA-256").contains("committed");
        Json.Obj json = (Json.Obj) admin("store", "manifest", "-o", "json").ok().json();
        assertThat(json.text("source")).isEqualTo(printed.out());

        Path rescued = directory.resolve("rescued.toml");
        Files.writeString(rescued, printed.out());
        admin("store", "recover", "--manifest", rescued.toString()).ok();
        admin("store", "verify").ok();
        assertThat(admin("store", "manifest").ok().err()).contains("anchored");
    }

    @Test
    void anotherSeedManifestIsRefusedAndSaysWhereToFindTheRightOne() throws IOException {
        Files.delete(anchor);
        Path other = directory.resolve("other.toml");
        Files.writeString(other, Files.readString(Site.MANIFEST) + "\n# another\n");

        TestHost.Ended refused = admin("store", "recover", "--manifest", other.toString());

        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err()).startsWith("error[other-manifest]: ").contains("account-admin store manifest");
    }

    @Test
    void nothingButTheManifest() throws IOException {
        delete(store);
        Files.createDirectories(store);
        TestHost.Ended refused = admin("store", "recover", "--manifest", Site.MANIFEST.toString());
        assertThat(refused.status()).isEqualTo(6);
        assertThat(refused.err()).startsWith("error[store-unreadable]: ").contains("--manifest-alone");
        assertThat(store).isEmptyDirectory();

        Json.Obj answer = recovered("--manifest-alone");

        assertThat(answer.text("scope")).isEqualTo("nothing");
        assertThat(answer.number("storeEpoch")).isEqualTo(2);
        assertThat(answer.list("codes").items()).hasSize(2);
    }

    @Test
    void anInterruptionBetweenTheLastStepsIsCompleted() throws IOException {
        Json.Obj answer = recovered();
        Path aside = Path.of(answer.text("setAside"));
        Path building = directory.resolve("store.recovering");

        // After the anchor moved, before anything was renamed.
        Files.move(store, building);
        Files.move(aside, store);
        assertThat(refusedThenRecovered("rolled-back").list("codes").items()).isEmpty();
        assertThat(building).doesNotExist();
        assertKept(answer);

        // Between the two renames.
        Files.move(store, building);
        TestHost.Ended ended = admin("account", "list");
        assertThat(ended.status()).isEqualTo(6);
        assertThat(ended.err()).startsWith("error[recovery-interrupted]: ").contains("run the same");
        TestHost.Ended completed = admin("store", "recover", "--manifest", Site.MANIFEST.toString())
                .ok();
        assertThat(completed.out())
                .contains("one-time codes that it drew are lost")
                .contains("account new-code NAME");
        admin("account", "list").ok();
    }

    @Test
    void aCompletedImportThatWaitsIsNotRecoveredOver() throws IOException {
        Path file = directory.resolve("accounts.bwx");
        admin("store", "export", file.toString()).ok();
        Path lost = directory.resolve("lost");
        Files.move(store, lost);
        admin("store", "import", file.toString()).ok();
        Path waiting = directory.resolve("store.importing");
        Files.move(store, waiting);

        TestHost.Ended refused = admin("store", "recover", "--manifest", Site.MANIFEST.toString(), "--manifest-alone");
        assertThat(refused.err()).startsWith("error[recovery-interrupted]: ").contains("store.importing");
        admin("store", "import", file.toString()).ok();
        assertThat(show("alice").text("status")).isEqualTo("active");
    }

    @Test
    void twoRecoveriesAtOnceDoNotTouchEachOther() {
        try (var _ = StoreHold.ofPlace(store)) {
            TestHost.Ended refused = admin("store", "recover", "--manifest", Site.MANIFEST.toString());
            assertThat(refused.status()).isEqualTo(7);
            assertThat(refused.err()).startsWith("error[store-busy]: ");
        }
        assertKept(recovered());
    }

    @Test
    void theNewDirectoryHasTheModeOfTheOldOne() throws IOException {
        assertThat(Files.getPosixFilePermissions(store)).hasSize(3);
        Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rwxr-x---"));
        recovered();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store)))
                .isEqualTo("rwxr-x---");
        assertThat(Files.getPosixFilePermissions(store.resolve("db"))).hasSize(3);
    }

    @Test
    void anInterruptionBeforeTheAnchorLeavesTheOldStoreAndIsStartedOver() throws IOException {
        Files.createDirectories(directory.resolve("store.recovering/db"));
        Files.writeString(directory.resolve("store.recovering/db/CURRENT"), "half");
        admin("account", "list").ok();

        assertKept(recovered());
        assertThat(directory.resolve("store.recovering")).doesNotExist();
    }

    @Test
    void anExportBecomesTheSameAccountsElsewhere() throws IOException {
        Path file = directory.resolve("accounts.bwx");
        Json.Obj exported = (Json.Obj)
                admin("store", "export", file.toString(), "-o", "json").ok().json();
        assertThat(exported.number("credentialsWithheld")).isPositive();
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        Json.Obj alice = show("alice");
        assertThat(admin("store", "export", file.toString()).status()).isEqualTo(5);

        store = directory.resolve("elsewhere");
        anchor = directory.resolve("elsewhere.anchor");
        Json.Obj imported = (Json.Obj)
                admin("store", "import", file.toString(), "-o", "json").ok().json();

        assertThat(imported.number("storeEpoch")).isEqualTo(2);
        admin("store", "verify").ok();
        assertThat(show("alice").text("principalId")).isEqualTo(alice.text("principalId"));
        assertThat(show("alice").list("roles").items())
                .isEqualTo(alice.list("roles").items());
        assertThat(admin("account", "history", "bob").ok().out()).contains("account.create");
        admin("account", "new-code", "alice").ok();
        assertThat(admin("store", "import", file.toString()).status()).isEqualTo(5);
    }

    @Test
    void anImportWithTheOldAnchorMovesItOn() throws IOException {
        Path file = directory.resolve("accounts.bwx");
        admin("store", "export", file.toString(), "--with-credentials").ok();
        Path lost = directory.resolve("lost");
        Files.move(store, lost);
        admin("store", "import", file.toString()).ok();
        assertThat(show("alice").text("status")).isEqualTo("active");
        // The old directory is of an epoch that is over.
        delete(store);
        Files.move(lost, store);
        TestHost.Ended old = admin("account", "list");
        assertThat(old.err()).startsWith("error[rolled-back]: ").contains("epoch 2");
    }

    @Test
    void aDamagedExportMakesNothing() throws IOException {
        Path file = directory.resolve("accounts.bwx");
        admin("store", "export", file.toString()).ok();
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 4;
        Files.write(file, bytes);
        store = directory.resolve("elsewhere");
        anchor = directory.resolve("elsewhere.anchor");

        TestHost.Ended ended = admin("store", "import", file.toString());

        assertThat(ended.status()).isEqualTo(6);
        assertThat(ended.err()).contains("hint: ");
        assertThat(store).doesNotExist();
        assertThat(anchor).doesNotExist();
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left.map(path -> path.getFileName().toString())).noneMatch(name -> name.startsWith("elsewhere"));
        }
    }
}
