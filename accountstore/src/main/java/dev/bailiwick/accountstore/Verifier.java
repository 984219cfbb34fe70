package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.Table;
import dev.bailiwick.engine.View;
import dev.bailiwick.schema.Canonical;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.TransactionId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.capnproto.DecodeException;
import org.jspecify.annotations.Nullable;

/**
 * Full verification of one published state. The journal is the authority: its entries are walked in order, and everything else must
 * be exactly what they say, no row more and no row less.
 *
 * <pre>
 * entry chain    each entry is canonical, numbered without gaps, and names the hash of the one before
 * tree           every stored node is the hash of its entries, and there is no other node; the root is the one in the head row
 * anchor         the tree extends the anchored head
 * versions       each change of each entry has its record version: canonical, with that hash, continuing the version before
 * heads          each record's head row names its last version
 * indexes        each row that the records derive is there, and each row that is there is derived
 * meta           format, epochs and sizes are those of the last entry; the key is the store's
 * </pre>
 *
 * <p>It keeps nothing in memory that grows with the store, except the findings.
 */
final class Verifier {
    private static final int RECENT = 1024;

    private final View view;
    private final Records records;
    private final Findings findings = new Findings();
    private long journalEntries;
    private long auditEntries;
    private long recordVersions;
    private long firstVersions;
    private long indexRows;
    private long derivedRows;

