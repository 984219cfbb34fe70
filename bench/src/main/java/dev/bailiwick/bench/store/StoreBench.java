package dev.bailiwick.bench.store;

import dev.bailiwick.accountstore.AccountStoreReader;
import dev.bailiwick.accountstore.AnchorMode;
import dev.bailiwick.accountstore.VerifyReport;
import dev.bailiwick.bench.Rounds;
import dev.bailiwick.bench.Table;
import dev.bailiwick.engine.EngineStats;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.RecordId;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.naming.NamingException;
import org.rocksdb.RocksDBException;

/** Measures the account store, and prints one table a question. */
final class StoreBench {
    private static final AnchorMode INTERVAL = new AnchorMode.Interval(Duration.ofSeconds(1));
    private static final int SMALL = 10_000;
    private static final int HOT = 10_000;
    private static final int SQL_ACCOUNTS = 100_000;
    private static final int WRITERS = 64;

    /** In how many turns a lone caller's commits of one round are made. */
    private static final int TURNS = 10;

    private static final int COMMITS = Integer.getInteger("bench.commits", 2_000);
    private static final int SQL_CALLERS = 16;

    /** Commits before any are measured: until about then the JVM compiles what they run, on a core that is also theirs. */
    private static final int WARM_UP = 60_000;

    private static final int CORES = Runtime.getRuntime().availableProcessors();

    /** What the store reads ahead when it verifies. */
    private static final long AHEAD = 256L << 10;

    private static final int SLOT_SPACING = 4096;

    /** The subject that the store is compared with. */
    private static final String OTHER = "other";

    private static final dev.bailiwick.engine.Table INDEX = new dev.bailiwick.engine.Table("index");
    private static final dev.bailiwick.engine.Table HEADS = new dev.bailiwick.engine.Table("heads");
    private static final dev.bailiwick.engine.Table RECORDS = new dev.bailiwick.engine.Table("records");

    private final Path folder;
    private final Path manifest;
    private final Rounds rounds;
    private final int large;
    private final FileChannel syncFile;
    private final FileChannel slotFile;

    /** Durations of single fdatasync calls, in microseconds, over the whole run. */
    private final List<Double> syncs = new ArrayList<>();

