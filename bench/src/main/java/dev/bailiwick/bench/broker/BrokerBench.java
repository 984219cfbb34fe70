package dev.bailiwick.bench.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bailiwick.accountstore.StoreTables;
import dev.bailiwick.bench.Child;
import dev.bailiwick.bench.JavaProcess;
import dev.bailiwick.bench.Rounds;
import dev.bailiwick.bench.Table;
import dev.bailiwick.broker.BrokerSteps;
import dev.bailiwick.capnp.rpc.RemoteCall;
import dev.bailiwick.capnp.rpc.RpcConnection;
import dev.bailiwick.capnp.rpc.UnixConnection;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineLimits;
import dev.bailiwick.engine.RamEngine;
import dev.bailiwick.engine.RocksEngine;
import dev.bailiwick.engine.RocksOptions;
import dev.bailiwick.engine.StoreOwner;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.gen.SessionManager;
import dev.bailiwick.schema.gen.UserSession;
import dev.bailiwick.storage.StorageTables;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Measures the broker, and prints one table a question. */
final class BrokerBench {
    private static final int CLIENTS = 16;
    private static final int LOGINS = Integer.getInteger("bench.logins", 4_000);

    /** Rounds before those that count: the daemon's compilers work for the first twenty seconds, on the same processors. */
    private static final int WARM_UP = 25;

    /** Logouts of one client that it has not waited for. */
    private static final int LOGOUTS_IN_FLIGHT = 8;

    private static final int HASH_THREADS = Math.max(1, Runtime.getRuntime().availableProcessors());
    private static final int PASSWORDS = 128;

    /** Who log in by password at the same time: enough that one always waits to be hashed. */
    private static final int CALLERS = 16 * HASH_THREADS;

    /** Short turns of a round: how fast a processor is changes from one second to the next. */
    private static final int TURNS = 5;

    private static final int GUESTS = 5_000;
    private static final int LIVE = 10_000;
    private static final int LIVE_PER_ACCOUNT = 10;
    private static final int REVOCATIONS = 200;
    private static final int MANY = 100_000;

    private final Path folder;
    private final Path manifest;
    private final int count;
    private final Rounds rounds;
    private final FileChannel syncFile;

