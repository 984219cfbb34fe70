package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.Txn;
import dev.bailiwick.engine.View;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.StoreId;
import dev.bailiwick.schema.TransactionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A store's next epoch in the making, in an engine that holds nothing yet. Its first entry names what it follows; then entries of
 * the epoch before can be taken over one after the other, and transactions of the new epoch follow.
 *
 * <pre>
 * 1            of the new epoch: names the predecessor, changes nothing
 * 2 .. n+1     taken over: entries 1 .. n of the epoch before, with its epoch, times, actors and transactions, chained anew
 * n+2 ..       of the new epoch, the first of which names its key
 * </pre>
 *
 * INVARIANT (taken over means proved): a version is taken over only if its bytes have the hash that its entry names and continue the
 * version before. Used by one thread.
 */
final class NewEpoch {
    /** By so much the sequences of what is taken over grow. */
    private static final long SHIFT = 1;

    private static final int BATCH_ENTRIES = 512;
    private static final long BATCH_BYTES = 4L << 20;

    /** What a change takes in memory, with the rows that come of it; the records themselves are counted as they are. */
    private static final long CHANGE_BYTES = 512;

    /** One entry to take over. */
    record TakenOver(JournalEntry entry, List<Optional<byte[]>> records) {
        TakenOver {
            records = List.copyOf(records);
        }
    }

    private final Engine engine;
    private final List<TakenOver> entries = new ArrayList<>();
    private final List<AuditEntry> audit = new ArrayList<>();
    private long bytes;

    private NewEpoch(Engine engine) {
        this.engine = engine;
    }

    /**
     * Begins an epoch.
     *
     * @param policyEpoch to start from
     * @param predecessor what it follows; empty for a store of which nothing is known, which begins with epoch 1
     */
    static NewEpoch begin(
            Engine engine,
            StoreId store,
            long storeEpoch,
            long policyEpoch,
            Transaction first,
            Optional<AnchoredHead> predecessor) {
        engine.commit(txn -> {
            if (txn.last(StoreTables.META, new byte[0], null).isPresent()) {
                throw new StoreRefusedException("there is a store already");
            }
            Rows rows = new Rows(txn);
            new Meta(Meta.FORMAT, store, storeEpoch, policyEpoch).write(rows);
            Hash256 command = StateMachine.Command.of(first).hash();
            JournalEntry entry = new JournalEntry(
                    1,
                    storeEpoch,
                    policyEpoch,
                    Optional.empty(),
                    first.id(),
                    command,
                    first.operation(),
                    List.of(),
                    first.actor(),
                    first.approval(),
                    first.time(),
                    predecessor,
                    Optional.empty());
            HashChain.JOURNAL.append(HashChain.State.empty(), JournalCodec.encode(entry), rows);
            rows.put(
                    StoreTables.TRANSACTIONS,
                    first.id().toBytes(),
                    new StateMachine.TransactionRow(1, command).encode());
            AuditEvent event = AuditEvent.of(first.time(), "admin", "ok", Optional.of(first.actor()))
                    .withJournalSequence(1)
                    .withValues(predecessor.map(NewEpoch::words).orElse(""), first.operation());
            HashChain.AUDIT.append(
                    HashChain.State.empty(),
                    JournalCodec.encode(new AuditEntry(1, storeEpoch, Optional.empty(), event)),
                    rows);
            rows.writeTo(txn);
            return true;
        });
        return new NewEpoch(engine);
    }

    private static String words(AnchoredHead head) {
        return "epoch " + head.storeEpoch() + ", " + head.size() + " journal entries";
    }

    /** Takes an entry over, whose records are in the order of its changes; one that is empty is left out. */
    void takeOver(TakenOver next) {
        entries.add(next);
        bytes += next.entry().operation().length()
                + CHANGE_BYTES * next.entry().changes().size();
        for (Optional<byte[]> record : next.records()) {
            bytes += record.map(found -> found.length).orElse(0);
        }
        if (entries.size() >= BATCH_ENTRIES || bytes >= BATCH_BYTES) {
            flush();
        }
    }

    /** Takes an audit entry over, after all journal entries. */
    void takeOver(AuditEntry next) {
        audit.add(next);
        if (audit.size() >= BATCH_ENTRIES) {
            flush();
        }
    }

    /** Makes what was taken over durable. */
    void flush() {
        if (entries.isEmpty() && audit.isEmpty()) {
            return;
        }
        List<TakenOver> group = List.copyOf(entries);
        List<AuditEntry> events = List.copyOf(audit);
        engine.commit(txn -> {
            group.forEach(next -> write(txn, next));
            events.forEach(next -> write(txn, next));
            return true;
        });
        entries.clear();
        audit.clear();
        bytes = 0;
    }

