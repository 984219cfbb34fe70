package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineException;
import dev.bailiwick.engine.Row;
import dev.bailiwick.engine.RowVisitor;
import dev.bailiwick.engine.Table;
import dev.bailiwick.engine.View;
import dev.bailiwick.schema.Canonical;
import dev.bailiwick.schema.Hash256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.capnproto.DecodeException;
import org.jspecify.annotations.Nullable;

/**
 * Finds out on all cores whether a state is sound, by reading every table once from end to end, in parts.
 *
 * <p>{@link Verifier} follows each reference, which is a read somewhere else in the store for each. Here both ends of a reference are
 * added up instead: what the journal says of versions, changes and transactions, and what the records say of heads and indexes, goes
 * into a {@link KeyedSum} with one sign, and the rows that are there with the other. Where nothing is left, each row is there exactly
 * once and says exactly what it should.
 *
 * <p>It answers only whether all is well. When it is not, the {@link Verifier} is run, which names what is wrong.
 */
final class QuickVerifier {
    /** Levels of the tree within one part of a chain. */
    private static final int PART_LEVEL = 12;

    private static final long PART = 1L << PART_LEVEL;
    private static final int SPLITS = 16;
    private static final long REPORTED_ROWS = 4096;

    private final View view;
    private final Meta meta;
    private final VerifyProgress progress;
    private final LongAdder rows = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final AtomicInteger partsDone = new AtomicInteger();
    private int parts;
    private final Totals totals = new Totals();

