package dev.bailiwick.storage;

import static dev.bailiwick.storage.Store.blob;
import static dev.bailiwick.storage.Store.bytes;
import static dev.bailiwick.storage.Store.code;
import static dev.bailiwick.storage.Store.names;
import static dev.bailiwick.storage.Store.next;
import static dev.bailiwick.storage.Store.part;
import static dev.bailiwick.storage.Store.put;
import static dev.bailiwick.storage.Store.stored;
import static dev.bailiwick.storage.Store.sub;
import static dev.bailiwick.storage.Store.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.RootId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a namespace does, whatever engine it is in. */
abstract class NamespaceContract {
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
        // It refuses while anything is held in memory, and finds whatever was not collected.
        assertThat(store.namespaces.sweepSessionRoots().contents()).isZero();
    }

    @Test
    void whatIsPutIsGot() {
        EntryInfo.OfBlob entry = put(home, "notes.txt", "hello, world");

        assertThat(text(home, "notes.txt")).isEqualTo("hello, world");
        assertThat(entry.name()).isEqualTo("notes.txt");
        assertThat(entry.size()).isEqualTo(12);
        assertThat(entry.modifiedAtMs()).isEqualTo(1_000_000);
        assertThat(entry.sha256()).hasToString("09ca7e4eaa6e8ae9c7d261167129184883644d07dfba7cbfbc4c8a2e08360d5b");
        assertThat(home.stat("notes.txt")).isEqualTo(new StatResult.Found(entry));
    }

    @Test
    void anEmptyBlobIsABlob() {
        put(home, "empty", "");
        assertThat(text(home, "empty")).isEmpty();
    }

    @Test
    void namespacesOnTheWayAreMade() {
        put(home, "a/b/c.txt", "1");

        assertThat(names(home.list("", "", 0))).isEqualTo("a/");
        assertThat(names(home.list("a", "", 0))).isEqualTo("b/");
        assertThat(names(home.list("a/b", "", 0))).isEqualTo("c.txt");
        assertThat(home.usage()).isEqualTo(new Usage(1, Store.QUOTA, 3));
    }

    @Test
    void aListIsPagedInBytewiseOrder() {
        // U+FF61 comes before U+1F600 in UTF-8, after it in UTF-16.
        for (String name : new String[] {"b", "a", "ab", "B", "\uD83D\uDE00", "\uFF61", "a b"}) {
            put(home, name, name);
        }
        ListResult first = home.list("", "", 3);
        assertThat(names(first)).isEqualTo("B a a b");
        assertThat(next(first)).isEqualTo("a b");
        ListResult second = home.list("", next(first), 3);
        assertThat(names(second)).isEqualTo("ab b \uFF61");
        ListResult third = home.list("", next(second), 3);
        assertThat(names(third)).isEqualTo("\uD83D\uDE00");
        assertThat(next(third)).isEmpty();
    }

    @Test
    void aPageIsNeverLongerThanTheLimit() {
        for (int i = 0; i < 7; i++) {
            put(home, "n" + i, "");
        }
        assertThat(names(home.list("", "", 0))).isEqualTo("n0 n1 n2 n3 n4");
        assertThat(names(home.list("", "", 1_000_000))).isEqualTo("n0 n1 n2 n3 n4");
        assertThat(names(home.list("", "n3x", 2))).isEqualTo("n4 n5");
    }

    @Test
    void aWriteHappensOnlyAtTheExpectedVersion() {
        EntryInfo first = stored(home.put("x", bytes("1"), Expectation.absent()));
        assertThat(home.put("x", bytes("2"), Expectation.absent())).isEqualTo(new Conflict(first.version()));
        EntryInfo second = stored(home.put("x", bytes("2"), Expectation.version(first.version())));
        assertThat(second.version()).isGreaterThan(first.version());
        assertThat(home.put("x", bytes("3"), Expectation.version(first.version())))
                .isEqualTo(new Conflict(second.version()));
        assertThat(home.remove("x", Expectation.version(first.version()))).isEqualTo(new Conflict(second.version()));
        assertThat(home.remove("x", Expectation.version(second.version()))).isEqualTo(new RemoveResult.Removed());
        assertThat(home.put("x", bytes("4"), Expectation.version(second.version())))
                .isEqualTo(new Conflict(0));
        assertThat(home.remove("x", Expectation.version(second.version()))).isEqualTo(new Conflict(0));
    }

    @Test
    void anEntryMadeAnewNeverHasAnOldVersion() {
        EntryInfo first = put(home, "x", "1");
        home.remove("x", Expectation.any());
        EntryInfo second = put(home, "x", "2");
        assertThat(second.version()).isGreaterThan(first.version());
    }

    @Test
    void aStaleWriteChangesNothing() {
        put(home, "x", "1");
        Usage before = home.usage();
        EntryInfo root = ((StatResult.Found) home.stat("")).entry();

        home.put("x", bytes("22222"), Expectation.version(99));
        home.put("new/y", bytes("22222"), Expectation.version(99));

        assertThat(home.usage()).isEqualTo(before);
        assertThat(home.stat("")).isEqualTo(new StatResult.Found(root));
        assertThat(names(home.list("", "", 0))).isEqualTo("x");
    }

    @Test
    void eachMistakeHasItsCode() {
        put(home, "blob", "1");
        put(home, "space/x", "1");

        assertThat(code(home.get("none"))).isEqualTo("not-found");
        assertThat(code(home.get("space"))).isEqualTo("is-a-namespace");
        assertThat(code(home.get(""))).isEqualTo("is-a-namespace");
        assertThat(code(home.get("blob/x"))).isEqualTo("not-a-namespace");
        assertThat(code(home.get("a//b"))).isEqualTo("invalid-path");
        assertThat(code(home.stat("none"))).isEqualTo("not-found");
        assertThat(code(home.list("blob", "", 0))).isEqualTo("not-a-namespace");
        assertThat(code(home.list("none", "", 0))).isEqualTo("not-found");
        assertThat(code(home.put("space", bytes(""), Expectation.any()))).isEqualTo("is-a-namespace");
        assertThat(code(home.put("", bytes(""), Expectation.any()))).isEqualTo("is-a-namespace");
        assertThat(code(home.put("blob/x", bytes(""), Expectation.any()))).isEqualTo("not-a-namespace");
        assertThat(code(home.put("..", bytes(""), Expectation.any()))).isEqualTo("invalid-path");
        assertThat(code(home.put("big", bytes("x".repeat(65)), Expectation.any())))
                .isEqualTo("too-large");
        assertThat(code(home.remove("none", Expectation.any()))).isEqualTo("not-found");
        assertThat(code(home.remove("space", Expectation.any()))).isEqualTo("not-empty");
        assertThat(code(home.remove("", Expectation.any()))).isEqualTo("invalid-path");
        assertThat(code(home.sub("none"))).isEqualTo("not-found");
        assertThat(code(home.sub("blob"))).isEqualTo("not-a-namespace");
    }

    @Test
    void anEmptyNamespaceCanBeRemoved() {
        put(home, "space/x", "1");
        home.remove("space/x", Expectation.any());
        assertThat(home.remove("space", Expectation.any())).isEqualTo(new RemoveResult.Removed());
        assertThat(home.usage()).isEqualTo(new Usage(0, Store.QUOTA, 0));
    }

    @Test
    void theQuotaHoldsToTheByte() {
        Namespace small = store.home(10);
        put(small, "a", "1234567");
        assertThat(code(small.put("b", bytes("1234"), Expectation.any()))).isEqualTo("quota-exceeded");
        put(small, "b", "123");
        assertThat(small.put("c", bytes("1"), Expectation.any()))
                .isEqualTo(new Denied.QuotaExceeded("homeQuotaBytes", 10, 10, 1));
        put(small, "c", "");
        put(small, "a", "7654321");
        assertThat(small.usage()).isEqualTo(new Usage(10, 10, 3));
    }

    @Test
    void aRootAboveItsLoweredQuotaMayShrinkAndNotGrow() {
        put(home, "a", "1234567890");
        Namespace lowered = store.home(5);
        assertThat(code(lowered.put("b", bytes("1"), Expectation.any()))).isEqualTo("quota-exceeded");
        put(lowered, "a", "123456789");
        assertThat(code(lowered.put("a", bytes("1234567890"), Expectation.any())))
                .isEqualTo("quota-exceeded");
        assertThat(lowered.remove("a", Expectation.any())).isEqualTo(new RemoveResult.Removed());
    }

    @Test
    void theNumberOfEntriesIsBoundedToo() {
        Namespace none = store.home(0);
        for (int i = 0; i < 40; i++) {
            put(none, "n" + i, "");
        }
        assertThat(none.put("one-more", bytes(""), Expectation.any()))
                .isEqualTo(new Denied.QuotaExceeded("entriesPerRoot", 40, 40, 1));
    }

    @Test
    void equalContentsAreEachChargedInFull() {
        put(home, "a", "same content");
        put(home, "b", "same content");
        assertThat(home.usage().usedBytes()).isEqualTo(24);
        home.remove("a", Expectation.any());
        assertThat(home.usage().usedBytes()).isEqualTo(12);
        assertThat(text(home, "b")).isEqualTo("same content");
        put(home, "b", "same content");
        assertThat(text(home, "b")).isEqualTo("same content");
        home.remove("b", Expectation.any());
        assertThat(home.usage().usedBytes()).isZero();
    }

    @Test
    void aBlobIsReadFromAnyOffset() {
        put(home, "x", "0123456789abcdef0123456789");
        try (Blob blob = blob(home, "x")) {
            assertThat(part(blob.read(0, 0)).remaining()).isZero();
            assertThat(part(blob.read(3, 7))).isEqualTo(bytes("3456789"));
            assertThat(part(blob.read(4, 4))).isEqualTo(bytes("4567"));
            assertThat(part(blob.read(20, 100))).isEqualTo(bytes("456789"));
            assertThat(part(blob.read(26, 1)).remaining()).isZero();
            assertThat(part(blob.read(-1, -1)).remaining()).isZero();
            // One call gives at most the 16 bytes of the limits.
            assertThat(part(blob.read(1, -1))).isEqualTo(bytes("123456789abcdef0"));
        }
    }

    @Test
    void aBlobStaysWhatItWasWhenItsEntryChanges() {
        put(home, "x", "the first version");
        try (Blob first = blob(home, "x")) {
            put(home, "x", "the second");
            assertThat(text(first)).isEqualTo("the first version");
            home.remove("x", Expectation.any());
            assertThat(text(first)).isEqualTo("the first version");
        }
    }

    @Test
    void aClosedBlobIsGone() {
        put(home, "x", "1");
        Blob blob = blob(home, "x");
        blob.close();
        blob.close();
        assertThat(code(blob.read(0, 1))).isEqualTo("gone");
        assertThat(text(home, "x")).isEqualTo("1");
    }

    @Test
    void openBlobsKeepNoMoreOldBytesThanTheQuota() {
        Namespace small = store.home(10);
        put(small, "x", "12345678");
        try (Blob first = blob(small, "x")) {
            put(small, "x", "abcdefgh");
            try (Blob second = blob(small, "x")) {
                assertThat(text(first)).isEqualTo("12345678");
                put(small, "x", "ABCDEFGH");
                assertThat(code(first.read(0, 1))).isEqualTo("gone");
                assertThat(text(second)).isEqualTo("abcdefgh");
            }
        }
        assertThat(text(small, "x")).isEqualTo("ABCDEFGH");
    }

    @Test
    void aWriterStreamsOverManyChunks() {
        try (BlobWriter writer = home.writer("big/file", Expectation.absent())) {
            StringBuilder expected = new StringBuilder();
            for (int i = 0; i < 50; i++) {
                String part = "part " + i + ";";
                expected.append(part);
                assertThat(writer.write(bytes(part))).isEqualTo(new WriteResult.Accepted(expected.length()));
                assertThat(code(home.stat("big/file"))).isEqualTo("not-found");
            }
            EntryInfo.OfBlob entry = stored(writer.commit());
            assertThat(entry.size()).isEqualTo(expected.length());
            assertThat(text(home, "big/file")).isEqualTo(expected.toString());
            assertThat(code(writer.write(bytes("x")))).isEqualTo("closed");
            assertThat(code(writer.commit())).isEqualTo("closed");
        }
        assertThat(home.usage().entries()).isEqualTo(2);
    }

    @Test
    void aWriterOfNothingMakesAnEmptyBlob() {
        try (BlobWriter writer = home.writer("x", Expectation.any())) {
            stored(writer.commit());
        }
        assertThat(text(home, "x")).isEmpty();
    }

    @Test
    void aWriterGivenUpLeavesNothing() {
        try (BlobWriter writer = home.writer("x", Expectation.any())) {
            writer.write(bytes("more than two chunks"));
        }
        assertThat(code(home.stat("x"))).isEqualTo("not-found");
        assertThat(home.usage()).isEqualTo(new Usage(0, Store.QUOTA, 0));
    }

    @Test
    void aWriterMeetsTheExpectationWhenItCommits() {
        try (BlobWriter writer = home.writer("x", Expectation.absent())) {
            writer.write(bytes("from the writer"));
            EntryInfo other = put(home, "x", "1");
            assertThat(writer.commit()).isEqualTo(new Conflict(other.version()));
        }
        assertThat(text(home, "x")).isEqualTo("1");
    }

    @Test
    void aWriterIsRefusedAsSoonAsItCannotFit() {
        Namespace small = store.home(10);
        try (BlobWriter writer = small.writer("x", Expectation.any())) {
            assertThat(writer.write(bytes("123456"))).isEqualTo(new WriteResult.Accepted(6));
            Denied denied = new Denied.QuotaExceeded("homeQuotaBytes", 10, 6, 5);
            assertThat(writer.write(bytes("12345"))).isEqualTo(denied);
            assertThat(writer.write(bytes("1"))).isEqualTo(denied);
            assertThat(writer.commit()).isEqualTo(denied);
        }
    }

    @Test
    void unfinishedWritersTogetherStageNoMoreThanTheQuota() {
        Namespace small = store.home(10);
        try (BlobWriter one = small.writer("x", Expectation.any());
                BlobWriter two = small.writer("y", Expectation.any())) {
            assertThat(code(one.write(bytes("12345678")))).startsWith("Accepted");
            assertThat(code(two.write(bytes("12345678")))).isEqualTo("quota-exceeded");
            stored(one.commit());
        }
        try (BlobWriter three = small.writer("x", Expectation.any())) {
            assertThat(code(three.write(bytes("87654321")))).startsWith("Accepted");
            stored(three.commit());
        }
        assertThat(text(small, "x")).isEqualTo("87654321");
    }

    @Test
    void theNumberOfUnfinishedWritersIsBounded() {
        try (BlobWriter one = home.writer("1", Expectation.any());
                BlobWriter two = home.writer("2", Expectation.any())) {
            try (BlobWriter three = home.writer("3", Expectation.any());
                    BlobWriter four = home.writer("4", Expectation.any())) {
                assertThat(four.write(bytes("x"))).isEqualTo(new Denied.QuotaExceeded("openWriters", 3, 3, 1));
                assertThat(three.write(bytes("x"))).isEqualTo(new WriteResult.Accepted(1));
            }
            try (BlobWriter five = home.writer("5", Expectation.any())) {
                assertThat(five.write(bytes("x"))).isEqualTo(new WriteResult.Accepted(1));
            }
            stored(one.commit());
            stored(two.commit());
        }
    }

    @Test
    void aWriterTellsWhatStandsInItsWay() {
        try (BlobWriter invalid = home.writer("a/../b", Expectation.any());
                BlobWriter readOnly = home.readOnly().writer("x", Expectation.any())) {
            assertThat(code(invalid.write(bytes("1")))).isEqualTo("invalid-path");
            assertThat(code(invalid.commit())).isEqualTo("invalid-path");
            assertThat(code(readOnly.commit())).isEqualTo("read-only");
        }
    }

    @Test
    void aReadOnlyViewReadsAndNothingElse() {
        put(home, "space/x", "1");
        Namespace view = home.readOnly();

        assertThat(text(view, "space/x")).isEqualTo("1");
        assertThat(names(view.list("", "", 0))).isEqualTo("space/");
        assertThat(code(view.put("y", bytes(""), Expectation.any()))).isEqualTo("read-only");
        assertThat(code(view.remove("space/x", Expectation.any()))).isEqualTo("read-only");
        assertThat(code(sub(view, "space").put("y", bytes(""), Expectation.any())))
                .isEqualTo("read-only");
    }

    @Test
    void aSubNamespaceHasNoWayUp() {
        put(home, "outside", "1");
        put(home, "space/x", "2");
        Namespace space = sub(home, "space");

        assertThat(names(space.list("", "", 0))).isEqualTo("x");
        put(space, "deep/y", "3");
        assertThat(text(home, "space/deep/y")).isEqualTo("3");
        assertThat(code(space.get("../outside"))).isEqualTo("invalid-path");
        assertThat(code(space.get("outside"))).isEqualTo("not-found");
        assertThat(code(space.get("/outside"))).isEqualTo("invalid-path");
        StatResult self = space.stat("");
        EntryInfo named = ((StatResult.Found) home.stat("space")).entry();
        assertThat(self)
                .isEqualTo(new StatResult.Found(new EntryInfo.OfNamespace("", named.version(), named.modifiedAtMs())));
        assertThat(space.usage().usedBytes()).isEqualTo(3);
    }

    @Test
    void aSubNamespaceIsBoundToTheNamespaceAndNotToItsName() {
        put(home, "space/x", "1");
        Namespace space = sub(home, "space");
        home.remove("space/x", Expectation.any());
        home.remove("space", Expectation.any());

        assertThat(code(space.put("y", bytes(""), Expectation.any()))).isEqualTo("not-found");
        put(home, "space/secret", "2");
        assertThat(code(space.get("secret"))).isEqualTo("not-found");
        assertThat(code(space.list("", "", 0))).isEqualTo("not-found");
        assertThat(code(space.stat(""))).isEqualTo("not-found");
    }

    @Test
    void depthAndLengthAreCountedFromTheRoot() {
        put(home, "1/2/3/4/5/6/7/8", "");
        Namespace seven = sub(home, "1/2/3/4/5/6/7");
        put(seven, "other", "");
        assertThat(code(seven.put("8a/9", bytes(""), Expectation.any()))).isEqualTo("invalid-path");
        assertThat(code(home.put("1/2/3/4/5/6/7/8a/9", bytes(""), Expectation.any())))
                .isEqualTo("invalid-path");
        String name = "n".repeat(250);
        put(home, name + "/" + name + "/" + name + "/x", "");
        Namespace third = sub(home, name + "/" + name + "/" + name);
        put(third, "y".repeat(255), "");
        assertThat(code(third.put("z".repeat(255) + "/" + "z".repeat(255), bytes(""), Expectation.any())))
                .isEqualTo("invalid-path");
    }

    @Test
    void nothingIsWrittenOnceTheGateIsClosed() {
        put(home, "x", "1");
        try (BlobWriter writer = home.writer("y", Expectation.any())) {
            writer.write(bytes("12345678"));
            store.gate.close("alice was disabled");
            Denied denied = Denied.because(DenialCode.REVOKED, "alice was disabled", "");
            assertThat(home.put("x", bytes("2"), Expectation.any())).isEqualTo(denied);
            assertThat(home.remove("x", Expectation.any())).isEqualTo(denied);
            assertThat(writer.commit()).isEqualTo(denied);
        }
        try (BlobWriter writer = home.writer("z", Expectation.any())) {
            assertThat(code(writer.write(bytes("12345678")))).isEqualTo("revoked");
        }
        assertThat(text(home, "x")).isEqualTo("1");
        assertThat(home.usage().usedBytes()).isEqualTo(1);
    }

    @Test
    void rootsAreSeparate() {
        Namespace tmp = store.tmp();
        put(home, "x", "at home");
        put(tmp, "x", "temporary");
        assertThat(text(home, "x")).isEqualTo("at home");
        assertThat(text(tmp, "x")).isEqualTo("temporary");
        assertThat(tmp.usage().usedBytes()).isEqualTo(9);
    }

    @Test
    void aRootOpensOnlyForItsOwner() {
        Quota quota = new Quota("homeQuotaBytes", 10);
        assertThat(code(store.namespaces.open(Store.HOME, Store.BOB, quota, EffectGate.alwaysOpen())))
                .isEqualTo("not-owner");
        assertThat(code(store.namespaces.ensureRoot(Store.HOME, Store.BOB, Durability.DURABLE)))
                .isEqualTo("not-owner");
        RootId unknown = new RootId(new Id128(9, 9));
        assertThat(code(store.namespaces.open(unknown, Store.BOB, quota, EffectGate.alwaysOpen())))
                .isEqualTo("not-found");
        assertThat(store.namespaces.ensureRoot(Store.HOME, Store.ALICE, Durability.DURABLE))
                .isEqualTo(new EnsureResult.Ready(false));
        assertThatThrownBy(() -> store.namespaces.ensureRoot(Store.HOME, Store.ALICE, Durability.SESSION))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDeletedRootIsGoneForEveryView() {
        Namespace tmp = store.tmp();
        for (int i = 0; i < 9; i++) {
            put(tmp, "space" + i + "/x", "some content of several chunks " + i);
        }
        Namespace space = sub(tmp, "space1");
        try (Blob blob = blob(tmp, "space1/x");
                BlobWriter writer = tmp.writer("y", Expectation.any())) {
            writer.write(bytes("12345678"));

            assertThat(store.namespaces.deleteRoot(Store.TMP)).isTrue();

            assertThat(code(tmp.list("", "", 0))).isEqualTo("not-found");
            assertThat(code(space.get("x"))).isEqualTo("not-found");
            assertThat(code(tmp.put("z", bytes(""), Expectation.any()))).isEqualTo("not-found");
            assertThat(code(writer.commit())).isEqualTo("not-found");
            assertThat(code(blob.read(0, 1))).isEqualTo("gone");
            assertThat(tmp.usage()).isEqualTo(new Usage(0, Store.QUOTA, 0));
        }
        assertThat(store.namespaces.deleteRoot(Store.TMP)).isFalse();
        assertThat(store.namespaces.info(Store.TMP)).isEmpty();
        assertThat(store.namespaces.info(Store.HOME)).isPresent();
    }
}
