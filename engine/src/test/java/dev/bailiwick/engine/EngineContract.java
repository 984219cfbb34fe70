package dev.bailiwick.engine;

import static dev.bailiwick.engine.Bytes.COLOURS;
import static dev.bailiwick.engine.Bytes.SHAPES;
import static dev.bailiwick.engine.Bytes.bytes;
import static dev.bailiwick.engine.Bytes.get;
import static dev.bailiwick.engine.Bytes.put;
import static dev.bailiwick.engine.Bytes.rows;
import static dev.bailiwick.engine.Bytes.rowsReversed;
import static dev.bailiwick.engine.Bytes.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every engine does; run once for each implementation. */
abstract class EngineContract {
    private Engine engine;

    abstract Engine open(EngineLimits limits);

    @BeforeEach
    void openEngine() {
        engine = open(EngineLimits.DEFAULT);
    }

    @AfterEach
    void closeEngine() {
        engine.close();
    }

    @Test
    void aCommittedValueIsRead() {
        assertThat(engine.commit(put(COLOURS, "sky", "blue"))).isEqualTo("sky");
        assertThat(engine.<String>read(view -> get(view, COLOURS, "sky"))).isEqualTo("blue");
        assertThat(engine.<Boolean>read(view -> view.get(SHAPES, bytes("sky")) == null))
                .isTrue();
    }

