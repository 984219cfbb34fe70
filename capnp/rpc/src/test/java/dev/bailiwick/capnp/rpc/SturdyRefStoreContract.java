package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every table of sturdy references does. */
abstract class SturdyRefStoreContract {
    static final SturdyOwner ADA = new SturdyOwner("ada".getBytes(StandardCharsets.UTF_8));
    static final SturdyOwner BOB = new SturdyOwner("bob".getBytes(StandardCharsets.UTF_8));
    static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private SturdyRefStore store;

    /** An empty table. */
    abstract SturdyRefStore create() throws IOException;

    /** The same table as it is after its process has ended and another has begun, if it is durable; else the same table. */
    abstract SturdyRefStore reopen(SturdyRefStore store) throws IOException;

    @BeforeEach
    void open() throws IOException {
        store = create();
    }

    static SturdyRecord record(int number, SturdyOwner owner, Instant expires) {
        byte[] hash = new byte[SturdyHash.BYTES];
        hash[0] = (byte) number;
        hash[31] = (byte) (number >> 8);
        return new SturdyRecord(
                new SturdyHash(hash), owner, new SturdyObject(new byte[] {(byte) number}), expires, "label " + number);
    }

    @Test
    void whatWasAddedIsFoundByItsHashAsItWas() throws IOException {
        SturdyRecord one = record(1, ADA, NOON.plusMillis(1));
        SturdyRecord two = record(2, BOB, NOON);
        store.add(one);
        store.add(two);
        store = reopen(store);
        assertThat(store.find(one.hash())).contains(one);
        assertThat(store.find(two.hash())).contains(two);
        assertThat(store.find(record(3, ADA, NOON).hash())).isEmpty();
        assertThat(store.size()).isEqualTo(2);
    }

    @Test
    void aHashIsAddedOnce() throws IOException {
        store.add(record(1, ADA, NOON));
        assertThatIllegalArgumentException().isThrownBy(() -> store.add(record(1, BOB, NOON)));
        assertThat(store.countOf(BOB)).isZero();
        assertThat(store.find(record(1, ADA, NOON).hash())).contains(record(1, ADA, NOON));
    }

    @Test
    void whatWasRemovedIsGoneForGood() throws IOException {
        SturdyRecord one = record(1, ADA, NOON);
        store.add(one);
        assertThat(store.remove(one.hash())).isTrue();
        assertThat(store.remove(one.hash())).isFalse();
        store = reopen(store);
        assertThat(store.find(one.hash())).isEmpty();
        assertThat(store.allOf(ADA)).isEmpty();
        assertThat(store.removeExpired(NOON.plusSeconds(1))).isZero();
        assertThat(store.size()).isZero();
    }

    @Test
    void anOwnersRecordsAreRemovedTogetherAndNobodyElses() throws IOException {
        store.add(record(1, ADA, NOON));
        store.add(record(2, BOB, NOON));
        store.add(record(3, ADA, NOON));
        assertThat(store.allOf(ADA)).containsExactlyInAnyOrder(record(1, ADA, NOON), record(3, ADA, NOON));
        assertThat(store.removeAllOf(ADA)).isEqualTo(2);
        assertThat(store.removeAllOf(ADA)).isZero();
        store = reopen(store);
        assertThat(store.allOf(ADA)).isEmpty();
        assertThat(store.allOf(BOB)).containsExactly(record(2, BOB, NOON));
    }

    @Test
    void aRecordExpiresAtItsMomentAndStaysUntilRemoved() throws IOException {
        store.add(record(1, ADA, NOON));
        store.add(record(2, ADA, NOON));
        store.add(record(3, ADA, NOON.plusNanos(1_000_000)));
        assertThat(store.removeExpired(NOON.minusNanos(1))).isZero();
        assertThat(store.size()).isEqualTo(3);
        assertThat(store.removeExpired(NOON)).isEqualTo(2);
        store = reopen(store);
        assertThat(store.allOf(ADA)).containsExactly(record(3, ADA, NOON.plusNanos(1_000_000)));
    }

    /** Any sequence of changes leaves what it would leave in a plain map. */
    @Test
    void aTableAgreesWithAPlainMap() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Map<SturdyHash, SturdyRecord> model = new HashMap<>();
        for (int step = 0; step < 2_000; step++) {
            SturdyOwner owner = random.nextBoolean() ? ADA : BOB;
            SturdyRecord record = record(random.nextInt(300), owner, NOON.plusMillis(random.nextInt(200)));
            switch (random.nextInt(20)) {
                case 0 -> {
                    Instant now = NOON.plusMillis(random.nextInt(50));
                    int before = model.size();
                    model.values().removeIf(known -> known.isExpired(now));
                    assertThat(store.removeExpired(now)).as("seed %d", seed).isEqualTo(before - model.size());
                }
                case 1, 2, 3, 4 ->
                    assertThat(store.remove(record.hash()))
                            .as("seed %d", seed)
                            .isEqualTo(model.remove(record.hash()) != null);
                default -> {
                    if (model.putIfAbsent(record.hash(), record) == null) {
                        store.add(record);
                    }
                }
            }
            assertThat(store.size()).as("seed %d", seed).isEqualTo(model.size());
        }
        store = reopen(store);
        for (SturdyOwner owner : List.of(ADA, BOB)) {
            List<SturdyRecord> expected = model.values().stream()
                    .filter(known -> known.owner().equals(owner))
                    .toList();
            assertThat(store.allOf(owner)).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(store.countOf(owner)).as("seed %d", seed).isEqualTo(expected.size());
        }
    }

    @Test
    void threadsThatAddAndRemoveDoNotDisturbEachOther() throws Exception {
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        CountDownLatch start = new CountDownLatch(1);
        for (int i = 0; i < 8; i++) {
            int first = i * 1_000;
            Thread thread = Thread.ofVirtual().unstarted(() -> {
                try {
                    start.await();
                    for (int number = first; number < first + 200; number++) {
                        store.add(record(number, ADA, NOON));
                        if (number % 2 == 1) {
                            store.remove(record(number, ADA, NOON).hash());
                        }
                    }
                } catch (IOException | InterruptedException failed) {
                    throw new IllegalStateException(failed);
                }
            });
            thread.setUncaughtExceptionHandler((which, failure) -> {
                synchronized (failures) {
                    failures.add(failure);
                }
            });
            thread.start();
            threads.add(thread);
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        assertThat(store.size()).isEqualTo(800);
        assertThat(store.countOf(ADA)).isEqualTo(800);
    }
}