    /** Versions seen last, for what continues them; bounded. */
    private final Map<RecordRef, Stored<?>> recent = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<RecordRef, Stored<?>> eldest) {
            return size() > RECENT;
        }
    };

    private Optional<StoreHead> head = Optional.empty();
    private Optional<CheckpointKey> lastKey = Optional.empty();

    private Verifier(View view) {
        this.view = view;
        this.records = new Records(view);
    }

    /**
     * Finds out on {@code threads} threads whether all is well, and names what is wrong if not.
     *
     * @param keys throws {@link CorruptStoreException} unless it has the key that the store names
     */
    static VerifyReport verify(
            Engine engine,
            Consumer<CheckpointKey> keys,
            Optional<AnchoredHead> anchored,
            InstantSource clock,
            int threads,
            VerifyProgress progress) {
        Instant start = clock.instant();
        return engine.read(view -> QuickVerifier.verify(engine, view, keys, anchored, threads, progress)
                .map(sound -> new VerifyReport(
                        sound.journalEntries(),
                        sound.recordVersions(),
                        sound.indexRows(),
                        sound.auditEntries(),
                        sound.bytes(),
                        List.of(),
                        Optional.of(sound.head()),
                        Duration.between(start, clock.instant())))
                .orElseGet(() -> thoroughly(engine, keys, anchored, clock)));
    }

    /** On all cores, without telling how far it is; otherwise as above. */
    static VerifyReport verify(
            Engine engine, Consumer<CheckpointKey> keys, Optional<AnchoredHead> anchored, InstantSource clock) {
        int threads = Runtime.getRuntime().availableProcessors();
        return verify(engine, keys, anchored, clock, threads, VerifyProgress.ignored());
    }

    /** Follows every reference, on one thread. */
    static VerifyReport thoroughly(
            Engine engine, Consumer<CheckpointKey> keys, Optional<AnchoredHead> anchored, InstantSource clock) {
        Instant start = clock.instant();
        return engine.read(view -> {
            Verifier verifier = new Verifier(view);
            verifier.findings.check("meta", () -> verifier.run(keys, anchored));
            verifier.findings.check("file", engine::verifyChecksums);
            return new VerifyReport(
                    verifier.journalEntries,
                    verifier.recordVersions,
                    verifier.indexRows,
                    verifier.auditEntries,
                    0,
                    verifier.findings.all(),
                    verifier.head,
                    Duration.between(start, clock.instant()));
        });
    }

    /** Of the audit chain alone, on one thread. */
    static AuditReport auditChain(Engine engine, Optional<AnchoredHead> anchored) {
        return engine.read(view -> {
            Verifier verifier = new Verifier(view);
            verifier.findings.check("meta", () -> verifier.runAudit(anchored));
            return new AuditReport(verifier.auditEntries, verifier.findings.all());
        });
    }

    private void runAudit(Optional<AnchoredHead> anchored) {
        Walk audit = new Walk(
                HashChain.AUDIT,
                anchored.map(AnchoredHead::auditSize),
                Meta.load(view).storeEpoch());
        audit.run();
        auditEntries = audit.size;
        anchored.ifPresent(expected -> checkAnchor(audit, expected.auditSize(), expected.auditRoot()));
    }

    private void run(Consumer<CheckpointKey> keys, Optional<AnchoredHead> anchored) {
        Meta meta = Meta.load(view);
        Walk journal = new Walk(HashChain.JOURNAL, anchored.map(AnchoredHead::size), meta.storeEpoch());
        journal.run();
        journalEntries = journal.size;
        Walk audit = new Walk(HashChain.AUDIT, anchored.map(AnchoredHead::auditSize), meta.storeEpoch());
        audit.run();
        auditEntries = audit.size;
        anchored.ifPresent(expected -> checkAnchor(expected, meta, journal, audit));
        checkMeta(meta, keys, journal);
        checkCount(StoreTables.TRANSACTIONS, journal.size, "transaction-extra", "transactions");
        checkRecords(journal.changes);
        checkIndex();
        head = Optional.of(new StoreHead(
                meta.storeId(),
                meta.storeEpoch(),
                meta.policyEpoch(),
                journal.size,
                journal.tree.root(),
                audit.size,
                audit.tree.root()));
    }

    // ---- chains ----

    /** Walks one chain in order, rebuilding its tree. */
    private final class Walk {
        private final HashChain chain;
        private final long anchoredSize;
        private final long storeEpoch;
        private long size;
        private long changes;
        private long nodes;
        private Instant lastTime = Instant.EPOCH;
        private long lastEpoch;
        private Optional<AnchoredHead> predecessor = Optional.empty();
        private long lastPolicyEpoch;
        private long lastStoreEpoch;
        private Optional<TransactionId> firstTransaction = Optional.empty();
        private Optional<Hash256> lastHash = Optional.empty();
        private Optional<Hash256> rootAtAnchor = Optional.empty();
        private MerkleTree tree = MerkleTree.empty();

        Walk(HashChain chain, Optional<Long> anchoredSize, long storeEpoch) {
            this.chain = chain;
            this.anchoredSize = anchoredSize.orElse(-1L);
            this.storeEpoch = storeEpoch;
        }

        void run() {
            noteAnchor();
            findings.check(
                    "file",
                    () -> view.scan(chain.entries(), new byte[0], null, (key, value) -> {
                        if (!Arrays.equals(key, Keys.number(size + 1))) {
                            findings.add(
                                    "chain-gap", chain.name(size + 1), "it is missing, or a row is out of sequence");
                            return false;
                        }
                        size++;
                        findings.check("chain-entry", () -> visit(value));
                        lastHash = Optional.of(chain.entryHash(value));
                        tree = tree.append(MerkleTree.leafHash(value), this::checkNode);
                        noteAnchor();
                        return true;
                    }));
            checkCount(chain.tree(), nodes, "tree-extra", chain.tree().name() + " nodes");
            checkHead();
        }

        private void noteAnchor() {
            if (size == anchoredSize) {
                rootAtAnchor = Optional.of(tree.root());
            }
        }

        private void visit(byte[] bytes) {
            String name = chain.name(size);
            if (!Canonical.isCanonical(bytes)) {
                throw new CorruptStoreException(name, "its bytes are not canonical");
            }
            try {
                if (chain.equals(HashChain.JOURNAL)) {
                    JournalEntry entry = JournalCodec.decodeEntry(bytes);
                    checkPlace(name, entry.sequence(), entry.previousEntryHash(), entry.storeEpoch(), entry.time());
                    checkEntry(name, entry);
                } else {
                    AuditEntry entry = JournalCodec.decodeAudit(bytes);
                    checkPlace(
                            name,
                            entry.sequence(),
                            entry.previousEntryHash(),
                            entry.storeEpoch(),
                            entry.event().time());
                }
            } catch (DecodeException | IllegalArgumentException | IndexOutOfBoundsException malformed) {
                throw new CorruptStoreException(name, "it cannot be read: " + malformed.getMessage(), malformed);
            }
        }

        private void checkPlace(String name, long sequence, Optional<Hash256> previous, long epoch, Instant time) {
            if (sequence != size) {
                findings.add("chain-sequence", name, "it says it is entry " + sequence);
            }
            if (!previous.equals(lastHash)) {
                findings.add("chain-link", name, "it does not name the hash of the entry before");
            }
            if (epoch < 1 || epoch > storeEpoch) {
                findings.add("chain-epoch", name, "its store epoch is " + epoch + ", the store's " + storeEpoch);
            }
            // An epoch's first entry is younger than what the epoch took over, which is of an earlier epoch.
            if (time.isBefore(lastTime) && epoch >= lastEpoch) {
                findings.add("chain-time", name, "it is of " + time + ", the entry before of " + lastTime);
            }
            lastTime = time;
            lastEpoch = epoch;
        }

        private void checkEntry(String name, JournalEntry entry) {
            if (entry.policyEpoch() < lastPolicyEpoch) {
                findings.add("chain-epoch", name, "its policy epoch is below the one before");
            }
            lastPolicyEpoch = entry.policyEpoch();
            lastStoreEpoch = Math.max(lastStoreEpoch, entry.storeEpoch());
            if (size == 1) {
                firstTransaction = Optional.of(entry.transactionId());
                predecessor = entry.predecessor();
            }
            findings.check("transaction-row", () -> checkTransaction(entry));
            Set<RecordRef> seen = new HashSet<>();
            for (Change change : entry.changes()) {
                changes++;
                if (!seen.add(new RecordRef(change.kind(), change.recordId()))) {
                    findings.add("chain-change", name, "it changes one record twice");
                }
                findings.check("record", () -> checkVersion(entry, change));
            }
        }

        private void checkNode(int level, long index, Hash256 expected) {
            nodes++;
            findings.check("tree-node", () -> {
                if (!chain.nodes(view).node(level, index).equals(expected)) {
                    throw new CorruptStoreException(
                            chain.tree().name() + " node " + level + "/" + index, "it is not the hash of its entries");
                }
            });
        }

        private void checkHead() {
            findings.check("chain-head", () -> {
                HashChain.Head head = chain.head(view);
                Hash256 last = lastHash.orElse(Hash256.of(new byte[Hash256.BYTES]));
                if (head.size() != size
                        || !head.root().equals(tree.root())
                        || !head.lastEntryHash().equals(last)) {
                    throw new CorruptStoreException(
                            chain.headKey() + " head",
                            "it says " + head.size() + " entries with root " + head.root() + ", but there are " + size
                                    + " with root " + tree.root());
                }
            });
        }
    }

    private void checkTransaction(JournalEntry entry) {
        TransactionId id = entry.transactionId();
        byte @Nullable [] row = view.get(StoreTables.TRANSACTIONS, id.toBytes());
        if (row == null) {
            throw new CorruptStoreException("transaction " + id, "its row is missing");
        }
        if (!StateMachine.TransactionRow.decode(id, row)
                .equals(new StateMachine.TransactionRow(entry.sequence(), entry.commandHash()))) {
            throw new CorruptStoreException("transaction " + id, "its row is not what its journal entry says");
        }
    }

    private void checkAnchor(AnchoredHead expected, Meta meta, Walk journal, Walk audit) {
        if (!expected.storeId().equals(meta.storeId()) || expected.storeEpoch() != meta.storeEpoch()) {
            findings.add("anchor", "store", "the anchor is of another store or epoch");
            return;
        }
        checkAnchor(journal, expected.size(), expected.root());
        checkAnchor(audit, expected.auditSize(), expected.auditRoot());
    }

    private void checkAnchor(Walk walk, long size, Hash256 root) {
        if (!walk.rootAtAnchor.equals(Optional.of(root))) {
            findings.add(
                    "anchor",
                    walk.chain.headKey(),
                    "the anchor expects root " + root + " of the first " + size + " entries; found "
                            + walk.rootAtAnchor.map(Hash256::toString).orElse("only " + walk.size + " entries"));
        }
    }

    private void checkMeta(Meta meta, Consumer<CheckpointKey> keys, Walk journal) {
        findings.check("meta", () -> {
            CheckpointKey named = Meta.publicKey(view);
            if (!lastKey.equals(Optional.of(named))) {
                throw new CorruptStoreException("store key", "it is not the one that the journal names");
            }
            keys.accept(named);
        });
        if (meta.policyEpoch() != journal.lastPolicyEpoch || meta.storeEpoch() != journal.lastStoreEpoch) {
            findings.add("meta", "store epochs", "they are not those of the journal");
        }
        if (!provesStore(meta, journal)) {
            findings.add("meta", "store id", "it is not the id of the first transaction, nor of the epoch before");
        }
        Set<String> known = Set.of(
                Meta.FORMAT_KEY,
                Meta.STORE_ID_KEY,
                Meta.STORE_EPOCH_KEY,
                Meta.POLICY_EPOCH_KEY,
                Meta.PUBLIC_KEY_KEY,
                HashChain.JOURNAL.headKey(),
                HashChain.AUDIT.headKey());
        scan(StoreTables.META, (row, value) -> {
            if (!known.contains(new String(row, StandardCharsets.UTF_8))) {
                findings.add("meta", "meta row " + HexFormat.of().formatHex(row), "there is no such fact");
            }
        });
    }

    /** A store's id is that of its first transaction ever; the first entry of each later epoch names what it follows. */
    private static boolean provesStore(Meta meta, Walk journal) {
        Optional<AnchoredHead> before = journal.predecessor;
        if (before.isPresent()) {
            return before.get().storeId().equals(meta.storeId()) && before.get().storeEpoch() < meta.storeEpoch();
        }
        return meta.storeEpoch() == 1
                && journal.firstTransaction
                        .filter(first -> first.value().equals(meta.storeId().value()))
                        .isPresent();
    }

    // ---- records ----

    private void checkVersion(JournalEntry entry, Change change) {
        RecordRef ref = new RecordRef(change.kind(), change.recordId());
        String name = ref.version(change.version());
        recordVersions++;
        firstVersions += change.version() == 1 ? 1 : 0;
        if (records.sequenceOf(change.kind(), change.recordId(), change.version()) != entry.sequence()) {
            findings.add("record-sequence", name, "its change row names another journal entry");
        }
        Stored<?> stored = records.version(change.kind(), change.recordId(), change.version());
        if (!stored.contentHash().equals(change.contentHash())) {
            findings.add("record-hash", name, "its hash is not the one in journal entry " + entry.sequence());
        }
        if (stored.storeEpoch() != entry.storeEpoch() || stored.policyEpoch() != entry.policyEpoch()) {
            findings.add("record-epoch", name, "its epochs are not those of journal entry " + entry.sequence());
        }
        if (!stored.updatedAt().equals(entry.time())) {
            findings.add("record-time", name, "its time is not that of journal entry " + entry.sequence());
        }
        Optional<RecordContent> before = checkContinues(stored, name, entry).map(Stored::content);
        IndexRow.ofVersion(stored.recordId(), stored.version(), stored.content(), before)
                .forEach(row -> requireIndexed(ref, row));
    }

    /** Checks that a version continues the one before it, which it answers. */
    private Optional<Stored<?>> checkContinues(Stored<?> stored, String name, JournalEntry entry) {
        RecordRef ref = new RecordRef(stored.kind(), stored.recordId());
        Stored<?> before = null;
        if (stored.version() > 1) {
            Stored<?> known = recent.get(ref);
            before = known != null && known.version() == stored.version() - 1
                    ? known
                    : records.version(stored.kind(), stored.recordId(), stored.version() - 1);
            if (!stored.previousHash().equals(Optional.of(before.contentHash()))
                    || !stored.createdAt().equals(before.createdAt())
                    || Immutable.changed(before.content(), stored.content()).isPresent()) {
                findings.add("record-link", name, "it does not continue the version before");
            }
            if (records.sequenceOf(stored.kind(), stored.recordId(), before.version()) >= entry.sequence()) {
                findings.add("record-order", name, "the version before it was written later");
            }
        }
        if (stored.content() instanceof StoreKeyContent key) {
            checkKey(key, Optional.ofNullable(before), name, entry);
        }
        recent.put(ref, stored);
        return Optional.ofNullable(before);
    }

    private void checkKey(StoreKeyContent key, Optional<Stored<?>> before, String name, JournalEntry entry) {
        lastKey = Optional.of(key.publicKey());
        Meta meta = Meta.load(view);
        if (!KeyRules.continues(
                key,
                before.filter(old -> old.storeEpoch() == entry.storeEpoch())
                        .map(Stored::content)
                        .map(StoreKeyContent.class::cast),
                Checkpoint.originOf(meta.storeId(), entry.storeEpoch()),
                entry.sequence() - NewEpoch.movedBy(view, entry.storeEpoch()))) {
            findings.add("key-statement", name, "the key before it has not named it");
        }
    }

    /**
     * Each change of the journal has been found to have its version and its change row, each under a key of its own. So where the
     * numbers agree there is no other row; where they do not, the rows that nothing accounts for are looked for.
     */
    private void checkRecords(long changes) {
        long versions = scan(StoreTables.RECORDS, (key, value) -> {});
        long rows = scan(StoreTables.CHANGES, (key, value) -> {});
        if (versions != changes || rows != changes) {
            findings.add(
                    "record-count",
                    "records",
                    "the journal names " + changes + " record versions; there are " + versions + ", and " + rows
                            + " change rows");
            scan(StoreTables.RECORDS, (key, value) -> findings.check("record-extra", () -> checkRow(key)));
            scan(StoreTables.CHANGES, (key, value) -> findings.check("change-extra", () -> checkChangeRow(key, value)));
        }
        long heads = scan(StoreTables.HEADS, (key, value) -> findings.check("head", () -> checkHeadRow(key, value)));
        if (heads != firstVersions) {
            findings.add(
                    "head-count",
                    "records",
                    "the journal made " + firstVersions + " records; there are " + heads + " head rows");
            scan(StoreTables.RECORDS, (key, value) -> findings.check("head", () -> checkHasHead(key)));
        }
    }

    private static void checkKey(byte[] key) {
        if (key.length != Keys.RECORD_BYTES) {
            throw new CorruptStoreException("record row " + HexFormat.of().formatHex(key), "its key is malformed");
        }
    }

    private void checkRow(byte[] key) {
        checkKey(key);
        if (view.get(StoreTables.CHANGES, key) == null) {
            throw new CorruptStoreException(
                    RecordRef.ofKey(key, "records").version(Keys.versionOf(key)), "no journal entry wrote it");
        }
    }

    private void checkHasHead(byte[] key) {
        checkKey(key);
        RecordRef ref = RecordRef.ofKey(key, "records");
        if (records.head(ref.kind(), ref.recordId()).isEmpty()) {
            throw new CorruptStoreException(ref.toString(), "its head row is missing");
        }
    }

    private void checkChangeRow(byte[] key, byte[] value) {
        if (key.length != Keys.RECORD_BYTES || value.length != Long.BYTES) {
            throw new CorruptStoreException("change row " + HexFormat.of().formatHex(key), "it is malformed");
        }
        RecordRef ref = RecordRef.ofKey(key, "changes");
        long version = Keys.versionOf(key);
        JournalEntry entry = records.entry(ByteBuffer.wrap(value).getLong());
        boolean named = entry.changes().stream()
                .anyMatch(change -> change.kind() == ref.kind()
                        && change.recordId().equals(ref.recordId())
                        && change.version() == version);
        if (!named) {
            throw new CorruptStoreException(
                    "change row of " + ref.version(version), "journal entry " + entry.sequence() + " did not write it");
        }
    }

    private void checkHeadRow(byte[] key, byte[] value) {
        if (key.length != Keys.HEAD_BYTES) {
            throw new CorruptStoreException("head row " + HexFormat.of().formatHex(key), "it is malformed");
        }
        RecordRef ref = RecordRef.ofKey(key, "heads");
        Head head = Head.decode(ref, value);
        Stored<?> newest = records.newest(ref.kind(), ref.recordId()).orElseThrow();
        if (view.get(StoreTables.RECORDS, Keys.record(ref.kind(), ref.recordId(), head.version() + 1)) != null) {
            throw new CorruptStoreException(ref.toString(), "its head row does not name its last version");
        }
        IndexRow.ofHead(ref.recordId(), newest.content()).forEach(row -> requireIndexed(ref, row));
    }

    private void requireIndexed(RecordRef ref, IndexRow row) {
        derivedRows++;
        byte @Nullable [] found = view.get(StoreTables.INDEX, row.key());
        if (found == null || !row.matches(row.key(), found)) {
            findings.add(
                    "index-missing",
                    "index row " + describe(row.key()) + " of " + ref,
                    found == null ? "it is missing" : "it leads elsewhere");
        }
    }

    // ---- indexes ----

    /** Each row that the records derive has been found; as with the records, only where the numbers differ are there others. */
    private void checkIndex() {
        indexRows = scan(StoreTables.INDEX, (key, value) -> {});
        if (indexRows != derivedRows) {
            findings.add("index-count", "index", "the records derive " + derivedRows + " rows; there are " + indexRows);
            scan(StoreTables.INDEX, (key, value) -> findings.check("index-extra", () -> checkIndexRow(key, value)));
        }
    }

    private void checkIndexRow(byte[] key, byte[] value) {
        RecordRef target = IndexRow.target(key, value);
        List<IndexRow> derived;
        OptionalLong version = IndexRow.targetVersion(key, value);
        if (version.isPresent()) {
            derived = records.derivedBy(target.kind(), target.recordId(), version.getAsLong());
        } else {
            Stored<?> stored = records.required(target.kind(), target.recordId(), "index row " + describe(key));
            derived = IndexRow.ofHead(target.recordId(), stored.content());
        }
        if (derived.stream().noneMatch(row -> row.matches(key, value))) {
            throw new CorruptStoreException(
                    "index row " + describe(key) + " of " + target, "the record does not derive it");
        }
    }

    private static String describe(byte[] key) {
        return (char) key[0] + ":" + HexFormat.of().formatHex(key, 1, key.length);
    }

    private void checkCount(Table table, long expected, String code, String what) {
        long found = scan(table, (key, value) -> {});
        if (found != expected) {
            findings.add(code, what, "there are " + found + ", but the journal makes it " + expected);
        }
    }

    /** Visits every row and counts them. Damaged files end the scan with a finding, and the checks after it go on. */
    private long scan(Table table, BiConsumer<byte[], byte[]> visitor) {
        long[] count = new long[1];
        findings.check(
                "file",
                () -> view.scan(table, new byte[0], null, (key, value) -> {
                    count[0]++;
                    visitor.accept(key, value);
                    return true;
                }));
        return count[0];
    }
}