    private StoreBench(Path folder, Path manifest, Rounds rounds, int large) throws IOException {
        this.folder = folder;
        this.manifest = manifest;
        this.rounds = rounds;
        this.large = large;
        this.syncFile = FileChannel.open(
                folder.resolve("sync"), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        this.slotFile = FileChannel.open(folder.resolve("slots"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** Arguments: the seed manifest, the number of rounds, the accounts of the large store, and the questions, or none for all. */
    static void main(String[] arguments)
            throws IOException, InterruptedException, RocksDBException, SQLException, NamingException {
        Path folder = Files.createTempDirectory(Path.of(System.getProperty("java.io.tmpdir")), "store-bench");
        List<String> questions = List.of(arguments).subList(3, arguments.length);
        try {
            StoreBench bench = new StoreBench(
                    folder,
                    Path.of(arguments[0]),
                    new Rounds(Integer.parseInt(arguments[1])),
                    Integer.parseInt(arguments[2]));
            if (questions.isEmpty() || questions.contains("commits")) {
                bench.commits();
            }
            if (questions.isEmpty() || questions.contains("sqlite")) {
                bench.sqlite();
            }
            if (questions.contains("ldap")) {
                bench.ldap();
            }
            if (questions.contains("open")) {
                bench.open();
            }
            if (questions.isEmpty() || questions.contains("reads")) {
                bench.reads();
            }
            bench.printSyncs();
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    // ---- the line that says how the disk was doing ----

    /** Some fdatasync calls, one after another; answers how many a second. */
    private double syncsPerSecond() throws IOException {
        ByteBuffer block = ByteBuffer.allocate(4096);
        long start = System.nanoTime();
        int count = 50;
        for (int i = 0; i < count; i++) {
            long before = System.nanoTime();
            syncFile.write(block.rewind());
            syncFile.force(false);
            syncs.add((System.nanoTime() - before) / 1e3);
        }
        return count * 1e9 / (System.nanoTime() - start);
    }

    private void printSyncs() {
        if (syncs.isEmpty()) {
            return;
        }
        syncs.sort(Comparator.naturalOrder());
        System.out.printf(
                Locale.ROOT,
                "write of 4 KiB and fdatasync, beside every round: median %.0f us, a tenth below %.0f, a tenth above %.0f%n",
                syncs.get(syncs.size() / 2),
                syncs.get(syncs.size() / 10),
                syncs.get(syncs.size() * 9 / 10));
    }

    // ---- commits ----

    private void commits() throws IOException, InterruptedException, RocksDBException {
        Table table = new Table(
                "durable compare-and-set commits",
                "this store, /s",
                "raw RocksDB, /s",
                "ratio",
                "commits a sync",
                "bytes");
        warmUp();
        for (AnchorMode mode : List.of(INTERVAL, new AnchorMode.Strict())) {
            for (int callers : List.of(1, WRITERS)) {
                commits(table, mode, callers);
            }
        }
        System.out.println(table);
    }

    private void warmUp() throws IOException, InterruptedException, RocksDBException {
        Path place = folder.resolve("warm-up");
        Path rawPlace = folder.resolve("raw-warm-up");
        try (Accounts accounts = Accounts.create(place, manifest, INTERVAL, SMALL);
                RawStore raw = RawStore.create(rawPlace)) {
            Accounts.Writer[] many = writers(accounts, WRITERS);
            Callers.perSecond(WRITERS, WARM_UP, caller -> many[caller].commit());
            Accounts.Writer[] one = writers(accounts, 1);
            accounts.engine().start();
            Callers.perSecond(1, COMMITS, caller -> one[caller].commit());
            List<List<BenchRow>> batches = accounts.engine().stop();
            for (int i = 0; i < 3; i++) {
                rawPerSecond(raw, batches, COMMITS, false);
            }
        }
        delete(place);
        delete(rawPlace);
    }

    private void commits(Table table, AnchorMode mode, int callers)
            throws IOException, InterruptedException, RocksDBException {
        String name = mode.word() + "-" + callers;
        // A lone caller's commits are mostly syncs, and a disk is quicker or slower from one second to the next.
        int turns = callers == 1 ? TURNS : 1;
        int count = (callers == 1 ? COMMITS : 6 * COMMITS) / turns;
        try (Accounts accounts = Accounts.create(folder.resolve(name), manifest, mode, SMALL);
                RawStore raw = RawStore.create(folder.resolve("raw-" + name))) {
            Accounts.Writer[] writers = writers(accounts, callers);
            for (int i = 0; i < 3 * turns; i++) {
                Callers.perSecond(callers, count, caller -> writers[caller].commit());
            }
            accounts.engine().start();
            Callers.perSecond(callers, count, caller -> writers[caller].commit());
            List<List<BenchRow>> batches = accounts.engine().stop();
            EngineStats before = accounts.engine().stats();
            boolean strict = mode instanceof AnchorMode.Strict;
            SequencedMap<String, Rounds.Subject> subjects = new LinkedHashMap<>();
            subjects.put("sync", this::syncsPerSecond);
            subjects.put("ours", () -> Callers.perSecond(callers, count, caller -> writers[caller].commit()));
            subjects.put("raw", () -> rawPerSecond(raw, batches, count, strict));
            SequencedMap<String, Double> medians = rounds.times(turns).medians(subjects);
            EngineStats after = accounts.engine().stats();
            double works = after.works() - before.works();
            double ours = medians.getOrDefault("ours", 0.0);
            double theirs = medians.getOrDefault("raw", 0.0);
            table.row(
                    mode.word() + ", " + (callers == 1 ? "1 caller" : callers + " callers"),
                    Table.number(ours),
                    Table.number(theirs),
                    Table.number(ours / theirs),
                    Table.number(works / (after.groups() - before.groups())),
                    Table.number((after.bytes() - before.bytes()) / works));
        }
        delete(folder.resolve(name));
        delete(folder.resolve("raw-" + name));
    }

    private static Accounts.Writer[] writers(Accounts accounts, int callers) {
        int share = Math.min(accounts.count(), SMALL) / callers;
        Accounts.Writer[] writers = new Accounts.Writer[callers];
        for (int i = 0; i < callers; i++) {
            writers[i] = accounts.writer(i * share, (i + 1) * share);
        }
        return writers;
    }

    /**
     * Writes the recorded batches, each synced; in strict mode one of two slots of a file is written and synced after each, as the
     * anchor is. In commits a second.
     */
    private double rawPerSecond(RawStore raw, List<List<BenchRow>> batches, int commits, boolean strict)
            throws IOException {
        ByteBuffer slot = ByteBuffer.allocate(124);
        int written = 0;
        long start = System.nanoTime();
        for (List<BenchRow> batch : batches) {
            raw.write(batch);
            if (strict) {
                slotFile.write(slot.rewind(), (long) (written++ & 1) * SLOT_SPACING);
                slotFile.force(false);
            }
        }
        return commits * 1e9 / (System.nanoTime() - start);
    }

    // ---- what else one would use ----

    private void sqlite() throws IOException, InterruptedException, SQLException, RocksDBException {
        warmUp();
        try (SqliteAccounts sqlite = new SqliteAccounts(folder.resolve("accounts.sqlite"), SQL_ACCOUNTS)) {
            beside(sqlite);
        }
    }

    private void ldap() throws IOException, InterruptedException, NamingException, RocksDBException {
        warmUp();
        try (LdapAccounts ldap = new LdapAccounts(
                Files.createDirectory(folder.resolve("ldap")),
                Path.of(System.getProperty("bench.ldap.schemas")),
                Path.of(System.getProperty("bench.ldap.modules")),
                SQL_ACCOUNTS,
                SQL_CALLERS)) {
            beside(ldap);
        }
    }

    private void beside(OtherAccounts other) throws IOException, InterruptedException {
        Table table = new Table(
                "the same " + Table.number(SQL_ACCOUNTS) + " accounts",
                "this store, /s",
                other.name() + ", /s",
                "ratio");
        try (Accounts accounts = Accounts.create(folder.resolve("beside"), manifest, INTERVAL, SQL_ACCOUNTS)) {
            for (int callers : List.of(1, SQL_CALLERS)) {
                Accounts.Writer[] writers = writers(accounts, callers);
                long[] versions = new long[SQL_ACCOUNTS];
                Arrays.fill(versions, 1);
                int[] next = new int[callers];
                int share = SQL_ACCOUNTS / 2 / SQL_CALLERS;
                int base = callers == 1 ? 0 : SQL_ACCOUNTS / 2;
                int count = callers == 1 ? COMMITS : 4 * COMMITS;
                SequencedMap<String, Rounds.Subject> subjects = new LinkedHashMap<>();
                subjects.put("sync", this::syncsPerSecond);
                subjects.put("ours", () -> Callers.perSecond(callers, count, caller -> writers[caller].commit()));
                subjects.put(
                        OTHER,
                        () -> Callers.perSecond(callers, count, caller -> {
                            int account = base + caller * share + next[caller]++ % share;
                            other.commit(caller, account, versions[account]++);
                        }));
                compared(table, callers == 1 ? "commits, 1 caller" : "commits, " + callers + " callers", subjects);
            }
            lookupsBeside(table, accounts, other);
        }
        delete(folder.resolve("beside"));
        System.out.println(table);
    }

    private void lookupsBeside(Table table, Accounts accounts, OtherAccounts other)
            throws IOException, InterruptedException {
        NameKey[] keys = new NameKey[HOT];
        int[] numbers = new SplittableRandom(1).ints(HOT, 0, SQL_ACCOUNTS).toArray();
        Arrays.setAll(keys, i -> Accounts.name(numbers[i]));
        AccountStoreReader reader = accounts.store().accounts();
        SequencedMap<String, Rounds.Subject> subjects = new LinkedHashMap<>();
        subjects.put(
                "ours",
                () -> cachedPerSecond(
                        1_000_000, i -> reader.byName(keys[i % HOT]).isPresent()));
        subjects.put(OTHER, () -> cachedPerSecond(20_000, i -> other.lookup(numbers[i % HOT]) > 0));
        compared(table, "lookups by name, of 10,000 that are used", subjects);
        SequencedMap<String, Rounds.Subject> cold = new LinkedHashMap<>();
        cold.put(
                "ours",
                () -> cachedPerSecond(
                        50_000,
                        i -> accounts.store()
                                .read(snapshot -> snapshot.accounts()
                                        .byName(keys[i % HOT])
                                        .isPresent())));
        cold.put(OTHER, () -> cachedPerSecond(20_000, i -> other.lookup(numbers[i % HOT]) > 0));
        compared(table, "lookups by name, none kept in memory here", cold);
    }

    private void compared(Table table, String what, SequencedMap<String, Rounds.Subject> subjects)
            throws IOException, InterruptedException {
        SequencedMap<String, Double> medians = rounds.medians(subjects);
        double ours = medians.getOrDefault("ours", 0.0);
        double theirs = medians.getOrDefault(OTHER, 0.0);
        table.row(what, Table.number(ours), Table.number(theirs), Table.number(ours / theirs));
    }

    @FunctionalInterface
    private interface Lookup {
        boolean find(int number);
    }

    private static double cachedPerSecond(int count, Lookup lookup) {
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            if (!lookup.find(i)) {
                throw new IllegalStateException("an account is missing");
            }
        }
        return count * 1e9 / (System.nanoTime() - start);
    }

    // ---- reads ----

    private void reads() throws IOException, InterruptedException, RocksDBException {
        Table lookups = new Table(
                "lookups, one thread", "by", "accounts", "this store, /s", "raw gets, /s", "ratio", "bytes allocated");
        Table verify = new Table(
                "full verify, all cores",
                "this store, rows/s",
                "raw SHA-256 loop, rows/s",
                "ratio",
                "the same loop, reading ahead",
                "ratio");
        Table opening = openingTable();
        for (int count : List.of(SMALL, large)) {
            make(count);
            opening(opening, readsOf(count), count);
        }
        try (Accounts few = Accounts.open(readsOf(SMALL), INTERVAL, SMALL);
                Accounts many = Accounts.open(readsOf(large), INTERVAL, large);
                RawStore rawFew = RawStore.reading(few.database());
                RawStore rawMany = RawStore.reading(many.database())) {
            cached(lookups, few, many);
            uncached(lookups, few, rawFew);
            uncached(lookups, many, rawMany);
            verify(verify, few, rawFew);
            verify(verify, many, rawMany);
        }
        delete(readsOf(SMALL));
        delete(readsOf(large));
        System.out.println(lookups);
        System.out.println(verify);
        System.out.println(opening);
    }

    /** Only how long the large store takes to open. */
    private void open() throws IOException, InterruptedException {
        Table opening = openingTable();
        make(large);
        opening(opening, readsOf(large), large);
        delete(readsOf(large));
        System.out.println(opening);
    }

    private static Table openingTable() {
        return new Table("accounts", "open to first answer, ms", "heap after 10,000 lookups, MiB");
    }

    /** A store of so many accounts, some of which have changed many times. */
    private void make(int count) throws IOException, InterruptedException {
        try (Accounts accounts = Accounts.create(readsOf(count), manifest, INTERVAL, count)) {
            Accounts.Writer[] writers = writers(accounts, WRITERS);
            Callers.perSecond(WRITERS, 50 * COMMITS, caller -> writers[caller].commit());
        }
    }

    private Path readsOf(int count) {
        return folder.resolve("reads-" + count);
    }

    private void opening(Table table, Path directory, int count) throws IOException, InterruptedException {
        SequencedMap<String, Rounds.Subject> subjects = new LinkedHashMap<>();
        double[] heap = new double[1];
        subjects.put("open", () -> {
            double[] answer = OpenProcess.measure(directory, count);
            heap[0] = Math.max(heap[0], answer[1]);
            return answer[0];
        });
        double milliseconds = rounds.medians(subjects).getOrDefault("open", 0.0);
        table.row(Table.number(count), Table.number(milliseconds), Table.number(heap[0]));
    }

    /** A thread's lookups of accounts that are in memory, of a small and a large store in turns. */
    private void cached(Table table, Accounts few, Accounts many) throws IOException, InterruptedException {
        int count = 2_000_000;
        for (String by : List.of("id", "name")) {
            SequencedMap<String, Rounds.Subject> subjects = new LinkedHashMap<>();
            List<Double> allocated = new ArrayList<>();
            for (Accounts accounts : List.of(few, many)) {
                Lookup lookup = hot(accounts, by);
                subjects.put("" + accounts.count(), () -> cachedPerSecond(count, lookup));
                cachedPerSecond(count, lookup);
                allocated.add(allocatedBy(() -> cachedPerSecond(count, lookup)) / (double) count);
            }
            SequencedMap<String, Double> medians = rounds.medians(subjects);
            double small = medians.firstEntry().getValue();
            double big = medians.lastEntry().getValue();
            table.row(
                    "cached",
                    by,
                    Table.number(few.count()),
                    Table.number(small),
                    "",
                    "",
                    Table.number(allocated.get(0)));
            table.row(
                    "cached",
                    by,
                    Table.number(many.count()),
                    Table.number(big),
                    "",
                    Table.number(big / small),
                    Table.number(allocated.get(1)));
        }
    }

    /** Lookups of as many accounts as the cache holds easily, each at random over the whole store. */
    private static Lookup hot(Accounts accounts, String by) {
        AccountStoreReader reader = accounts.store().accounts();
        int[] numbers = new SplittableRandom(7)
                .ints(0, accounts.count())
                .distinct()
                .limit(HOT)
                .toArray();
        if (by.equals("id")) {
            RecordId[] ids = Arrays.stream(numbers).mapToObj(Accounts::recordId).toArray(RecordId[]::new);
            return i -> reader.byId(ids[i % HOT]).isPresent();
        }
        NameKey[] names = Arrays.stream(numbers).mapToObj(Accounts::name).toArray(NameKey[]::new);
        return i -> reader.byName(names[i % HOT]).isPresent();
    }

    /** Bytes that this thread allocates meanwhile. */
    private static long allocatedBy(Runnable run) {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        run.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private void uncached(Table table, Accounts accounts, RawStore raw) throws IOException, InterruptedException {
        SplittableRandom random = new SplittableRandom(7);
        // Names at random over the whole store, and past the cache: each costs an index row, a head row and a version.
        int count = 20_000;
        SequencedMap<String, Rounds.Subject> subjects = new LinkedHashMap<>();
        subjects.put(
                "ours",
                () -> cachedPerSecond(count, i -> {
                    NameKey name = Accounts.name(random.nextInt(accounts.count()));
                    return accounts.store()
                            .read(snapshot -> snapshot.accounts().byName(name).isPresent());
                }));
        subjects.put(
                "raw",
                () -> cachedPerSecond(count, i -> {
                    NameKey name = Accounts.name(random.nextInt(accounts.count()));
                    byte[] id =
                            raw.get(INDEX, concat(new byte[] {'n'}, name.text().getBytes(StandardCharsets.UTF_8)));
                    byte[] head = raw.get(HEADS, concat(new byte[1], id));
                    return raw.get(RECORDS, concat(new byte[1], id, Arrays.copyOf(head, Long.BYTES))).length > 0;
                }));
        SequencedMap<String, Double> medians = rounds.medians(subjects);
        double ours = medians.getOrDefault("ours", 0.0);
        double theirs = medians.getOrDefault("raw", 0.0);
        table.row(
                "uncached",
                "name",
                Table.number(accounts.count()),
                Table.number(ours),
                Table.number(3 * theirs),
                Table.number(ours / theirs),
                "");
    }

    private static byte[] concat(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer all = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }

    private void verify(Table table, Accounts accounts, RawStore raw) throws IOException, InterruptedException {
        long rows = raw.hashAll(CORES, 0);
        SequencedMap<String, Rounds.Subject> subjects = new LinkedHashMap<>();
        subjects.put("ours", () -> {
            long start = System.nanoTime();
            VerifyReport report = accounts.store().inspector().verify();
            if (!report.sound()) {
                throw new IllegalStateException(report.findings().toString());
            }
            return (double) rows * 1e9 / (System.nanoTime() - start);
        });
        subjects.put(OTHER, () -> hashedPerSecond(raw, rows, 0));
        subjects.put("ahead", () -> hashedPerSecond(raw, rows, AHEAD));
        SequencedMap<String, Double> medians = rounds.medians(subjects);
        double ours = medians.getOrDefault("ours", 0.0);
        double theirs = medians.getOrDefault(OTHER, 0.0);
        double ahead = medians.getOrDefault("ahead", 0.0);
        table.row(
                Table.number(accounts.count()) + " accounts, " + Table.number((double) rows) + " rows",
                Table.number(ours),
                Table.number(theirs),
                Table.number(ours / theirs),
                Table.number(ahead),
                Table.number(ours / ahead));
    }

    private static double hashedPerSecond(RawStore raw, long rows, long ahead) throws InterruptedException {
        long start = System.nanoTime();
        raw.hashAll(CORES, ahead);
        return (double) rows * 1e9 / (System.nanoTime() - start);
    }
}
