package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineException;
import dev.bailiwick.engine.Table;
import dev.bailiwick.engine.View;
import dev.bailiwick.schema.TransactionId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Checks all that is stored, over and over, a few rows at a time while the store is in use. It goes on where it was after a restart.
 *
 * <p>Each row is checked against what it must agree with: a version against its own hash and the journal entry that wrote it, a head row and
 * an index row against the record, an entry against the tree, a node of the tree against the two below it. So bytes that rot where nobody looks
 * are found within a pass. What is found is audited, and stays in {@link #status} until a whole pass has not found it again.
 *
 * <p>INVARIANT (never in the way): a step reads one published state for some milliseconds and holds no lock that anybody waits for. Where
 * the store has more to do than it can, the scrub waits, longer each time.
 *
 * <p>INVARIANT (never silent): what cannot be read is a finding like what is damaged, and a scrub that does not go on says why in its
 * status.
 *
 * <p>Thread-safe.
 */
public final class Scrub implements AutoCloseable {
    /** Rows of one step: some milliseconds. */
    private static final int STEP_ROWS = 128;

    /** Steps after which the position is saved: what a crash makes the scrub do again. */
    private static final int STEPS_A_SAVE = 64;

    private static final long FIRST_WAIT_NANOS = 100_000_000;
    private static final long LONGEST_WAIT_NANOS = 30_000_000_000L;

    private final Engine engine;
    private final AuditLog audit;
    private final InstantSource clock;
    private final Path file;
    private final ScheduledExecutorService timer;
    private final List<Table> tables = List.of(
            StoreTables.RECORDS,
            StoreTables.HEADS,
            StoreTables.CHANGES,
            StoreTables.INDEX,
            StoreTables.TRANSACTIONS,
            StoreTables.JOURNAL,
            StoreTables.JOURNAL_TREE,
            StoreTables.AUDIT,
            StoreTables.AUDIT_TREE);

    private ScrubPosition position;
    private Set<Finding> found = new LinkedHashSet<>();
    private Set<Finding> foundBefore = new LinkedHashSet<>();

    /** Found and not audited yet. */
    private final Deque<Finding> untold = new ArrayDeque<>();

    private int steps;

    /** Why the timer does not go on. */
    private Optional<String> stopped = Optional.empty();

    /** Touched on the timer alone: how long to wait next time that the store is overloaded, and until when. */
    private long waitNanos = FIRST_WAIT_NANOS;

    private long notBefore = System.nanoTime();

    Scrub(Engine engine, AuditLog audit, InstantSource clock, Path file) {
        this.engine = engine;
        this.audit = audit;
        this.clock = clock;
        this.file = file;
        this.position = ScrubPosition.load(file);
        this.timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("scrub").factory());
    }

    /** Begins, at no more than so many rows a second. */
    Scrub start(int rowsPerSecond) {
        long micros = Math.max(1, STEP_ROWS * 1_000_000L / rowsPerSecond);
        var _ = timer.scheduleWithFixedDelay(this::stepQuietly, micros, micros, TimeUnit.MICROSECONDS);
        return this;
    }

    /** How far it is, and what it has found. */
    public synchronized ScrubStatus status() {
        Set<Finding> all = new LinkedHashSet<>(foundBefore);
        all.addAll(found);
        int table = Math.min(position.table(), tables.size() - 1);
        return new ScrubStatus(
                position.rows(),
                position.passes(),
                position.lastFinished(),
                tables.get(table).name() + " " + position.key(),
                List.copyOf(all),
                stopped);
    }

    /**
     * Goes through a whole pass at once, after finishing the one under way, so that {@link #status} tells what all that is stored is
     * like now.
     */
    public ScrubStatus runPass() {
        for (int pass = 0; pass < 2; pass++) {
            boolean ended = false;
            while (!ended) {
                ended = step();
            }
        }
        return status();
    }

    private void stepQuietly() {
        if (System.nanoTime() - notBefore < 0) {
            return;
        }
        try {
            step();
            waitNanos = FIRST_WAIT_NANOS;
        } catch (EngineException e) {
            switch (e.code()) {
                case OVERLOADED -> {
                    notBefore = System.nanoTime() + waitNanos;
                    waitNanos = Math.min(2 * waitNanos, LONGEST_WAIT_NANOS);
                }
                case CORRUPT, LOST, MISSING, HELD, IO, READ_ONLY, FAILED, CLOSED -> stop(e);
            }
        } catch (RuntimeException | Error e) {
            // A timer drops whatever its task throws, and the task with it: nobody would learn that nothing is checked
            // any more.
            stop(e);
        }
    }

    private synchronized void stop(Throwable why) {
        stopped = Optional.of(String.valueOf(why.getMessage() == null ? why : why.getMessage()));
        timer.shutdown();
    }

    /**
     * Checks the next rows; whether that ended a pass.
     *
     * @throws EngineException {@code OVERLOADED} if the store has too much to do; the next step does what is left of this one
     */
    synchronized boolean step() {
        tellAll();
        Set<Finding> before = Set.copyOf(found);
        boolean ended = engine.read(this::checkSome);
        found.stream()
                .filter(finding -> !before.contains(finding) && !foundBefore.contains(finding))
                .forEach(untold::add);
        if (ended) {
            foundBefore = found;
            found = new LinkedHashSet<>();
            position = position.nextPass(clock.instant());
        }
        if (ended || ++steps % STEPS_A_SAVE == 0) {
            save();
        }
        tellAll();
        return ended;
    }

    private boolean checkSome(View view) {
        if (position.table() >= tables.size()) {
            return true;
        }
        Table table = tables.get(position.table());
        List<byte[]> keys = new ArrayList<>();
        RowCheck check = checkOf(table, view);
        byte[] from = position.keyBytes();
        Findings findings = new Findings();
        check(
                findings,
                "file",
                () -> view.scan(table, from, null, (key, value) -> {
                    if (!Arrays.equals(key, from)) {
                        keys.add(key);
                        check(findings, "row", () -> check.row(key, value));
                    }
                    return keys.size() < STEP_ROWS;
                }));
        for (Finding finding : findings.all()) {
            if (found.size() < StoreLimits.FINDINGS) {
                found.add(finding);
            }
        }
        // A scan that damage below the tables ended early cannot be gone on with: the next table is.
        position = keys.size() < STEP_ROWS ? position.nextTable(keys.size()) : position.at(keys.getLast(), keys.size());
        return position.table() >= tables.size();
    }

    /** Runs one check; damage that it meets becomes a finding, and so does what the system refuses to read. */
    private static void check(Findings findings, String code, Runnable check) {
        try {
            findings.check(code, check);
        } catch (EngineException e) {
            if (e.code() != EngineException.Code.IO) {
                throw e;
            }
            findings.add(Finding.UNREADABLE, "store files", String.valueOf(e.getMessage()));
        }
    }

    /** Checks one row; damage is a {@link CorruptStoreException}. */
    @FunctionalInterface
    private interface RowCheck {
        void row(byte[] key, byte[] value);
    }

    private static RowCheck checkOf(Table table, View view) {
        Records records = new Records(view);
        return switch (table.name()) {
            case "records" -> (key, value) -> version(records, key, value);
            case "heads" -> (key, value) -> head(records, key);
            case "changes" -> (key, value) -> change(records, key, value);
            case "index" -> (key, value) -> index(records, key, value);
            case "transactions" -> (key, value) -> transaction(records, key, value);
            case "journal", "audit" -> (key, value) -> chainOf(table).checkedEntry(view, sequence(table, key));
            default -> (key, value) -> node(chainOf(table), view, key);
        };
    }

    private static HashChain chainOf(Table table) {
        return table.equals(HashChain.AUDIT.entries()) || table.equals(HashChain.AUDIT.tree())
                ? HashChain.AUDIT
                : HashChain.JOURNAL;
    }

    private static long sequence(Table table, byte[] key) {
        if (key.length != Long.BYTES) {
            throw new CorruptStoreException(table.name() + " row", "its key is malformed");
        }
        return ByteBuffer.wrap(key).getLong();
    }

    private static void version(Records records, byte[] key, byte[] value) {
        RecordRef ref = RecordRef.ofKey(key, "records");
        long version = versionOf(ref, key);
        Stored<?> stored = Records.decode(ref.kind(), ref.recordId(), version, value);
        requireWritten(
                records, ref, version, Optional.of(stored), records.sequenceOf(ref.kind(), ref.recordId(), version));
    }

    private static void change(Records records, byte[] key, byte[] value) {
        RecordRef ref = RecordRef.ofKey(key, "changes");
        long version = versionOf(ref, key);
        if (value.length != Long.BYTES) {
            throw new CorruptStoreException(ref.version(version), "its change row is malformed");
        }
        requireWritten(
                records, ref, version, Optional.empty(), ByteBuffer.wrap(value).getLong());
    }

    private static long versionOf(RecordRef ref, byte[] key) {
        if (key.length != Keys.RECORD_BYTES) {
            throw new CorruptStoreException(ref.toString(), "a key of it is malformed");
        }
        return ByteBuffer.wrap(key, Keys.HEAD_BYTES, Long.BYTES).getLong();
    }

    private static void requireWritten(
            Records records, RecordRef ref, long version, Optional<Stored<?>> stored, long sequence) {
        boolean named = records.entry(sequence).changes().stream()
                .anyMatch(change -> change.kind() == ref.kind()
                        && change.recordId().equals(ref.recordId())
                        && change.version() == version
                        && stored.map(Stored::contentHash)
                                .filter(hash -> !hash.equals(change.contentHash()))
                                .isEmpty());
        if (!named) {
            throw new CorruptStoreException(ref.version(version), "journal entry " + sequence + " did not write it so");
        }
    }

    private static void head(Records records, byte[] key) {
        RecordRef ref = RecordRef.ofKey(key, "heads");
        if (key.length != Keys.HEAD_BYTES
                || records.newest(ref.kind(), ref.recordId()).isEmpty()) {
            throw new CorruptStoreException(ref.toString(), "its head row is malformed");
        }
    }

    private static void index(Records records, byte[] key, byte[] value) {
        RecordRef target = IndexRow.target(key, value);
        boolean derived = IndexRow.targetVersion(key, value).isPresent()
                ? records
                        .derivedBy(
                                target.kind(),
                                target.recordId(),
                                IndexRow.targetVersion(key, value).getAsLong())
                        .stream()
                        .anyMatch(row -> row.matches(key, value))
                : records.byIndexRow(key, value).recordId().equals(target.recordId());
        if (!derived) {
            throw new CorruptStoreException("index row of " + target, "the record does not derive it");
        }
    }

    private static void transaction(Records records, byte[] key, byte[] value) {
        if (key.length != 16) {
            throw new CorruptStoreException("transaction row", "its key is malformed");
        }
        TransactionId id = TransactionId.of(key);
        StateMachine.TransactionRow row = StateMachine.TransactionRow.decode(id, value);
        JournalEntry entry = records.entry(row.sequence());
        if (!entry.transactionId().equals(id) || !entry.commandHash().equals(row.commandHash())) {
            throw new CorruptStoreException("transaction " + id, "its row is not what its journal entry says");
        }
    }

    private static void node(HashChain chain, View view, byte[] key) {
        if (key.length != 1 + Long.BYTES) {
            throw new CorruptStoreException(chain.tree().name() + " row", "its key is malformed");
        }
        int level = key[0];
        long index = ByteBuffer.wrap(key, 1, Long.BYTES).getLong();
        MerkleNodes nodes = chain.nodes(view);
        boolean good = level == 0
                ? nodes.node(0, index).equals(MerkleTree.leafHash(chain.entry(view, index + 1)))
                : nodes.node(level, index)
                        .equals(MerkleTree.parent(
                                nodes.node(level - 1, 2 * index), nodes.node(level - 1, 2 * index + 1)));
        if (!good) {
            throw new CorruptStoreException(
                    chain.tree().name() + " node " + level + "/" + index, "it is not the hash of what is below it");
        }
    }

    /** Audits what was found. What is left when the store is overloaded is told by the next step. */
    private void tellAll() {
        while (!untold.isEmpty()) {
            tell(untold.getFirst());
            untold.removeFirst();
        }
    }

    private void tell(Finding finding) {
        String text = finding.what() + ": " + finding.message();
        AuditEvent event = AuditEvent.of(clock.instant(), "scrub", finding.code(), Optional.of(new Actor.Daemon()))
                .withNewValue(AuditEvent.shortened(text));
        try {
            audit.append(List.of(event));
        } catch (CorruptStoreException e) {
            // Where the audit chain itself is damaged nothing can be appended; the status says what was found all the
            // same.
        } catch (EngineException e) {
            switch (e.code()) {
                case OVERLOADED, CLOSED -> throw e;
                // Nothing can be written; what can be read is checked all the same, and the status says what was found.
                case CORRUPT, LOST, MISSING, HELD, IO, READ_ONLY, FAILED -> {}
            }
        }
    }

    private void save() {
        try {
            position.save(file);
        } catch (IOException e) {
            // Without the file the scrub begins anew after a restart, which costs time and nothing else.
            steps = 0;
        }
    }

    /** Stops after the present step, and saves the position. */
    @Override
    public void close() {
        timer.shutdownNow();
        synchronized (this) {
            save();
        }
    }
}
