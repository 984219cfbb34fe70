package dev.bailiwick.accountstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;
import dev.bailiwick.schema.TransactionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class UsedIdsTest {
    private static final byte[] ROW = new byte[40];

    private final Engine engine = RamEngine.open();
    private final SplittableRandom random = new SplittableRandom(26);
    private final UsedIds ids = new UsedIds();

    @Test
    void anyIdMayBeUsedUntilAllAreKnown() {
        ids.willUse(id());

        assertThat(ids.mayBeUsed(id())).isTrue();
        assertThat(ids.isComplete()).isFalse();
    }

    @Test
    void afterSomeCommitsTheIdsOfTheTableAreToBeLoaded() {
        for (int i = 1; i < StoreLimits.COMMITS_BEFORE_FILTER; i++) {
            assertThat(ids.counted(i)).isFalse();
        }

        assertThat(ids.counted(StoreLimits.COMMITS_BEFORE_FILTER)).isTrue();
    }

    @Test
    void noIdThatWasUsedIsCalledNew() {
        List<TransactionId> before = stored(10_000);
        count();
        List<TransactionId> meanwhile = new ArrayList<>();
        ids.load(engine);
        for (int i = 0; i < 10_000; i++) {
            TransactionId id = id();
            ids.willUse(id);
            meanwhile.add(id);
        }
        await().until(ids::isComplete);

        assertThat(before).allMatch(ids::mayBeUsed);
        assertThat(meanwhile).allMatch(ids::mayBeUsed);
    }

    @Test
    void hardlyAnyNewIdIsCalledUsed() {
        stored(10_000);
        count();
        ids.load(engine);
        await().until(ids::isComplete);

        long calledUsed = 0;
        for (int i = 0; i < 10_000; i++) {
            calledUsed += ids.mayBeUsed(id()) ? 1 : 0;
        }
        assertThat(calledUsed).isLessThan(100);
    }

    @Test
    void idsThatAreCountedUpAreSpreadAsWell() {
        count();
        ids.load(engine);
        await().until(ids::isComplete);
        for (long i = 0; i < 10_000; i++) {
            ids.willUse(numbered(i));
        }

        long calledUsed = 0;
        for (long i = 0; i < 10_000; i++) {
            assertThat(ids.mayBeUsed(numbered(i))).isTrue();
            calledUsed += ids.mayBeUsed(numbered(1_000_000 + i)) ? 1 : 0;
        }
        assertThat(calledUsed).isLessThan(1000);
    }

    @Test
    void anEngineThatIsClosedMeanwhileLeavesEveryIdPossible() {
        stored(10);
        count();
        engine.close();
        ids.load(engine);

        assertThat(ids.isComplete()).isFalse();
        assertThat(ids.mayBeUsed(id())).isTrue();
    }

    @Test
    void aStoreThatHasLoadedThemStillKnowsWhichTransactionItHasHad() {
        AccountStore store = Stores.inMemory(engine);
        Stored<Account> account = Stores.create(store, "mara");
        Transaction first = change(store, account, 1);
        CommitResult answer = store.commit(first);
        Transaction last = first;
        for (int version = 2; version < 2 * StoreLimits.COMMITS_BEFORE_FILTER; version++) {
            last = change(store, account, version);
            Stores.committed(store.commit(last));
        }
        await().until(store::knowsUsedIds);

        assertThat(store.commit(first)).isEqualTo(answer);
        assertThat(store.commit(last)).isInstanceOf(CommitResult.Committed.class);
        assertThat(store.commit(change(store, account, 1))).isInstanceOf(CommitResult.Conflict.class);
        assertThat(store.inspector().verify().sound()).isTrue();
    }

    private Transaction change(AccountStore store, Stored<Account> account, long version) {
        AccountStatus status = version % 2 == 0 ? AccountStatus.ACTIVE : AccountStatus.DISABLED;
        return new Transaction(
                id(),
                store.clock().instant(),
                new Actor.Daemon(),
                "account.status",
                Optional.empty(),
                List.of(new Mutation(
                        account.recordId(),
                        Expected.version(version),
                        account.content().withStatus(status))),
                List.of());
    }

    private void count() {
        for (int i = 0; i < StoreLimits.COMMITS_BEFORE_FILTER; i++) {
            ids.counted(i);
        }
    }

    private List<TransactionId> stored(int count) {
        List<TransactionId> stored = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            stored.add(id());
        }
        engine.commit(txn -> {
            stored.forEach(id -> txn.put(StoreTables.TRANSACTIONS, id.toBytes(), ROW));
            return true;
        });
        return stored;
    }

    private TransactionId id() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return TransactionId.of(bytes);
    }

    private static TransactionId numbered(long number) {
        byte[] bytes = new byte[16];
        System.arraycopy(Keys.number(number), 0, bytes, Long.BYTES, Long.BYTES);
        return TransactionId.of(bytes);
    }
}
