package dev.bailiwick.storage;

import static dev.bailiwick.storage.Store.blob;
import static dev.bailiwick.storage.Store.bytes;
import static dev.bailiwick.storage.Store.code;
import static dev.bailiwick.storage.Store.names;
import static dev.bailiwick.storage.Store.put;
import static dev.bailiwick.storage.Store.sub;
import static dev.bailiwick.storage.Store.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.RootId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is kept, what is given to others and what has to go, whatever engine it is in. */
abstract class KeepingContract {
    private static final RootId CACHE = new RootId(new Id128(10, 3));

    private Store store;
    private Namespace home;

    /** An empty engine. Whoever opens one closes it; in RAM there is nothing to close. */
    abstract Engine openEngine();

    @BeforeEach
    void openStore() {
        store = new Store(openEngine());
        home = store.home();
    }

    @AfterEach
    void nothingIsWrongOrLeftAtTheEnd() {
        assertThat(new StorageVerifier(store.engine).verify().findings()).isEmpty();
        assertThat(store.namespaces.sweepSessionRoots().contents()).isZero();
    }

    // ---- snapshots ----

    @Test
    void aSnapshotShowsWhatWasAndNotWhatBecameOfIt() {
        put(home, "a.txt", "first");
        put(home, "d/e/b.txt", "second");
        long id = taken(home.snapshot("")).id();

        put(home, "a.txt", "changed");
        home.remove("d/e/b.txt", Expectation.any());
        home.remove("d/e", Expectation.any());
        put(home, "new.txt", "later");
        Namespace then = opened(home.openSnapshot(id));

        assertThat(names(then.list("", "", 0))).isEqualTo("a.txt d/");
        assertThat(text(then, "a.txt")).isEqualTo("first");
        assertThat(text(then, "d/e/b.txt")).isEqualTo("second");
        assertThat(text(sub(then, "d/e"), "b.txt")).isEqualTo("second");
        assertThat(then.stat("")).isInstanceOf(StatResult.Found.class);
        assertThat(names(home.list("", "", 0))).isEqualTo("a.txt d/ new.txt");
    }

    @Test
    void aSnapshotIsReadOnlyAndLeadsNowhereElse() {
        put(home, "a.txt", "first");
        Namespace then = opened(home.openSnapshot(taken(home.snapshot("")).id()));

        assertThat(code(then.put("a.txt", bytes("x"), Expectation.any()))).isEqualTo("read-only");
        assertThat(code(then.remove("a.txt", Expectation.any()))).isEqualTo("read-only");
        assertThat(code(then.snapshot(""))).isEqualTo("not-the-top");
        assertThat(code(then.snapshots())).isEqualTo("not-the-top");
        put(home, "d/x", "1");
        assertThat(code(sub(home, "d").snapshots())).isEqualTo("not-the-top");
        assertThat(code(sub(home, "d").openSnapshot(1))).isEqualTo("not-the-top");
        assertThat(code(home.readOnly().snapshot(""))).isEqualTo("read-only");
        assertThat(code(home.readOnly().dropSnapshot(1))).isEqualTo("read-only");
        assertThat(home.readOnly().snapshots()).isInstanceOf(SnapshotsResult.Listed.class);
    }

    @Test
    void aSnapshotIsChargedLikeACopyAndFreeWhenItIsDropped() {
        put(home, "a", "x".repeat(50));
        put(home, "d/b", "x".repeat(50));
        Usage before = home.usage();

        SnapshotInfo taken = taken(home.snapshot(""));

        assertThat(taken.bytes()).isEqualTo(100);
        assertThat(taken.entries()).isEqualTo(3);
        assertThat(home.usage()).isEqualTo(new Usage(200, Store.QUOTA, 3 + 3 + 1));
        assertThat(home.dropSnapshot(taken.id())).isEqualTo(new RemoveResult.Removed());
        assertThat(home.usage()).isEqualTo(before);
        assertThat(code(home.openSnapshot(taken.id()))).isEqualTo("not-found");
        assertThat(code(home.dropSnapshot(taken.id()))).isEqualTo("not-found");
        assertThat(text(home, "d/b")).isEqualTo("x".repeat(50));
    }