    private static void write(Txn txn, TakenOver next) {
        Rows rows = new Rows(txn);
        JournalEntry old = next.entry();
        long sequence = old.sequence() + SHIFT;
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < old.changes().size(); i++) {
            Change change = old.changes().get(i);
            Optional<byte[]> record = next.records().get(i);
            if (record.isPresent()) {
                write(txn, rows, old, change, record.get(), sequence);
                changes.add(change);
            }
        }
        HashChain.State journal = HashChain.JOURNAL.load(txn);
        if (journal.size() + 1 != sequence) {
            throw new IllegalStateException("entries are taken over in order");
        }
        JournalEntry entry = new JournalEntry(
                sequence,
                old.storeEpoch(),
                old.policyEpoch(),
                journal.lastEntryHash(),
                old.transactionId(),
                old.commandHash(),
                old.operation(),
                changes,
                old.actor(),
                old.approval(),
                old.time(),
                old.predecessor(),
                old.requestHash());
        HashChain.JOURNAL.append(journal, JournalCodec.encode(entry), rows);
        rows.put(
                StoreTables.TRANSACTIONS,
                old.transactionId().toBytes(),
                new StateMachine.TransactionRow(sequence, old.commandHash()).encode());
        Meta.writePolicyEpoch(old.policyEpoch(), rows);
        rows.writeTo(txn);
    }

    private static void write(Txn txn, Rows rows, JournalEntry entry, Change change, byte[] bytes, long sequence) {
        RecordRef ref = new RecordRef(change.kind(), change.recordId());
        Stored<?> stored = Records.decode(change.kind(), change.recordId(), change.version(), bytes);
        if (!stored.contentHash().equals(change.contentHash())) {
            throw new CorruptStoreException(
                    ref.version(change.version()), "its hash is not the one in journal entry " + entry.sequence());
        }
        Optional<Stored<?>> before = new Records(txn).newest(change.kind(), change.recordId());
        boolean continues = before.map(old -> old.version() + 1 == stored.version()
                        && stored.previousHash().equals(Optional.of(old.contentHash()))
                        && stored.createdAt().equals(old.createdAt())
                        && Immutable.changed(old.content(), stored.content()).isEmpty())
                .orElse(stored.version() == 1);
        if (!continues
                || stored.storeEpoch() != entry.storeEpoch()
                || stored.policyEpoch() != entry.policyEpoch()
                || !stored.updatedAt().equals(entry.time())) {
            throw new CorruptStoreException(ref.version(change.version()), "it does not continue what is before it");
        }
        before.ifPresent(old -> IndexRow.ofHead(old.recordId(), old.content())
                .forEach(row -> rows.delete(StoreTables.INDEX, row.key())));
        List<IndexRow> derived = new ArrayList<>(IndexRow.ofHead(stored.recordId(), stored.content()));
        derived.addAll(
                IndexRow.ofVersion(stored.recordId(), stored.version(), stored.content(), before.map(Stored::content)));
        for (IndexRow row : derived) {
            if (rows.get(StoreTables.INDEX, row.key()) != null) {
                throw new CorruptStoreException(ref.version(change.version()), "it shares a key with another record");
            }
            rows.put(StoreTables.INDEX, row.key(), row.value());
        }
        if (stored.content() instanceof StoreKeyContent named) {
            Meta.writePublicKey(named.publicKey(), rows);
        }
        byte[] key = Keys.record(change.kind(), change.recordId(), change.version());
        rows.put(StoreTables.RECORDS, key, bytes);
        rows.put(StoreTables.CHANGES, key, Keys.number(sequence));
        rows.put(
                StoreTables.HEADS,
                Keys.head(change.kind(), change.recordId()),
                new Head(change.version(), change.contentHash()).encode());
    }

    private static void write(Txn txn, AuditEntry old) {
        Rows rows = new Rows(txn);
        HashChain.State state = HashChain.AUDIT.load(txn);
        AuditEvent event = old.event();
        AuditEntry entry = new AuditEntry(
                state.size() + 1,
                old.storeEpoch(),
                state.lastEntryHash(),
                event.journalSequence() == 0 ? event : event.withJournalSequence(event.journalSequence() + SHIFT));
        HashChain.AUDIT.append(state, JournalCodec.encode(entry), rows);
        rows.writeTo(txn);
    }

    /**
     * By how many sequences the entries of an epoch have moved since they were written: by one for each time they were taken over. The
     * first entries of those who took them over stand before them, the newest first. Epochs need not follow each other without gaps.
     */
    static long movedBy(View view, long storeEpoch) {
        Records records = new Records(view);
        long size = HashChain.JOURNAL.head(view).size();
        long takeovers = 0;
        while (takeovers < size) {
            JournalEntry first = records.entry(takeovers + 1);
            if (first.predecessor().isEmpty() || first.storeEpoch() <= storeEpoch) {
                break;
            }
            takeovers++;
        }
        return SHIFT * takeovers;
    }

    /**
     * Has the epoch's key named by the store, without a statement: it is the first of its epoch, even if it signed for the one before
     * too. Rotations and proofs of the epoch begin with it.
     */
    static void nameKey(
            Engine engine, CheckpointKey key, TransactionId id, Instant time, Actor actor, String operation) {
        engine.commit(txn -> {
            Optional<Stored<?>> record = new Records(txn).byIndex(Keys.storeKey());
            StoreKeyContent content = new StoreKeyContent(key, Optional.empty());
            Mutation mutation = record.map(old -> Mutation.replace(old, content))
                    .orElseGet(() -> Mutation.create(RecordId.of(id.toBytes()), content));
            StateMachine.Transition transition = StateMachine.apply(
                    txn,
                    StateMachine.Command.of(new Transaction(
                            id, time, actor, operation, Optional.empty(), List.of(mutation), List.of())));
            transition.rows().orElseThrow().writeTo(txn);
            return true;
        });
    }

    /** The transaction that an epoch's first entry stands for. */
    static Transaction first(TransactionId id, Instant time, Actor actor, String operation) {
        return new Transaction(id, time, actor, operation, Optional.empty(), List.of(), List.of());
    }
}
