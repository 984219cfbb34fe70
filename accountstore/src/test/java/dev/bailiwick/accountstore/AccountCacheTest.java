package dev.bailiwick.accountstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;
import dev.bailiwick.schema.RecordId;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Lookups through the cache beside readers that do not use it. */
class AccountCacheTest {
    @Test
    void aLookupAnswersNothingOlderThanAReaderHasSeen() throws InterruptedException {
        try (Engine engine = RamEngine.open();
                AccountStore store = Stores.inMemory(engine)) {
            RecordId alice = Stores.create(store, "alice").recordId();
            assertThat(cached(store, alice)).isEqualTo(1);

            CountDownLatch running = new CountDownLatch(1);
            CountDownLatch queued = new CountDownLatch(1);
            CountDownLatch seen = new CountDownLatch(1);
            CompletableFuture<Boolean> first = engine.submit(txn -> {
                        running.countDown();
                        await(queued);
                        return true;
                    })
                    .toCompletableFuture();
            running.await();
            // Its action runs once the group is published, before those of the change after it in the same group.
            CompletableFuture<Boolean> second = engine.submit(txn -> {
                        txn.beforeAcknowledge(() -> await(seen));
                        return true;
                    })
                    .toCompletableFuture();
            Thread change = Thread.ofPlatform()
                    .start(() -> Stores.committed(
                            store.accountManager().setStatus(alice, AccountStatus.LOCKED, 1, Stores.DAEMON)));
            Awaitility.await().until(() -> change.getState() == Thread.State.WAITING);
            try {
                queued.countDown();
                Awaitility.await().until(() -> published(store, alice) == 2);
                assertThat(cached(store, alice)).isEqualTo(2);
                assertThat(first).isCompletedWithValue(true);
            } finally {
                // Or a failure would leave the lane waiting.
                seen.countDown();
            }
            change.join();
            assertThat(second.join()).isTrue();
            assertThat(cached(store, alice)).isEqualTo(2);
        }
    }

    private static long cached(AccountStore store, RecordId account) {
        return store.accounts().byId(account).orElseThrow().version();
    }

    private static long published(AccountStore store, RecordId account) {
        return store.<Long>read(
                snapshot -> snapshot.accounts().byId(account).orElseThrow().version());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