    @Test
    void aSnapshotOfAPartHoldsThatPart() {
        put(home, "d/b", "in");
        put(home, "other", "out");
        SnapshotInfo taken = taken(home.snapshot("d"));

        assertThat(taken.path()).isEqualTo("d");
        assertThat(names(opened(home.openSnapshot(taken.id())).list("", "", 0))).isEqualTo("b");
        assertThat(code(home.snapshot("other"))).isEqualTo("not-a-namespace");
        assertThat(code(home.snapshot("nothing"))).isEqualTo("not-found");
        assertThat(code(home.snapshot("../d"))).isEqualTo("invalid-path");
    }

    @Test
    void whatCannotBeKeptIsRefusedWithTheLimit() {
        Namespace small = store.home(100);
        put(small, "a", "x".repeat(51));
        assertThat(small.snapshot("")).isEqualTo(new Denied.QuotaExceeded("homeQuotaBytes", 100, 51, 51));
        for (int i = 0; i < 20; i++) {
            put(small, "d/" + i, "");
        }
        assertThat(small.snapshot("")).isEqualTo(new Denied.QuotaExceeded("entriesPerSnapshot", 20, 0, 21));
        for (int i = 5; i < 20; i++) {
            small.remove("d/" + i, Expectation.any());
        }
        taken(small.snapshot("d"));
        taken(small.snapshot("d"));
        taken(small.snapshot("d"));
        assertThat(small.snapshot("d")).isEqualTo(new Denied.QuotaExceeded("snapshotsPerRoot", 3, 3, 1));
    }

    @Test
    void aSnapshotWithOpenBlobsIsDroppedAndTheyAreReadToTheEnd() {
        put(home, "a", "what is being read");
        long id = taken(home.snapshot("")).id();
        home.remove("a", Expectation.any());
        try (Blob open = blob(opened(home.openSnapshot(id)), "a")) {
            home.dropSnapshot(id);
            assertThat(text(open)).isEqualTo("what is being read");
        }
    }

    @Test
    void aDropThatACrashInterruptedIsFinishedByTheNextStart() {
        for (int i = 0; i < 9; i++) {
            put(home, "d" + i % 3 + "/" + i, "content " + i);
        }
        Usage before = home.usage();
        long id = taken(home.snapshot("")).id();
        // The mark alone, as if the process had ended right after it.
        store.engine.commit(txn -> {
            byte[] key = Keys.pending(Store.HOME, id);
            txn.put(
                    StorageTables.PENDING,
                    key,
                    Seal.seal(StorageTables.PENDING, key, PendingRow.DROPPED_SNAPSHOT.body()));
            return true;
        });
        assertThat(code(home.openSnapshot(id))).isEqualTo("not-found");
        assertThat(home.snapshots()).isEqualTo(new SnapshotsResult.Listed(List.of()));

        assertThat(store.namespaces.sweepSessionRoots().contents()).isEqualTo(1);

        assertThat(home.usage()).isEqualTo(before);
    }

    @Test
    void aDeletedRootTakesItsSnapshotsWithIt() {
        put(home, "a", "x");
        taken(home.snapshot(""));

        store.namespaces.deleteRoot(Store.HOME);

        store.engine.read(view -> {
            for (var table : StorageTables.all()) {
                view.scan(table, new byte[0], null, (key, value) -> {
                    throw new AssertionError("a row is left in " + table.name());
                });
            }
            return true;
        });
    }

    // ---- what has to go ----

    private Namespace cache(long quota) {
        store.namespaces.ensureRoot(CACHE, Store.ALICE, Durability.DURABLE);
        return store.open(CACHE, new Quota("cacheQuotaBytes", quota, Overflow.EVICT));
    }

    @Test
    void aCacheMakesRoomInsteadOfRefusing() {
        Namespace cache = cache(100);
        for (int i = 0; i < 100; i++) {
            put(cache, "entry-" + i % 17, "x".repeat(20));
            assertThat(cache.usage().usedBytes()).isLessThanOrEqualTo(100);
        }
        assertThat(text(cache, "entry-" + 99 % 17)).isEqualTo("x".repeat(20));
    }