    @Test
    void workThatMayRunAheadSeesAllBeforeIt() throws InterruptedException {
        int callers = 16;
        int each = 100;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                for (int n = 0; n < each; n++) {
                    engine.commit(RepeatableWork.of(EngineContract::countUp));
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(engine.<String>read(view -> get(view, COLOURS, "count"))).isEqualTo("" + callers * each);
    }

    private static String countUp(Txn txn) {
        String before = get(txn, COLOURS, "count");
        String after = before == null ? "1" : "" + (Integer.parseInt(before) + 1);
        txn.put(COLOURS, bytes("count"), bytes(after));
        return after;
    }

    @Test
    void aDeletedValueIsGone() {
        engine.commit(put(COLOURS, "sky", "blue"));
        engine.commit(txn -> {
            txn.delete(COLOURS, bytes("sky"));
            return true;
        });
        assertThat(stored(engine, COLOURS)).isEmpty();
    }

    @Test
    void anEmptyValueIsNotAbsence() {
        engine.commit(put(COLOURS, "glass", ""));
        assertThat(engine.<String>read(view -> get(view, COLOURS, "glass"))).isEmpty();
    }

    @Test
    void workSeesItsOwnChangesOverTheStoredOnes() {
        engine.commit(txn -> {
            for (String name : List.of("a", "b", "c", "d")) {
                txn.put(COLOURS, bytes(name), bytes("old"));
            }
            return true;
        });
        List<String> seen = engine.commit(txn -> {
            txn.delete(COLOURS, bytes("b"));
            txn.put(COLOURS, bytes("c"), bytes("new"));
            txn.put(COLOURS, bytes("e"), bytes("new"));
            List<String> rows = new ArrayList<>(rows(txn, COLOURS, "", null));
            rows.addAll(rowsReversed(txn, COLOURS, "b", "e"));
            return rows;
        });
        assertThat(seen).containsExactly("a=old", "c=new", "d=old", "e=new", "d=old", "c=new");
    }

    @Test
    void scansKeepUnsignedByteOrderWithinTheirRange() {
        engine.commit(txn -> {
            for (int b : new int[] {0x7f, 0x80, 0xff, 0x00}) {
                txn.put(COLOURS, new byte[] {(byte) b}, new byte[] {(byte) b});
                txn.put(COLOURS, new byte[] {(byte) b, 0}, new byte[] {(byte) b, 0});
            }
            return true;
        });
        assertThat(keys(new byte[] {0x7f}, new byte[] {(byte) 0xff}, false))
                .containsExactly("7f", "7f00", "80", "8000");
        assertThat(keys(new byte[] {0x7f}, new byte[] {(byte) 0xff}, true)).containsExactly("8000", "80", "7f00", "7f");
        assertThat(keys(new byte[] {(byte) 0x80, 1}, null, false)).containsExactly("ff", "ff00");
        assertThat(keys(new byte[] {(byte) 0xff}, null, true)).containsExactly("ff00", "ff");
    }

    private List<String> keys(byte[] from, byte @Nullable [] to, boolean reverse) {
        List<String> keys = new ArrayList<>();
        RowVisitor collect = (key, value) -> {
            assertThat(value).isEqualTo(key);
            return keys.add(java.util.HexFormat.of().formatHex(key));
        };
        engine.read(view -> {
            if (reverse) {
                view.scanReverse(COLOURS, from, to, collect);
            } else {
                view.scan(COLOURS, from, to, collect);
                List<String> scanned = List.copyOf(keys);
                keys.clear();
                view.sweep(COLOURS, from, to, collect);
                assertThat(keys).isEqualTo(scanned);
            }
            return true;
        });
        return keys;
    }

    @Test
    void aScanStopsWhenToldTo() {
        engine.commit(txn -> {
            txn.put(COLOURS, bytes("a"), bytes("1"));
            txn.put(COLOURS, bytes("b"), bytes("2"));
            return true;
        });
        List<String> seen = new ArrayList<>();
        engine.read(view -> {
            view.scan(COLOURS, bytes(""), null, (key, value) -> {
                seen.add(Bytes.text(key));
                return false;
            });
            return true;
        });
        assertThat(seen).containsExactly("a");
        assertThat(engine.<String>read(view -> Bytes.text(
                        view.last(COLOURS, bytes(""), null).orElseThrow().key())))
                .isEqualTo("b");
        assertThat(engine.<Optional<Row>>read(view -> view.last(COLOURS, bytes("c"), null)))
                .isEmpty();
    }

    @Test
    void workThatThrowsLeavesNoTraceAndFailsAlone() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        // While the first work holds the lane, the other three queue up and so share a group.
        CompletableFuture<Boolean> holding = stage(engine, txn -> {
            await(hold);
            return true;
        });
        List<String> actions = new CopyOnWriteArrayList<>();
        CompletableFuture<String> before = stage(engine, put(COLOURS, "before", "1"));
        CompletableFuture<String> failing = stage(engine, txn -> {
            txn.put(COLOURS, bytes("failing"), bytes("1"));
            txn.delete(COLOURS, bytes("before"));
            txn.beforePublish(() -> actions.add("failing, early"));
            txn.beforeAcknowledge(() -> actions.add("failing"));
            throw new IllegalArgumentException("no");
        });
        CompletableFuture<String> after = stage(engine, txn -> {
            txn.beforeAcknowledge(() -> actions.add("after"));
            txn.put(COLOURS, bytes("after"), bytes("1"));
            return get(txn, COLOURS, "before") + get(txn, COLOURS, "failing");
        });
        hold.countDown();

        assertThat(holding.get()).isTrue();
        assertThat(before.get()).isEqualTo("before");
        assertThatThrownBy(failing::get).hasCauseInstanceOf(IllegalArgumentException.class);
        assertThat(after.get()).isEqualTo("1null");
        assertThat(actions).containsExactly("after");
        assertThat(stored(engine, COLOURS)).containsExactly("after=1", "before=1");
        assertThat(engine.state()).isEqualTo(Engine.State.OPEN);
    }