    /** Something is not as it should be; what, the thorough verification says. */
    private static final class UnsoundException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnsoundException(String what) {
            super(what);
        }
    }

    /** What parts add up to. */
    private static final class Totals {
        private final KeyedSum versions;
        private final KeyedSum changes;
        private final KeyedSum transactions;
        private final KeyedSum heads;
        private final KeyedSum index;
        private long recordVersions;
        private long indexRows;
        private long keySequence;
        private @Nullable CheckpointKey key;

        Totals() {
            this(KeyedSum.fresh(), KeyedSum.fresh(), KeyedSum.fresh(), KeyedSum.fresh(), KeyedSum.fresh());
        }

        private Totals(KeyedSum versions, KeyedSum changes, KeyedSum transactions, KeyedSum heads, KeyedSum index) {
            this.versions = versions;
            this.changes = changes;
            this.transactions = transactions;
            this.heads = heads;
            this.index = index;
        }

        Totals part() {
            return new Totals(versions.part(), changes.part(), transactions.part(), heads.part(), index.part());
        }

        synchronized void merge(Totals part) {
            versions.merge(part.versions);
            changes.merge(part.changes);
            transactions.merge(part.transactions);
            heads.merge(part.heads);
            index.merge(part.index);
            recordVersions += part.recordVersions;
            indexRows += part.indexRows;
            if (part.key != null && part.keySequence > keySequence) {
                keySequence = part.keySequence;
                key = part.key;
            }
        }

        boolean balanced() {
            return versions.isZero() && changes.isZero() && transactions.isZero() && heads.isZero() && index.isZero();
        }
    }

    /** What a sound store consists of. */
    record Sound(
            long journalEntries, long recordVersions, long indexRows, long auditEntries, long bytes, StoreHead head) {}

    /** The ends of one part of a chain, which must fit the parts before and after. */
    private record Segment(
            Optional<Hash256> previous,
            Hash256 last,
            Instant firstTime,
            Instant lastTime,
            long firstPolicyEpoch,
            long lastPolicyEpoch,
            long firstStoreEpoch,
            long lastStoreEpoch,
            long greatestStoreEpoch,
            Optional<Hash256> root,
            Optional<JournalEntry> firstEntry) {}

    private QuickVerifier(View view, VerifyProgress progress) {
        this.view = view;
        this.meta = Meta.load(view);
        this.progress = progress;
    }

    /** What the store consists of, if it is sound; empty when the thorough verification must look. */
    static Optional<Sound> verify(
            Engine engine,
            View view,
            Consumer<CheckpointKey> keys,
            Optional<AnchoredHead> anchored,
            int threads,
            VerifyProgress progress) {
        try {
            return Optional.of(new QuickVerifier(view, progress).run(engine, keys, anchored, threads));
        } catch (UnsoundException | CorruptStoreException unsound) {
            return Optional.empty();
        } catch (EngineException e) {
            if (e.code() == EngineException.Code.CORRUPT || e.code() == EngineException.Code.LOST) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Sound run(Engine engine, Consumer<CheckpointKey> keys, Optional<AnchoredHead> anchored, int threads) {
        List<Runnable> work = new ArrayList<>();
        work.add(engine::verifyChecksums);
        HashChain.Head journal = HashChain.JOURNAL.head(view);
        HashChain.Head audit = HashChain.AUDIT.head(view);
        requireEnd(HashChain.JOURNAL, journal.size());
        requireEnd(HashChain.AUDIT, audit.size());
        boolean small = journal.size() + audit.size() <= PART;
        List<Optional<Segment>> journalSegments = chainParts(HashChain.JOURNAL, journal.size(), work);
        List<Optional<Segment>> auditSegments = chainParts(HashChain.AUDIT, audit.size(), work);
        List<byte[]> byId = small ? List.of() : kindsAndIds();
        ranges(byId, StoreTables.RECORDS, work, this::records);
        ranges(byId, StoreTables.CHANGES, work, this::changes);
        ranges(byId, StoreTables.HEADS, work, this::heads);
        ranges(small ? List.of() : indexKeys(), StoreTables.INDEX, work, this::index);
        ranges(small ? List.of() : firstBytes(), StoreTables.TRANSACTIONS, work, this::transactions);
        parts = work.size();
        if (small) {
            // Not worth a second thread.
            work.forEach(this::runPart);
        } else {
            runAll(work, threads);
        }

        require(totals.balanced(), "tables");
        List<Segment> entries = joined(HashChain.JOURNAL, journal, journalSegments);
        joined(HashChain.AUDIT, audit, auditSegments);
        anchored.ifPresent(expected -> {
            require(expected.storeId().equals(meta.storeId()) && expected.storeEpoch() == meta.storeEpoch(), "anchor");
            requireExtends(HashChain.JOURNAL, journal.size(), expected.size(), expected.root());
            requireExtends(HashChain.AUDIT, audit.size(), expected.auditSize(), expected.auditRoot());
        });
        checkMeta(keys, entries);
        return new Sound(
                journal.size(),
                totals.recordVersions,
                totals.indexRows,
                audit.size(),
                bytes.sum(),
                new StoreHead(
                        meta.storeId(),
                        meta.storeEpoch(),
                        meta.policyEpoch(),
                        journal.size(),
                        journal.root(),
                        audit.size(),
                        audit.root()));
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new UnsoundException(what);
        }
    }

    // ---- parts ----

    private void runPart(Runnable part) {
        part.run();
        progress.at(rows.sum(), partsDone.incrementAndGet(), parts);
    }

    private void runAll(List<Runnable> work, int threads) {
        try (ExecutorService pool = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("verify-", 0).factory())) {
            List<Future<?>> running = new ArrayList<>();
            for (Runnable part : work) {
                running.add(pool.submit(() -> runPart(part)));
            }
            try {
                for (Future<?> part : running) {
                    part.get();
                }
            } catch (ExecutionException e) {
                // One is enough: what is wrong, the thorough verification says.
                pool.shutdownNow();
                if (e.getCause() instanceof RuntimeException cause) {
                    throw cause;
                }
                throw new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                pool.shutdownNow();
                Thread.currentThread().interrupt();
                throw new EngineException(EngineException.Code.CLOSED, "the verification was interrupted", e);
            }
        }
    }

    /** Checks the rows of a range, adding up into a part of the totals of its own. */
    @FunctionalInterface
    private interface RangeCheck {
        RangeVisitor in(Totals part);
    }

    /** Visits the rows of a range, and is told that there are no more. */
    @FunctionalInterface
    private interface RangeVisitor extends RowVisitor {
        default void end() {}
    }

    private void ranges(List<byte[]> bounds, Table table, List<Runnable> work, RangeCheck check) {
        for (int i = 0; i <= bounds.size(); i++) {
            byte[] from = i == 0 ? new byte[0] : bounds.get(i - 1);
            byte @Nullable [] to = i == bounds.size() ? null : bounds.get(i);
            work.add(() -> {
                Totals part = totals.part();
                RangeVisitor visitor = check.in(part);
                scan(table, from, to, visitor);
                visitor.end();
                totals.merge(part);
            });
        }
    }

    private void scan(Table table, byte[] from, byte @Nullable [] to, RowVisitor visitor) {
        long[] count = new long[1];
        long[] size = new long[1];
        view.sweep(table, from, to, (key, value) -> {
            size[0] += key.length + value.length;
            if (++count[0] % REPORTED_ROWS == 0) {
                rows.add(REPORTED_ROWS);
                progress.at(rows.sum(), partsDone.get(), parts);
                require(!Thread.currentThread().isInterrupted(), "stopped");
            }
            return visitor.visit(key, value);
        });
        rows.add(count[0] % REPORTED_ROWS);
        bytes.add(size[0]);
    }

    /** Ids are spread evenly; a record's versions stay in one range. */
    private static List<byte[]> kindsAndIds() {
        List<byte[]> bounds = new ArrayList<>();
        for (RecordKind kind : RecordKind.values()) {
            for (int i = 0; i < SPLITS; i++) {
                byte first = (byte) (i * (256 / SPLITS));
                bounds.add(i == 0 ? new byte[] {(byte) kind.code()} : new byte[] {(byte) kind.code(), first});
            }
        }
        bounds.sort(Arrays::compareUnsigned);
        return bounds;
    }

    private static List<byte[]> indexKeys() {
        List<byte[]> bounds = new ArrayList<>();
        for (Keys.Index type : Keys.Index.values()) {
            bounds.add(new byte[] {type.code()});
        }
        bounds.sort(Arrays::compareUnsigned);
        return bounds;
    }

    private static List<byte[]> firstBytes() {
        List<byte[]> bounds = new ArrayList<>();
        for (int i = 1; i < SPLITS; i++) {
            bounds.add(new byte[] {(byte) (i * (256 / SPLITS))});
        }
        return bounds;
    }

    // ---- chains ----

    /** A size that is damaged must not decide how much work there is. */
    private void requireEnd(HashChain chain, long size) {
        byte[] last =
                view.last(chain.entries(), new byte[0], null).map(Row::key).orElseGet(() -> Keys.number(0));
        require(Arrays.equals(last, Keys.number(size)), "size");
    }

    private List<Optional<Segment>> chainParts(HashChain chain, long size, List<Runnable> work) {
        List<Optional<Segment>> segments = new ArrayList<>();
        for (long from = 0; from < size; from += PART) {
            long start = from;
            int slot = segments.size();
            segments.add(Optional.empty());
            work.add(() -> {
                Totals part = totals.part();
                Segment segment = new ChainPart(chain, start, Math.min(size, start + PART), part).run();
                totals.merge(part);
                synchronized (segments) {
                    segments.set(slot, Optional.of(segment));
                }
            });
        }
        work.add(() -> nothingBeyond(chain, size));
        return segments;
    }

    /** No entry follows the last one, and no node is stored that the size does not complete. */
    private void nothingBeyond(HashChain chain, long size) {
        RowVisitor extra = (key, value) -> {
            throw new UnsoundException("extra row");
        };
        view.scan(chain.entries(), new byte[0], Keys.number(1), extra);
        view.scan(chain.entries(), Keys.number(size + 1), null, extra);
        int levels = Long.SIZE - Long.numberOfLeadingZeros(size);
        for (int level = 0; level < levels; level++) {
            view.scan(chain.tree(), Keys.node(level, size >>> level), Keys.node(level + 1, 0), extra);
            if (level > PART_LEVEL) {
                // The parts have looked at what is stored below; of these levels, each node is read by its key.
                requireNodesAlone(chain, level, size >>> level);
            }
        }
        view.scan(chain.tree(), Keys.node(levels, 0), null, extra);
        view.scan(chain.tree(), new byte[0], Keys.node(0, 0), extra);
    }

    private void requireNodesAlone(HashChain chain, int level, long count) {
        long[] next = new long[1];
        view.scan(chain.tree(), Keys.node(level, 0), Keys.node(level, count), (key, value) -> {
            require(Arrays.equals(key, Keys.node(level, next[0]++)), "extra node");
            return true;
        });
    }

    /** One part of a chain: the entries {@code start < sequence <= end}. */
    private final class ChainPart {
        private final HashChain chain;
        private final long start;
        private final long end;
        private final Totals part;
        private final List<List<Hash256>> nodes = new ArrayList<>();
        private long sequence;
        private Optional<Hash256> previous = Optional.empty();
        private Optional<Hash256> last = Optional.empty();
        private Instant firstTime = Instant.EPOCH;
        private Instant lastTime = Instant.EPOCH;
        private long firstPolicyEpoch;
        private long lastPolicyEpoch;
        private long firstStoreEpoch;
        private long lastStoreEpoch;
        private long greatestStoreEpoch;
        private Optional<JournalEntry> firstEntry = Optional.empty();

        ChainPart(HashChain chain, long start, long end, Totals part) {
            this.chain = chain;
            this.start = start;
            this.end = end;
            this.part = part;
            this.sequence = start;
            for (int level = 0; level <= PART_LEVEL; level++) {
                nodes.add(new ArrayList<>());
            }
        }

        Segment run() {
            scan(chain.entries(), Keys.number(start + 1), Keys.number(end + 1), this::visit);
            require(sequence == end, "entries");
            checkNodes(0, nodes.getFirst());
            for (int level = 1; level <= PART_LEVEL; level++) {
                addParents(nodes.get(level - 1), nodes.get(level));
                checkNodes(level, nodes.get(level));
            }
            Optional<Hash256> root = nodes.getLast().stream().findFirst();
            return new Segment(
                    previous,
                    last.orElseThrow(),
                    firstTime,
                    lastTime,
                    firstPolicyEpoch,
                    lastPolicyEpoch,
                    firstStoreEpoch,
                    lastStoreEpoch,
                    greatestStoreEpoch,
                    root,
                    firstEntry);
        }

        private boolean visit(byte[] key, byte[] bytes) {
            sequence++;
            require(key.length == Long.BYTES && Keys.numberOf(key) == sequence, "sequence");
            require(Canonical.isCanonical(bytes), "canonical");
            try {
                if (chain.equals(HashChain.JOURNAL)) {
                    JournalEntry entry = JournalCodec.decodeEntry(bytes);
                    place(entry.sequence(), entry.previousEntryHash(), entry.storeEpoch(), entry.time());
                    count(entry);
                } else {
                    AuditEntry entry = JournalCodec.decodeAudit(bytes);
                    place(
                            entry.sequence(),
                            entry.previousEntryHash(),
                            entry.storeEpoch(),
                            entry.event().time());
                }
            } catch (DecodeException | IllegalArgumentException | IndexOutOfBoundsException malformed) {
                throw new UnsoundException(String.valueOf(malformed.getMessage()));
            }
            last = Optional.of(chain.entryHash(bytes));
            nodes.getFirst().add(MerkleTree.leafHash(bytes));
            return true;
        }

        /** A part begins where a subtree of any level does, so its nodes pair up from the first on; one left over is not yet complete. */
        private static void addParents(List<Hash256> children, List<Hash256> parents) {
            for (int right = 1; right < children.size(); right += 2) {
                parents.add(MerkleTree.parent(children.get(right - 1), children.get(right)));
            }
        }

        private void place(long stated, Optional<Hash256> before, long epoch, Instant time) {
            require(stated == sequence && epoch >= 1 && epoch <= meta.storeEpoch(), "place");
            if (sequence == start + 1) {
                previous = before;
                firstTime = time;
                firstStoreEpoch = epoch;
            } else {
                require(before.equals(last) && inOrder(lastTime, lastStoreEpoch, time, epoch), "link");
            }
            lastTime = time;
            lastStoreEpoch = epoch;
            greatestStoreEpoch = Math.max(greatestStoreEpoch, epoch);
        }

        private void count(JournalEntry entry) {
            if (sequence == start + 1) {
                firstPolicyEpoch = entry.policyEpoch();
                firstEntry = Optional.of(entry);
            } else {
                require(entry.policyEpoch() >= lastPolicyEpoch, "policy epoch");
            }
            lastPolicyEpoch = entry.policyEpoch();
            byte[] number = Keys.number(sequence);
            part.transactions.add(
                    entry.transactionId().toBytes(),
                    new StateMachine.TransactionRow(sequence, entry.commandHash()).encode());
            Set<RecordRef> seen = new HashSet<>();
            for (Change change : entry.changes()) {
                require(seen.add(new RecordRef(change.kind(), change.recordId())), "change twice");
                byte[] key = Keys.record(change.kind(), change.recordId(), change.version());
                part.changes.add(key, number);
                part.versions.add(
                        key, versionFact(change.contentHash(), entry.storeEpoch(), entry.policyEpoch(), entry.time()));
            }
        }

        private void checkNodes(int level, List<Hash256> computed) {
            long first = start >>> level;
            int[] next = new int[1];
            scan(chain.tree(), Keys.node(level, first), Keys.node(level, first + computed.size()), (key, value) -> {
                int at = next[0]++;
                require(Keys.isNode(key, level, first + at) && computed.get(at).hasBytes(value), "node");
                return true;
            });
            require(next[0] == computed.size(), "nodes");
        }
    }

    /** As in the thorough verification: what an epoch took over is of an earlier one, and older than the entry that began it. */
    private static boolean inOrder(Instant before, long epochBefore, Instant time, long epoch) {
        return !time.isBefore(before) || epoch < epochBefore;
    }

    /** What the journal and a stored version must agree on. */
    private static byte[] versionFact(Hash256 contentHash, long storeEpoch, long policyEpoch, Instant time) {
        return ByteBuffer.allocate(Hash256.BYTES + 3 * Long.BYTES)
                .put(contentHash.toBytes())
                .putLong(storeEpoch)
                .putLong(policyEpoch)
                .putLong(time.toEpochMilli())
                .array();
    }

    /** Fits the parts of a chain together, up to its root. */
    private List<Segment> joined(HashChain chain, HashChain.Head head, List<Optional<Segment>> parts) {
        List<Segment> segments = parts.stream().map(Optional::orElseThrow).toList();
        Optional<Segment> before = Optional.empty();
        MerkleTree upper = MerkleTree.empty();
        for (Segment segment : segments) {
            require(segment.previous().equals(before.map(Segment::last)), "link");
            if (before.isPresent()) {
                require(
                        inOrder(
                                        before.get().lastTime(),
                                        before.get().lastStoreEpoch(),
                                        segment.firstTime(),
                                        segment.firstStoreEpoch())
                                && segment.firstPolicyEpoch() >= before.get().lastPolicyEpoch(),
                        "order");
            }
            if (segment.root().isPresent()) {
                upper = upper.append(segment.root().get(), (level, index, hash) -> {
                    if (level > 0) {
                        require(
                                chain.nodes(view)
                                        .node(PART_LEVEL + level, index)
                                        .equals(hash),
                                "node");
                    }
                });
            }
            before = Optional.of(segment);
        }
        require(
                head.lastEntryHash().equals(before.map(Segment::last).orElse(Hash256.of(new byte[Hash256.BYTES])))
                        && head.root().equals(rootAt(chain, head.size())),
                "head");
        return segments;
    }

    /** The root of the first entries, of nodes that are known to be good by now. */
    private Hash256 rootAt(HashChain chain, long size) {
        return MerkleTree.load(chain.nodes(view), size).root();
    }

    private void requireExtends(HashChain chain, long size, long anchoredSize, Hash256 anchoredRoot) {
        require(anchoredSize <= size && rootAt(chain, anchoredSize).equals(anchoredRoot), "anchor");
    }

    private void checkMeta(Consumer<CheckpointKey> keys, List<Segment> journal) {
        CheckpointKey named = Meta.publicKey(view);
        require(Optional.ofNullable(totals.key).equals(Optional.of(named)), "key");
        keys.accept(named);
        require(!journal.isEmpty(), "journal");
        require(
                meta.policyEpoch() == journal.getLast().lastPolicyEpoch()
                        && journal.stream()
                                .mapToLong(Segment::greatestStoreEpoch)
                                .max()
                                .equals(OptionalLong.of(meta.storeEpoch())),
                "epochs");
        JournalEntry first = journal.getFirst().firstEntry().orElseThrow();
        Optional<AnchoredHead> predecessor = first.predecessor();
        require(
                predecessor.isPresent()
                        ? predecessor.get().storeId().equals(meta.storeId())
                                && predecessor.get().storeEpoch() < meta.storeEpoch()
                        : meta.storeEpoch() == 1
                                && first.transactionId()
                                        .value()
                                        .equals(meta.storeId().value()),
                "store id");
        Set<String> known = Set.of(
                Meta.FORMAT_KEY,
                Meta.STORE_ID_KEY,
                Meta.STORE_EPOCH_KEY,
                Meta.POLICY_EPOCH_KEY,
                Meta.PUBLIC_KEY_KEY,
                HashChain.JOURNAL.headKey(),
                HashChain.AUDIT.headKey());
        scan(StoreTables.META, new byte[0], null, (key, value) -> {
            require(known.contains(new String(key, StandardCharsets.UTF_8)), "meta");
            return true;
        });
    }

    // ---- tables ----

    private RangeVisitor records(Totals part) {
        return new RangeVisitor() {
            private @Nullable Stored<?> before;

            @Override
            public void end() {
                newest(before, part);
            }

            @Override
            public boolean visit(byte[] key, byte[] bytes) {
                require(key.length == Keys.RECORD_BYTES, "key");
                RecordRef ref = RecordRef.ofKey(key, "records");
                long version = Keys.versionOf(key);
                Stored<?> stored = Records.decode(ref.kind(), ref.recordId(), version, bytes);
                part.recordVersions++;
                part.versions.subtract(
                        key,
                        versionFact(
                                stored.contentHash(), stored.storeEpoch(), stored.policyEpoch(), stored.updatedAt()));
                boolean continues = before != null && isOf(before, ref);
                if (!continues) {
                    newest(before, part);
                    require(version == 1, "first version");
                } else {
                    requireContinues(before, stored);
                }
                Optional<RecordContent> old =
                        continues && before != null ? Optional.of(before.content()) : Optional.empty();
                IndexRow.ofVersion(stored.recordId(), stored.version(), stored.content(), old)
                        .forEach(row -> part.index.add(row.key(), row.value()));
                if (stored.content() instanceof StoreKeyContent storeKey) {
                    boolean sameEpoch = before != null && before.storeEpoch() == stored.storeEpoch();
                    key(storeKey, old.filter(content -> sameEpoch), stored, part);
                }
                before = stored;
                return true;
            }
        };
    }

    private static boolean isOf(Stored<?> stored, RecordRef ref) {
        return stored.kind() == ref.kind() && stored.recordId().equals(ref.recordId());
    }

    private static void requireContinues(@Nullable Stored<?> before, Stored<?> stored) {
        require(
                before != null
                        && stored.version() == before.version() + 1
                        && stored.previousHash().equals(Optional.of(before.contentHash()))
                        && stored.createdAt().equals(before.createdAt())
                        && Immutable.changed(before.content(), stored.content()).isEmpty(),
                "version");
    }

    /** Of each record, the version after which another record comes, or the range ends. */
    private static void newest(@Nullable Stored<?> stored, Totals part) {
        if (stored == null) {
            return;
        }
        part.heads.add(
                Keys.head(stored.kind(), stored.recordId()), new Head(stored.version(), stored.contentHash()).encode());
        IndexRow.ofHead(stored.recordId(), stored.content()).forEach(row -> part.index.add(row.key(), row.value()));
    }

    private void key(StoreKeyContent key, Optional<RecordContent> before, Stored<?> stored, Totals part) {
        long sequence = new Records(view).sequenceOf(stored.kind(), stored.recordId(), stored.version());
        require(
                KeyRules.continues(
                        key,
                        before.map(StoreKeyContent.class::cast),
                        Checkpoint.originOf(meta.storeId(), stored.storeEpoch()),
                        sequence - NewEpoch.movedBy(view, stored.storeEpoch())),
                "key");
        if (sequence > part.keySequence) {
            part.keySequence = sequence;
            part.key = key.publicKey();
        }
    }

    private RangeVisitor changes(Totals part) {
        return new RangeVisitor() {
            private byte[] before = new byte[0];
            private long beforeSequence;

            @Override
            public boolean visit(byte[] key, byte[] value) {
                require(key.length == Keys.RECORD_BYTES && value.length == Long.BYTES, "change");
                long sequence = Keys.numberOf(value);
                boolean sameRecord = before.length == key.length
                        && Arrays.equals(before, 0, Keys.HEAD_BYTES, key, 0, Keys.HEAD_BYTES);
                require(!sameRecord || sequence > beforeSequence, "order");
                part.changes.subtract(key, value);
                before = key;
                beforeSequence = sequence;
                return true;
            }
        };
    }

    private RangeVisitor heads(Totals part) {
        return (key, value) -> {
            require(key.length == Keys.HEAD_BYTES, "head");
            part.heads.subtract(key, value);
            return true;
        };
    }

    private RangeVisitor index(Totals part) {
        return (key, value) -> {
            part.indexRows++;
            part.index.subtract(key, value);
            return true;
        };
    }

    private RangeVisitor transactions(Totals part) {
        return (key, value) -> {
            part.transactions.subtract(key, value);
            return true;
        };
    }
}