    @Test
    void whatCouldNeverFitIsRefusedAndNothingGoesForIt() {
        Namespace cache = cache(50);
        put(cache, "a", "x".repeat(50));

        assertThat(cache.put("b", bytes("x".repeat(51)), Expectation.any()))
                .isEqualTo(new Denied.QuotaExceeded("cacheQuotaBytes", 50, 50, 51));

        assertThat(text(cache, "a")).isEqualTo("x".repeat(50));
    }

    @Test
    void whatIsReadOftenStays() {
        Namespace cache = cache(200);
        put(cache, "hot", "x".repeat(20));
        for (int i = 0; i < 200; i++) {
            text(cache, "hot");
            put(cache, "cold-" + i, "x".repeat(20));
        }
        assertThat(text(cache, "hot")).isEqualTo("x".repeat(20));
    }

    @Test
    void openReadersKeepTheirBytes() {
        Namespace cache = cache(100);
        put(cache, "read", "y".repeat(60));
        try (Blob open = blob(cache, "read")) {
            for (int i = 0; i < 20; i++) {
                put(cache, "other-" + i, "x".repeat(40));
                put(cache, "more-" + i, "z".repeat(40));
            }
            assertThat(text(open)).isEqualTo("y".repeat(60));
        }
    }

    @Test
    void aCacheStreamsAndMakesRoomForThat() {
        Namespace cache = cache(300);
        put(cache, "old-1", "x".repeat(60));
        put(cache, "old-2", "x".repeat(60));
        try (BlobWriter writer = cache.writer("big", Expectation.any())) {
            for (int i = 0; i < 5; i++) {
                writer.write(bytes("y".repeat(50)));
            }
            Store.stored(writer.commit());
        }
        assertThat(text(cache, "big")).isEqualTo("y".repeat(250));
        assertThat(cache.usage().usedBytes()).isLessThanOrEqualTo(300);
    }

    @Test
    void aCacheThatForgotItsPolicyStillMakesRoom() {
        put(cache(100), "oldest", "x".repeat(40));
        put(cache(100), "newer", "x".repeat(40));
        Store restarted = new Store(store.engine);
        restarted.namespaces.sweepSessionRoots();
        Namespace cache = restarted.open(CACHE, new Quota("cacheQuotaBytes", 100, Overflow.EVICT));

        put(cache, "newest", "x".repeat(40));

        assertThat(cache.usage().entries()).isEqualTo(2);
        assertThat(text(cache, "newest")).isEqualTo("x".repeat(40));
    }

    @Test
    void tooManyEntriesMakeRoomTooAndTakeEmptyNamespacesWithThem() {
        Namespace cache = cache(1000);
        for (int i = 0; i < 100; i++) {
            put(cache, "d" + i + "/file", "x");
            assertThat(cache.usage().entries()).isLessThanOrEqualTo(40);
        }
        assertThat(text(cache, "d99/file")).isEqualTo("x");
    }

    @Test
    void aCacheHasNoSnapshots() {
        assertThat(code(cache(100).snapshot(""))).isEqualTo("not-shareable");
    }