    @Test
    void queuedWorkSharesOneSync() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch hold = new CountDownLatch(1);
        engine.submit(txn -> {
            begun.countDown();
            await(hold);
            return true;
        });
        await(begun); // Otherwise what is queued meanwhile may begin with it, and be a third group.
        List<CompletableFuture<String>> queued = Stream.iterate(0, i -> i + 1)
                .limit(100)
                .map(i -> stage(engine, put(COLOURS, "key" + i, "value")))
                .toList();
        hold.countDown();
        queued.forEach(CompletableFuture::join);
        assertThat(engine.stats().works()).isEqualTo(101);
        assertThat(engine.stats().groups()).isLessThanOrEqualTo(2);
    }

    @Test
    void hooksSeeTheSyncedStateBeforeReadersDo() {
        List<String> seen = new CopyOnWriteArrayList<>();
        engine.addDurabilityHook(synced -> seen.add("hook sees " + get(synced, COLOURS, "sky") + ", readers see "
                + engine.<String>readAsync(view -> String.valueOf(get(view, COLOURS, "sky")))
                        .toCompletableFuture()
                        .join()));
        engine.commit(txn -> {
            txn.put(COLOURS, bytes("sky"), bytes("blue"));
            txn.beforePublish(() -> seen.add("early action sees "
                    + engine.<String>readAsync(view -> String.valueOf(get(view, COLOURS, "sky")))
                            .toCompletableFuture()
                            .join()));
            txn.beforeAcknowledge(() -> seen.add("action sees "
                    + engine.<String>readAsync(view -> String.valueOf(get(view, COLOURS, "sky")))
                            .toCompletableFuture()
                            .join()));
            return true;
        });
        assertThat(seen)
                .containsExactly("hook sees blue, readers see null", "early action sees null", "action sees blue");
    }

    @Test
    void aFailingHookFailsTheGroupAndAllLaterWritesButNotReads() {
        engine.commit(put(COLOURS, "sky", "blue"));
        engine.addDurabilityHook(synced -> {
            throw new IllegalStateException("no anchor");
        });
        assertThatThrownBy(() -> engine.commit(put(COLOURS, "sky", "red")))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.code()).isEqualTo(EngineException.Code.FAILED))
                .hasRootCauseMessage("no anchor");
        assertThatThrownBy(() -> engine.commit(put(COLOURS, "sea", "green")))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.code()).isEqualTo(EngineException.Code.FAILED));
        assertThat(engine.state()).isEqualTo(Engine.State.FAILED);
        assertThat(stored(engine, COLOURS)).containsExactly("sky=blue");
    }

    @Test
    void aReaderKeepsItsStateWhileOthersCommit() {
        engine.commit(put(COLOURS, "sky", "blue"));
        String seen = engine.read(view -> {
            CompletableFuture<String> commit = stage(engine, put(COLOURS, "sky", "red"));
            commit.join();
            return get(view, COLOURS, "sky");
        });
        assertThat(seen).isEqualTo("blue");
        assertThat(engine.<String>read(view -> get(view, COLOURS, "sky"))).isEqualTo("red");
    }

    @Test
    void virtualThreadsReadAndCommit() throws Exception {
        CompletableFuture<String> read = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
                    engine.commit(put(COLOURS, "sky", "blue"));
                    read.complete(engine.read(view -> get(view, COLOURS, "sky")
                            + (Thread.currentThread().isVirtual() ? " on a virtual thread" : " on a platform thread")));
                })
                .join();
        assertThat(read.get()).isEqualTo("blue on a platform thread");
    }

    @Test
    void aFullQueueRefusesAndDoesNothing() {
        try (Engine small = openSmall()) {
            CountDownLatch hold = new CountDownLatch(1);
            CountDownLatch running = new CountDownLatch(1);
            small.submit(txn -> {
                running.countDown();
                await(hold);
                return true;
            });
            await(running);
            CompletableFuture<String> queued = stage(small, put(COLOURS, "queued", "1"));
            CompletableFuture<String> refused = stage(small, put(COLOURS, "refused", "1"));
            assertThatThrownBy(refused::join)
                    .cause()
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.code()).isEqualTo(EngineException.Code.OVERLOADED));
            hold.countDown();
            queued.join();
            assertThat(stored(small, COLOURS)).containsExactly("queued=1");
        }
    }

    private Engine openSmall() {
        engine.close();
        return open(new EngineLimits(1, 1, 1, 1, 1));
    }

    @Test
    void closingFinishesWhatIsQueuedAndRefusesTheRest() {
        List<CompletableFuture<String>> queued = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            queued.add(stage(engine, put(COLOURS, "key" + i, "value")));
        }
        engine.close();
        assertThat(queued).allSatisfy(answer -> assertThat(answer).succeedsWithin(java.time.Duration.ofSeconds(5)));
        assertThatThrownBy(() -> engine.commit(put(COLOURS, "late", "1")))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.code()).isEqualTo(EngineException.Code.CLOSED));
        assertThatThrownBy(() -> engine.read(view -> true))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.code()).isEqualTo(EngineException.Code.CLOSED));
        assertThat(engine.state()).isEqualTo(Engine.State.CLOSED);
    }

    @Test
    void aTransactionEndsWithItsWork() {
        Txn[] kept = new Txn[1];
        engine.commit(txn -> {
            kept[0] = txn;
            return true;
        });
        assertThatThrownBy(() -> kept[0].put(COLOURS, bytes("sky"), bytes("blue")))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void workMustNotWaitForOtherWork() {
        assertThatThrownBy(() -> engine.commit(txn -> engine.commit(put(COLOURS, "sky", "blue"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("work must not wait for other work");
    }

    /** Random groups of puts, deletes and failures, against a plain sorted map. */
    @Test
    void randomWorkAgreesWithASortedMap() {
        long seed = Long.getLong("bailiwick.seed", System.nanoTime());
        System.out.println("seed " + seed + " (rerun with -Dbailiwick.seed=" + seed + ")");
        Random random = new Random(seed);
        NavigableMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
        for (int round = 0; round < 200; round++) {
            NavigableMap<byte[], byte[]> draft = new TreeMap<>(model);
            boolean fails = random.nextInt(5) == 0;
            int changes = random.nextInt(6);
            Work<Boolean> work = txn -> {
                for (int i = 0; i < changes; i++) {
                    byte[] key = new byte[random.nextInt(3)];
                    random.nextBytes(key);
                    if (key.length > 0) {
                        key[0] &= 0x07;
                    }
                    if (random.nextInt(3) == 0) {
                        draft.remove(key);
                        txn.delete(COLOURS, key);
                    } else {
                        byte[] value = {(byte) random.nextInt()};
                        draft.put(key, value);
                        txn.put(COLOURS, key, value);
                    }
                }
                byte[] from = {(byte) random.nextInt(8)};
                assertThat(scanned(txn, from)).isEqualTo(hex(draft.tailMap(from, true)));
                if (fails) {
                    throw new IllegalArgumentException("drawn");
                }
                return true;
            };
            if (fails) {
                assertThatThrownBy(() -> engine.commit(work)).hasMessage("drawn");
            } else {
                engine.commit(work);
                model = draft;
            }
            assertThat(engine.<List<String>>read(view -> scanned(view, new byte[0])))
                    .isEqualTo(hex(model));
        }
    }

    private static List<String> scanned(View view, byte[] from) {
        List<String> rows = new ArrayList<>();
        view.scan(COLOURS, from, null, (key, value) -> rows.add(Arrays.toString(key) + Arrays.toString(value)));
        List<String> reversed = new ArrayList<>();
        view.scanReverse(
                COLOURS, from, null, (key, value) -> reversed.add(Arrays.toString(key) + Arrays.toString(value)));
        assertThat(reversed.reversed()).isEqualTo(rows);
        return rows;
    }

    private static List<String> hex(NavigableMap<byte[], byte[]> map) {
        return map.entrySet().stream()
                .map(row -> Arrays.toString(row.getKey()) + Arrays.toString(row.getValue()))
                .toList();
    }

    private static <T> CompletableFuture<T> stage(Engine engine, Work<T> work) {
        return engine.submit(work).toCompletableFuture();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