    private BrokerBench(Path folder, Path manifest, int count) throws IOException {
        this.folder = folder;
        this.manifest = manifest;
        this.count = count;
        this.rounds = new Rounds(count);
        this.syncFile = FileChannel.open(
                folder.resolve("sync"), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    /** Arguments: the seed manifest, the number of rounds, and the questions, or none for all. */
    static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(Path.of(System.getProperty("java.io.tmpdir")), "broker-bench");
        List<String> questions = List.of(arguments).subList(2, arguments.length);
        try {
            BrokerBench bench = new BrokerBench(folder, Path.of(arguments[0]), Integer.parseInt(arguments[1]));
            bench.answer(questions.isEmpty() ? List.of("mint", "guests", "passwords", "memory", "revoke") : questions);
        } finally {
            delete(folder);
        }
    }

    private void answer(List<String> questions) throws IOException, InterruptedException {
        for (String question : questions) {
            System.out.println(
                    switch (question) {
                        case "mint" -> mint();
                        case "guests" -> guests();
                        case "passwords" -> passwords();
                        case "memory" -> memory();
                        case "revoke" -> revoke();
                        default -> throw new IllegalArgumentException("there is no question \"" + question + "\"");
                    });
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Some writes of 4 KiB with their fdatasync, one after another; the microseconds of each, sorted. */
    private double[] syncs() throws IOException {
        ByteBuffer block = ByteBuffer.allocate(4096);
        double[] micros = new double[100];
        for (int i = 0; i < micros.length; i++) {
            long before = System.nanoTime();
            syncFile.write(block.rewind());
            syncFile.force(false);
            micros[i] = (System.nanoTime() - before) / 1e3;
        }
        Arrays.sort(micros);
        return micros;
    }

    // ---- plan and mint ----

    private Table mint() throws IOException, InterruptedException {
        Table table = new Table("a local bundle, in process", "median, us", "goal", "garbage, bytes", "goal ");
        try (Engine engine = RamEngine.open();
                BrokerSteps steps = new BrokerSteps(engine, Manifests.roomy(manifest), 1_501, 1)) {
            for (int i = 0; i < 10; i++) {
                steps.plan(2_000);
                steps.planAndMint(2_000);
                steps.planAndMintAnew(1_500);
            }
            List<BrokerSteps.Cost> plan = new ArrayList<>();
            List<BrokerSteps.Cost> mint = new ArrayList<>();
            List<BrokerSteps.Cost> anew = new ArrayList<>();
            SequencedMap<String, Rounds.Subject> subjects = new LinkedHashMap<>();
            subjects.put("plan", () -> kept(plan, steps.plan(2_000)));
            subjects.put("mint", () -> kept(mint, steps.planAndMint(2_000)));
            subjects.put("anew", () -> kept(anew, steps.planAndMintAnew(1_500)));
            SequencedMap<String, Double> medians = rounds.medians(subjects);
            row(table, "the plan alone", medians.getOrDefault("plan", 0.0), plan, "", "");
            row(table, "plan and mint", medians.getOrDefault("mint", 0.0), mint, "20", "16,384");
            row(table, "of an account not seen since the last commit", medians.getOrDefault("anew", 0.0), anew, "", "");
        }
        return table;
    }

    private static double kept(List<BrokerSteps.Cost> costs, BrokerSteps.Cost cost) {
        costs.add(cost);
        return cost.micros();
    }

    private static void row(
            Table table, String name, double micros, List<BrokerSteps.Cost> costs, String goal, String byteGoal) {
        table.row(name, Table.number(micros), goal, Table.number(costs.getLast().bytes()), byteGoal);
    }

    // ---- guests over the socket ----

    private Table guests() throws IOException, InterruptedException {
        Table table = new Table("guest logins over the socket, audit durable", "logins/s", "goal", "fdatasync, us");
        Path place = Files.createDirectory(folder.resolve("daemon"));
        try (Child daemon = Child.start(JavaProcess.of(DaemonProcess.class, place.toString(), manifest.toString()))
                .whenReady()) {
            for (int clients : List.of(1, CLIENTS)) {
                try (Crowd crowd = new Crowd(place.resolve("socket"), clients)) {
                    int logins = clients == 1 ? LOGINS / 8 : LOGINS;
                    for (int i = 0; i < WARM_UP; i++) {
                        crowd.perSecond(logins);
                    }
                    SequencedMap<String, Rounds.Subject> subjects = new LinkedHashMap<>();
                    subjects.put("sync", () -> syncs()[50]);
                    subjects.put("logins", () -> crowd.perSecond(logins));
                    SequencedMap<String, Double> medians = rounds.medians(subjects);
                    table.row(
                            clients + (clients == 1 ? " client" : " clients"),
                            Table.number(medians.getOrDefault("logins", 0.0)),
                            clients == 1 ? "" : "5,000",
                            Table.number(medians.getOrDefault("sync", 0.0)));
                }
            }
            if (!daemon.isAlive()) {
                throw new IOException("the daemon has ended");
            }
        }
        return table;
    }

    /** Clients with a connection each, which log in as guests and out again. */
    private static final class Crowd implements AutoCloseable {
        private final List<RpcConnection> connections = new ArrayList<>();
        private final List<SessionManager.Client> managers = new ArrayList<>();

        Crowd(Path socket, int clients) throws IOException {
            for (int i = 0; i < clients; i++) {
                RpcConnection connection = UnixConnection.connect(socket);
                connections.add(connection);
                managers.add(connection.bootstrap(SessionManager.factory));
            }
        }

        /** Lets them log in so often altogether. A logout is sent after each login, and not waited for at once. */
        double perSecond(int count) throws InterruptedException {
            AtomicInteger left = new AtomicInteger(count);
            return rate(count, managers.size(), client -> {
                Deque<RemoteCall<UserSession.LogoutResults.Reader, ?>> logouts = new ArrayDeque<>();
                while (left.getAndDecrement() > 0) {
                    try (var response =
                            managers.get(client).guestRequest().send().join()) {
                        var result = response.get().getResult();
                        if (!result.isGranted()) {
                            throw new IllegalStateException(
                                    result.getDenied().getMessage().toString());
                        }
                        try (UserSession.Client session = result.getBundle().getSession()) {
                            logouts.add(session.logoutRequest().send());
                        }
                    }
                    if (logouts.size() > LOGOUTS_IN_FLIGHT) {
                        logouts.remove().await();
                    }
                }
                logouts.forEach(RemoteCall::await);
            });
        }

        @Override
        public void close() {
            managers.forEach(SessionManager.Client::close);
            connections.forEach(RpcConnection::close);
        }
    }

    private interface Work {
        void run(int caller);
    }

    /** So many things done by callers at the same time, a second. */
    private static double rate(int count, int callers, Work work) throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                int caller = i;
                all.add(threads.submit(() -> {
                    go.await();
                    work.run(caller);
                    return true;
                }));
            }
            long start = System.nanoTime();
            go.countDown();
            for (Future<?> one : all) {
                one.get();
            }
            return count * 1e9 / (System.nanoTime() - start);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- passwords, and lookups meanwhile ----

    private Table passwords() throws IOException, InterruptedException {
        Table table = new Table("passwords, %d hash threads".formatted(HASH_THREADS), "measured", "ratio", "goal");
        try (Engine engine = RamEngine.open();
                BrokerSteps steps = new BrokerSteps(engine, Manifests.roomy(manifest), 64, HASH_THREADS);
                SessionManager.Client manager = steps.connect()) {
            for (int i = 0; i < GUESTS; i++) {
                guestInAndOut(manager); // so that what a login takes beside the hash is compiled
            }
            SequencedMap<String, Rounds.Subject> subjects = new LinkedHashMap<>();
            subjects.put("bare", () -> bareHashes(steps::hashing));
            subjects.put("logins", () -> passwordLogins(steps));
            SequencedMap<String, Double> medians = rounds.times(TURNS).medians(subjects);
            double bare = medians.getOrDefault("bare", 0.0);
            double logins = medians.getOrDefault("logins", 0.0);
            // Alone, since the garbage it leaves is collected in whatever comes next.
            double anew = median(times(count, () -> bareHashes(steps::hashingInNewMemory)));
            table.row("bare Argon2id, /s", Table.number(bare), "", "");
            table.row("the same in memory made for each hash", Table.number(anew), Table.number(anew / bare), "");
            table.row("logins, /s", Table.number(logins), Table.number(logins / bare), "0.9");

            for (int i = 0; i < 5; i++) {
                lookups(steps, 20_000);
            }
            List<Double> quiet = new ArrayList<>();
            List<Double> storm = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                quiet.add(lookups(steps, 20_000));
                storm.add(lookupsInAStorm(steps));
            }
            table.row("lookup of an account, 99th percentile, us", Table.number(median(quiet)), "", "");
            table.row(
                    "the same, during a storm of password logins",
                    Table.number(median(storm)),
                    Table.number(median(storm) / median(quiet)),
                    "");
        }
        return table;
    }

    private static List<Double> times(int count, Rounds.Subject subject) throws IOException, InterruptedException {
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(subject.measure());
        }
        return values;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static double bareHashes(Supplier<Supplier<byte[]>> hashing) throws InterruptedException {
        AtomicInteger left = new AtomicInteger(PASSWORDS);
        CountDownLatch done = new CountDownLatch(HASH_THREADS);
        long start = System.nanoTime();
        for (int i = 0; i < HASH_THREADS; i++) {
            Supplier<byte[]> hash = hashing.get();
            Thread.ofPlatform().start(() -> {
                while (left.getAndDecrement() > 0) {
                    var _ = hash.get();
                }
                done.countDown();
            });
        }
        done.await();
        return PASSWORDS * 1e9 / (System.nanoTime() - start);
    }

    private static double passwordLogins(BrokerSteps steps) throws InterruptedException {
        AtomicInteger left = new AtomicInteger(PASSWORDS);
        // With fewer callers a thread would wait for work while they do what is not hashing: that would measure how
        // long a login takes.
        return rate(PASSWORDS, CALLERS, caller -> {
            try (SessionManager.Client manager = steps.connect()) {
                while (left.getAndDecrement() > 0) {
                    loginAndOut(manager, "account-" + caller);
                }
            }
        });
    }

    private static void guestInAndOut(SessionManager.Client manager) {
        try (var response = manager.guestRequest().send().join();
                UserSession.Client session =
                        response.get().getResult().getBundle().getSession()) {
            session.logoutRequest().send().await();
        }
    }

    /** By a caller's own login object, as connections have: calls of one object run one at a time. */
    private static void loginAndOut(SessionManager.Client manager, String name) {
        var request = manager.passwordRequest();
        request.params().setName(name);
        request.params().setPassword(BrokerSteps.PASSWORD.getBytes(UTF_8));
        try (var response = request.send().join()) {
            var result = response.get().getResult();
            if (!result.isGranted()) {
                throw new IllegalStateException(result.getDenied().getMessage().toString());
            }
            try (UserSession.Client session = result.getBundle().getSession()) {
                session.logoutRequest().send().await();
            }
        }
    }

    /** The 99th percentile of so many lookups by name, one after another, in microseconds. */
    private static double lookups(BrokerSteps steps, int lookups) {
        double[] micros = new double[lookups];
        NameKey[] names = new NameKey[64];
        Arrays.setAll(names, i -> AccountName.parse("account-" + i).key());
        for (int i = 0; i < lookups; i++) {
            long start = System.nanoTime();
            if (steps.store().accounts().byName(names[i % names.length]).isEmpty()) {
                throw new IllegalStateException("account-" + i % names.length + " is missing");
            }
            micros[i] = (System.nanoTime() - start) / 1e3;
        }
        Arrays.sort(micros);
        return micros[lookups * 99 / 100];
    }

    private static double lookupsInAStorm(BrokerSteps steps) throws InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> storm = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            String name = "account-" + i;
            storm.add(Thread.ofVirtual().start(() -> {
                try (SessionManager.Client manager = steps.connect()) {
                    while (!stop.get()) {
                        loginAndOut(manager, name);
                    }
                }
            }));
        }
        try {
            return lookups(steps, 200_000);
        } finally {
            stop.set(true);
            for (Thread thread : storm) {
                thread.join();
            }
        }
    }

    // ---- live sessions ----

    private Table memory() throws IOException {
        Table table = new Table("live sessions with their bundles, -Xmx1g", "measured", "goal");
        try (Child child =
                Child.start(JavaProcess.withHeap("-Xmx1g", SessionsProcess.class, manifest.toString(), "" + MANY))) {
            String[] numbers = child.next().split(" ", -1);
            double bytes = Double.parseDouble(numbers[1]);
            table.row("sessions", Table.number(Double.parseDouble(numbers[0])), Table.number(MANY));
            table.row("heap, MiB", Table.number(bytes / (1 << 20)), "1,024");
            table.row("bytes a session", Table.number(bytes / MANY), "");
        }
        return table;
    }

    // ---- revocation ----

    private Table revoke() throws IOException {
        Table table =
                new Table("revocation with %,d live sessions, ms".formatted(LIVE), "median", "99th percentile", "goal");
        List<dev.bailiwick.engine.Table> tables = Stream.concat(StoreTables.ALL.stream(), StorageTables.all().stream())
                .toList();
        try (Engine engine = RocksEngine.open(new RocksOptions(
                        folder.resolve("store"),
                        tables,
                        RocksOptions.Mode.CREATE,
                        StoreOwner.thisProcess(Optional.empty()),
                        EngineLimits.DEFAULT));
                BrokerSteps steps =
                        new BrokerSteps(engine, Manifests.roomy(manifest), LIVE / LIVE_PER_ACCOUNT + 1, HASH_THREADS)) {
            List<BrokerSteps.Held> live = new ArrayList<>();
            for (int i = 0; i < LIVE; i++) {
                live.add(steps.hold(i / LIVE_PER_ACCOUNT));
            }
            int one = LIVE / LIVE_PER_ACCOUNT; // an account that has none of them
            revocations(table, "account disabled, 1 session", steps, 1, REVOCATIONS, Way.disabled(one));
            revocations(table, "role removed, 1 session", steps, 1, REVOCATIONS, Way.roleRemoved(one));
            revocations(table, "logout", steps, 1, REVOCATIONS, Way.logout(one));
            revocations(table, "account disabled, 1,000 sessions", steps, 1_000, 11, Way.disabled(one));
            double[] syncs = syncs();
            table.row("write of 4 KiB and fdatasync", Table.number(syncs[50] / 1e3), Table.number(syncs[99] / 1e3), "");
            System.out.println("sessions alive throughout: " + Table.number(live.size()));
        }
        return table;
    }

    /** What revokes and what undoes it. */
    private record Way(int account, Step revoke, Step undo) {
        interface Step {
            void run(BrokerSteps steps, BrokerSteps.Held first);
        }

        static Way disabled(int account) {
            return new Way(account, (steps, held) -> steps.disable(account), (steps, held) -> steps.enable(account));
        }

        static Way roleRemoved(int account) {
            return new Way(
                    account, (steps, held) -> steps.removeRole(account), (steps, held) -> steps.addRole(account));
        }

        static Way logout(int account) {
            return new Way(account, BrokerSteps::logout, (steps, held) -> {});
        }
    }

    private static void revocations(Table table, String name, BrokerSteps steps, int sessions, int times, Way way) {
        double[] millis = new double[times];
        for (int i = 0; i < times; i++) {
            List<BrokerSteps.Held> held = new ArrayList<>();
            for (int n = 0; n < sessions; n++) {
                held.add(steps.hold(way.account()));
            }
            long start = System.nanoTime();
            way.revoke().run(steps, held.getFirst());
            millis[i] = (System.nanoTime() - start) / 1e6;
            if (!held.stream().allMatch(steps::isRevoked)) {
                throw new IllegalStateException("a session outlived its revocation");
            }
            held.forEach(steps::end);
            way.undo().run(steps, held.getFirst());
        }
        Arrays.sort(millis);
        table.row(name, Table.number(millis[times / 2]), Table.number(millis[times * 99 / 100]), "10");
    }
}
