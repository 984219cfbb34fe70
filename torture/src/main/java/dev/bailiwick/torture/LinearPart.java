package dev.bailiwick.torture;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.CommitResult;
import dev.bailiwick.accountstore.Expected;
import dev.bailiwick.accountstore.Mutation;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.torture.Subject.Side;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Many clients read and compare-and-set a few accounts at once, from threads of both sorts, through the cache and past it. For each
 * account there must be one order of all calls that explains every answer.
 */
final class LinearPart implements Part {
    private static final int CLIENTS = 12;
    private static final int CALLS = 200;
    private static final int ACCOUNTS = 3;

    @Override
    public String name() {
        return "linear";
    }

    @Override
    public Outcome run(Run run) throws IOException, InterruptedException {
        SplittableRandom random = run.random(this);
        Histories histories = new Histories();
        int rounds = run.times(20, 300);
        Subject subject = Subject.at(run.folder(this).resolve("store"));
        try (Subject.Session session = subject.create(run.manifest(), ACCOUNTS, random.split())) {
            for (int round = 0; round < rounds; round++) {
                List<Register> initial = new ArrayList<>();
                for (int account = 0; account < ACCOUNTS; account++) {
                    initial.add(registerOf(session.newest(account, Side.LEFT)));
                }
                histories.check("round " + round, initial, round(session, "round" + round, random));
            }
            if (!session.store().inspector().verify().sound()) {
                histories.fail("verification complains");
            }
        }
        return histories.outcome(CLIENTS + " clients");
    }

    private static List<Recording> round(Subject.Session session, String word, SplittableRandom random)
            throws InterruptedException {
        AtomicLong time = new AtomicLong();
        CountDownLatch start = new CountDownLatch(1);
        List<Client> clients = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Client client = new Client(session, word + "-" + i, random.split(), time, start);
            clients.add(client);
            Thread.Builder builder = i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
            threads.add(builder.start(client));
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        List<Recording> recordings = new ArrayList<>();
        for (Client client : clients) {
            if (client.calls.size() != CALLS) {
                throw new IllegalStateException("client " + client.name + " ended early");
            }
            recordings.addAll(client.calls);
        }
        return recordings;
    }

    private static Register registerOf(Stored<Account> account) {
        return new Register(account.version(), account.content().displayName());
    }

    /** One thread's calls. */
    private static final class Client implements Runnable {
        private final Subject.Session session;
        private final String name;
        private final SplittableRandom random;
        private final AtomicLong time;
        private final CountDownLatch start;
        private final Map<Integer, Stored<Account>> lastSeen = new HashMap<>();

        /** Read by others once the thread has ended. */
        private final List<Recording> calls = new ArrayList<>();

        Client(Subject.Session session, String name, SplittableRandom random, AtomicLong time, CountDownLatch start) {
            this.session = session;
            this.name = name;
            this.random = random;
            this.time = time;
            this.start = start;
        }

        @Override
        public void run() {
            try {
                start.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            for (int i = 0; i < CALLS; i++) {
                int account = random.nextInt(ACCOUNTS);
                Stored<Account> seen = lastSeen.get(account);
                long invoked = time.incrementAndGet();
                Operation.Call call = seen == null || random.nextBoolean() ? read(account) : swap(seen, name + "-" + i);
                calls.add(new Recording(account, new Operation(name, invoked, time.incrementAndGet(), call)));
            }
        }

        private Operation.Call read(int account) {
            RecordId record = Subject.account(account, Side.LEFT);
            Optional<Stored<Account>> found = random.nextBoolean()
                    ? session.store().accounts().byId(record)
                    : session.store().read(snapshot -> snapshot.accounts().byId(record));
            Stored<Account> seen =
                    found.orElseThrow(() -> new IllegalStateException("account " + account + " is gone"));
            lastSeen.put(account, seen);
            return new Operation.Read(registerOf(seen));
        }

        /** What was seen may be long out of date; then it must be refused. */
        private Operation.Call swap(Stored<Account> seen, String word) {
            Mutation mutation = new Mutation(
                    seen.recordId(), Expected.version(seen.version()), Subject.withWord(seen.content(), word));
            return switch (session.commit("account.word", List.of(mutation))) {
                case CommitResult.Committed committed -> new Operation.Swapped(seen.version(), word);
                case CommitResult.Conflict(var kind, var record, long current, var hash) ->
                    new Operation.Refused(seen.version(), current);
                case CommitResult.Rejected rejected -> throw new IllegalStateException(rejected.toString());
            };
        }
    }
}