    /** What is left is always something that was put, whole, and the ledger is what is left. */
    @Test
    void aCacheHoldsOnlyWhatWasPut() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Namespace cache = cache(200);
        Map<String, String> last = new HashMap<>();
        for (int i = 0; i < 400; i++) {
            String path = (random.nextBoolean() ? "d/" : "") + random.nextInt(12);
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    String content = Integer.toString(i).repeat(random.nextInt(16));
                    put(cache, path, content);
                    last.put(path, content);
                }
                case 2 -> cache.remove(path, Expectation.any());
                default -> {
                    if (cache.get(path) instanceof GetResult.Found found) {
                        try (Blob open = found.blob()) {
                            assertThat(text(open)).isEqualTo(last.get(path));
                        }
                    }
                }
            }
            assertThat(cache.usage().usedBytes()).isBetween(0L, 200L);
        }
    }

    // ---- what is given to others ----

    private ShareTable shares() {
        return new ShareTable(store.engine);
    }

    private ShareResult share(String path, long id, boolean readOnly, long expiresAtMs) {
        return shares().add(home, path, new Id128(7, id), Store.ALICE, Store.BOB, readOnly, 1000, expiresAtMs);
    }

    @Test
    void aShareOpensANamespaceAndNothingAboveIt() {
        put(home, "project/plan.txt", "together");
        put(home, "diary.txt", "alone");
        Share share = shared(share("project", 1, false, 0));

        assertThat(shares().given(Store.ALICE)).containsExactly(share);
        assertThat(shares().received(Store.BOB)).containsExactly(share);
        assertThat(shares().received(Store.ALICE)).isEmpty();
        Namespace view = view(share);
        assertThat(names(view.list("", "", 0))).isEqualTo("plan.txt");
        assertThat(code(view.stat("../diary.txt"))).isEqualTo("invalid-path");
        put(view, "reply.txt", "yes");
        assertThat(text(home, "project/reply.txt")).isEqualTo("yes");
        assertThat(code(view.snapshots())).isEqualTo("not-the-top");
    }

    @Test
    void aReadOnlyShareIsOnlyRead() {
        put(home, "project/plan.txt", "together");
        Namespace view = view(shared(share("project", 1, true, 0)));

        assertThat(text(view, "plan.txt")).isEqualTo("together");
        assertThat(code(view.put("plan.txt", bytes("x"), Expectation.any()))).isEqualTo("read-only");
    }

    @Test
    void aShareIsOfTheNamespaceAndNotOfItsName() {
        put(home, "project/plan.txt", "together");
        Share share = shared(share("project", 1, false, 0));
        home.remove("project/plan.txt", Expectation.any());
        home.remove("project", Expectation.any());
        put(home, "project/plan.txt", "other");

        assertThat(code(store.namespaces.openShare(share, new Quota("q", 10), EffectGate.alwaysOpen())))
                .isEqualTo("not-found");
    }

    @Test
    void onlyNamespacesBelowAreShared() {
        put(home, "file", "x");
        assertThat(code(share("", 1, false, 0))).isEqualTo("not-shareable");
        assertThat(code(share("file", 1, false, 0))).isEqualTo("not-a-namespace");
        assertThat(code(share("nothing", 1, false, 0))).isEqualTo("not-found");
        assertThat(shares().given(Store.ALICE)).isEmpty();
    }

    @Test
    void aRevokedShareIsGoneForBoth() {
        put(home, "project/plan.txt", "together");
        Share share = shared(share("project", 1, false, 0));
        List<String> told = new ArrayList<>();

        assertThat(code(shares().remove(Store.BOB, share.id(), EffectGate.alwaysOpen(), () -> told.add("bob"))))
                .isEqualTo("not-found");
        assertThat(shares().remove(Store.ALICE, share.id(), EffectGate.alwaysOpen(), () -> told.add("alice")))
                .isEqualTo(new RemoveResult.Removed());

        assertThat(told).containsExactly("alice");
        assertThat(shares().received(Store.BOB)).isEmpty();
        assertThat(shares().received(Store.BOB, share.id())).isEmpty();
    }

    @Test
    void theNumberOfSharesIsLimitedAndExpiredOnesDoNotCount() {
        put(home, "project/plan.txt", "together");
        for (int i = 0; i < ShareTable.GIVEN; i++) {
            shared(share("project", i, false, i == 0 ? 999 : 0));
        }
        shared(share("project", 100, false, 0));
        assertThat(share("project", 101, false, 0)).isEqualTo(new Denied.QuotaExceeded("sharesGiven", 64, 64, 1));
        store.gate.close("the session ended");
        assertThat(code(share("project", 102, false, 0))).isEqualTo("revoked");
    }

    private Namespace view(Share share) {
        return switch (store.namespaces.openShare(share, new Quota("homeQuotaBytes", 500), EffectGate.alwaysOpen())) {
            case OpenResult.Opened(Namespace opened) -> opened;
            case Denied denied -> throw new AssertionError(denied.message());
        };
    }

    private static Share shared(ShareResult result) {
        return switch (result) {
            case ShareResult.Shared(Share share) -> share;
            case Denied denied -> throw new AssertionError(denied.message());
        };
    }

    private static SnapshotInfo taken(SnapshotResult result) {
        return switch (result) {
            case SnapshotResult.Taken(SnapshotInfo snapshot) -> snapshot;
            case Denied denied -> throw new AssertionError(denied.message());
        };
    }

    private static Namespace opened(SubResult result) {
        return switch (result) {
            case SubResult.Opened(Namespace view) -> view;
            case Denied denied -> throw new AssertionError(denied.message());
        };
    }
}
