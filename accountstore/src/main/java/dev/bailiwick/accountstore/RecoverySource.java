package dev.bailiwick.accountstore;

import dev.bailiwick.engine.EngineException;
import dev.bailiwick.engine.SalvageScan;
import dev.bailiwick.engine.Table;
import dev.bailiwick.engine.View;
import dev.bailiwick.schema.Canonical;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.StoreId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.capnproto.DecodeException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a store that may be damaged, and says of each record how far it can be believed.
 *
 * <p>A version is believed for its own hash, which finds accidents; it is <em>vouched</em> for by a journal entry that names the hash and
 * that the tree has; and it is <em>current</em> if in addition the whole journal is there, up to what the anchor knows, and has nothing
 * newer of the record. Whatever cannot be read counts as not there.
 */
final class RecoverySource {
    /** How far a record can be believed. */
    enum Standing {
        /** It is the newest version, proved against the anchor. */
        CURRENT,
        /** It was committed once; whether something newer was committed cannot be told. */
        STALE,
        /** It is whole, and nothing proves that it was ever committed. */
        UNVOUCHED
    }

    /** The best version of a record that can be read. */
    record Found(Stored<?> stored, Standing standing) {
        RecordRef ref() {
            return new RecordRef(stored.kind(), stored.recordId());
        }

        boolean isCurrent() {
            return standing == Standing.CURRENT;
        }
    }

    private final View view;
    private final boolean isIntact;
    private final Set<RecordId> watched;
    private @Nullable Journalled journalled;

    private RecoverySource(View view, boolean isIntact, Set<RecordId> watched) {
        this.view = view;
        this.isIntact = isIntact;
        this.watched = watched;
    }

    /**
     * @param expected what the journal must extend for its newest versions to be current; empty if nothing says
     * @param watched records of which journal entries count, too, for what is known of them
     */
    static RecoverySource of(View view, Optional<AnchoredHead> expected, Set<RecordId> watched) {
        boolean intact = expected.isPresent()
                && attempt(() -> journalExtends(view, expected.get())).orElse(false);
        return new RecoverySource(view, intact, Set.copyOf(watched));
    }

    /** Whether the journal is whole and extends the anchor, so that newest versions are known to be the newest. */
    boolean isIntact() {
        return isIntact;
    }

    private interface Reading<T> {
        T read();
    }

    /** What a reading gives; empty if damage kept it from giving anything. */
    private static <T> Optional<T> attempt(Reading<T> reading) {
        try {
            return Optional.of(reading.read());
        } catch (CorruptStoreException
                | DecodeException
                | IllegalArgumentException
                | IndexOutOfBoundsException damaged) {
            return Optional.empty();
        } catch (EngineException e) {
            return switch (e.code()) {
                case CORRUPT, LOST, IO, MISSING -> Optional.empty();
                case HELD, READ_ONLY, FAILED, OVERLOADED, CLOSED -> throw e;
            };
        }
    }

    // ---- the journal ----

    private static boolean journalExtends(View view, AnchoredHead expected) {
        Meta meta = Meta.load(view);
        if (!meta.storeId().equals(expected.storeId()) || meta.storeEpoch() != expected.storeEpoch()) {
            return false;
        }
        Walk walk = new Walk(view, expected);
        view.scan(StoreTables.JOURNAL, new byte[0], null, walk::visit);
        long[] rows = new long[1];
        view.scan(StoreTables.CHANGES, new byte[0], null, (key, value) -> {
            rows[0]++;
            return true;
        });
        HashChain.Head head = HashChain.JOURNAL.head(view);
        return walk.whole
                && walk.rootAtAnchor.equals(Optional.of(expected.root()))
                && head.size() == walk.size
                && head.root().equals(walk.tree.root())
                && rows[0] == walk.changes;
    }

    /** Rebuilds the tree from the entries alone; stops at the first that does not fit. */
    private static final class Walk {
        private final View view;
        private final AnchoredHead expected;
        private boolean whole = true;
        private long size;
        private long changes;
        private Optional<Hash256> last = Optional.empty();
        private Optional<Hash256> rootAtAnchor = Optional.empty();
        private MerkleTree tree = MerkleTree.empty();

        Walk(View view, AnchoredHead expected) {
            this.view = view;
            this.expected = expected;
        }

        boolean visit(byte[] key, byte[] bytes) {
            size++;
            JournalEntry entry = JournalCodec.decodeEntry(bytes);
            whole = Arrays.equals(key, Keys.number(size))
                    && Canonical.isCanonical(bytes)
                    && entry.sequence() == size
                    && entry.previousEntryHash().equals(last);
            for (Change change : entry.changes()) {
                changes++;
                byte @Nullable [] row =
                        view.get(StoreTables.CHANGES, Keys.record(change.kind(), change.recordId(), change.version()));
                whole &= row != null && Arrays.equals(row, Keys.number(size));
            }
            last = Optional.of(HashChain.JOURNAL.entryHash(bytes));
            tree = tree.append(MerkleTree.leafHash(bytes), (level, index, hash) -> {});
            if (size == expected.size()) {
                rootAtAnchor = Optional.of(tree.root());
            }
            return whole;
        }
    }

    /** The head that the store itself states, if it can be read. */
    static Optional<AnchoredHead> statedHead(View view) {
        return attempt(() -> Anchoring.headOf(view));
    }

    /** The key that the store itself names, if it can be read. */
    static Optional<CheckpointKey> statedKey(View view) {
        return attempt(() -> Meta.publicKey(view));
    }

    /** The stores that what is left says it is of: more than one only if that is damaged, and none if nothing can be read. */
    static Set<StoreId> statedStores(View view) {
        Set<StoreId> stated = new HashSet<>();
        attempt(() -> StoreId.of(Meta.row(view, Meta.STORE_ID_KEY))).ifPresent(stated::add);
        attempt(() -> new Records(view).entry(1))
                .ifPresent(first -> stated.add(first.predecessor()
                        .map(AnchoredHead::storeId)
                        .orElseGet(() -> StoreId.of(first.transactionId().toBytes()))));
        return stated;
    }

    /** The greatest policy epoch that anything readable was written in. */
    long policyEpoch() {
        return Math.max(
                attempt(() -> Meta.load(view).policyEpoch()).orElse(0L),
                journalled().policyEpoch());
    }

    /**
     * What the readable entries of the journal say, each by itself.
     *
     * @param newest the greatest version of each watched record
     */
    private record Journalled(long policyEpoch, Map<RecordRef, Long> newest) {}

    private Journalled journalled() {
        Journalled known = journalled;
        if (known == null) {
            long[] policyEpoch = new long[1];
            Map<RecordRef, Long> newest = new HashMap<>();
            SalvageScan.scan(view, StoreTables.JOURNAL, new byte[0], (key, value) -> {
                attempt(() -> JournalCodec.decodeEntry(value)).ifPresent(entry -> {
                    policyEpoch[0] = Math.max(policyEpoch[0], entry.policyEpoch());
                    for (Change change : entry.changes()) {
                        if (watched.contains(change.recordId())) {
                            newest.merge(new RecordRef(change.kind(), change.recordId()), change.version(), Math::max);
                        }
                    }
                });
                return true;
            });
            known = new Journalled(policyEpoch[0], newest);
            journalled = known;
        }
        return known;
    }

    // ---- records ----

    /** Hands out each record of a kind of which anything can be read. */
    void each(RecordKind kind, Consumer<Found> visitor) {
        byte[] first = {(byte) kind.code()};
        RecordId[] seen = new RecordId[1];
        SalvageScan.scan(view, StoreTables.RECORDS, first, (key, value) -> {
            if (key.length != Keys.RECORD_BYTES || key[0] != first[0]) {
                return key.length == 0 || key[0] == first[0];
            }
            RecordId id = RecordId.of(Arrays.copyOfRange(key, 1, Keys.HEAD_BYTES));
            if (!id.equals(seen[0])) {
                seen[0] = id;
                find(kind, id).ifPresent(visitor);
            }
            return true;
        });
    }

    /** The best version of a record. */
    Optional<Found> find(RecordKind kind, RecordId record) {
        List<Found> versions = versions(kind, record);
        Optional<Found> unvouched = Optional.empty();
        for (int i = versions.size() - 1; i >= 0; i--) {
            if (versions.get(i).standing() != Standing.UNVOUCHED) {
                return Optional.of(versions.get(i));
            }
            unvouched = unvouched.or(() -> Optional.of(versions.getLast()));
        }
        return unvouched;
    }

    /** All versions of a record that can be read, oldest first. */
    List<Found> versions(RecordKind kind, RecordId record) {
        byte[] prefix = Keys.head(kind, record);
        byte[] end = Keys.endOf(prefix);
        List<Found> found = new ArrayList<>();
        SalvageScan.scan(view, StoreTables.RECORDS, prefix, (key, value) -> {
            if (Arrays.compareUnsigned(key, end) >= 0) {
                return false;
            }
            if (key.length == Keys.RECORD_BYTES) {
                long version = ByteBuffer.wrap(key, Keys.HEAD_BYTES, Long.BYTES).getLong();
                attempt(() -> Records.decode(kind, record, version, value))
                        .ifPresent(stored -> found.add(new Found(stored, standing(stored))));
            }
            return true;
        });
        return found;
    }

    private Standing standing(Stored<?> stored) {
        if (!attempt(() -> isVouchedFor(stored)).orElse(false)) {
            return Standing.UNVOUCHED;
        }
        boolean newest = isIntact
                && attempt(() -> view.get(
                                        StoreTables.CHANGES,
                                        Keys.record(stored.kind(), stored.recordId(), stored.version() + 1))
                                == null)
                        .orElse(false);
        return newest ? Standing.CURRENT : Standing.STALE;
    }

    private boolean isVouchedFor(Stored<?> stored) {
        long sequence = new Records(view).sequenceOf(stored.kind(), stored.recordId(), stored.version());
        byte[] bytes = HashChain.JOURNAL.checkedEntry(view, sequence);
        Change expected = new Change(stored.kind(), stored.recordId(), stored.version(), stored.contentHash());
        return JournalCodec.decodeEntry(bytes).changes().contains(expected);
    }

    /** Whether anything says that the record was there once. */
    boolean isKnown(RecordKind kind, RecordId record) {
        return newestKnown(kind, record) > 0;
    }

    /**
     * The greatest version of a record that anything speaks of, be it proved or not, or readable: its head, its change rows, its own rows,
     * and for watched records the journal. 0 if nothing does; {@link Long#MAX_VALUE} if what would say so cannot be read.
     */
    long newestKnown(RecordKind kind, RecordId record) {
        long head = attempt(() -> new Records(view).head(kind, record).map(Head::version))
                .map(found -> found.orElse(0L))
                .orElse(Long.MAX_VALUE);
        long journal = journalled().newest().getOrDefault(new RecordRef(kind, record), 0L);
        long rows = Math.max(
                greatestVersion(StoreTables.CHANGES, kind, record), greatestVersion(StoreTables.RECORDS, kind, record));
        return Math.max(head, Math.max(journal, rows));
    }

    /** The newest version that anything speaks of, if it can be read and was committed. */
    Optional<Found> findNewestKnown(RecordKind kind, RecordId record) {
        return find(kind, record)
                .filter(found -> found.standing() != Standing.UNVOUCHED
                        && found.stored().version() == newestKnown(kind, record));
    }

    private long greatestVersion(Table table, RecordKind kind, RecordId record) {
        byte[] prefix = Keys.head(kind, record);
        byte[] end = Keys.endOf(prefix);
        return attempt(() -> {
                    long[] greatest = new long[1];
                    view.scan(table, prefix, end, (key, value) -> {
                        if (key.length == Keys.RECORD_BYTES) {
                            greatest[0] = Math.max(greatest[0], Keys.versionOf(key));
                        }
                        return true;
                    });
                    return greatest[0];
                })
                .orElse(Long.MAX_VALUE);
    }

    /** The role binding of a principal, found by its index row. */
    Optional<Found> binding(Account account, String role) {
        return attempt(() -> Optional.ofNullable(view.get(StoreTables.INDEX, Keys.role(account.principalId(), role))))
                .flatMap(row -> row)
                .filter(row -> row.length == 16)
                .flatMap(row -> find(RecordKind.ROLE_BINDING, RecordId.of(row)))
                .filter(found -> ((RoleBinding) found.stored().content())
                                .principalId()
                                .equals(account.principalId())
                        && ((RoleBinding) found.stored().content()).role().equals(role));
    }

    // ---- all of it ----

    /** Hands out everything in order, for a store that verification found whole. */
    void takeOver(NewEpoch epoch) {
        AnchoredHead head = Anchoring.headOf(view);
        Records records = new Records(view);
        for (long sequence = 1; sequence <= head.size(); sequence++) {
            JournalEntry entry = JournalCodec.decodeEntry(HashChain.JOURNAL.checkedEntry(view, sequence));
            List<Optional<byte[]>> bytes = new ArrayList<>();
            for (Change change : entry.changes()) {
                bytes.add(Optional.of(records.bytes(change.kind(), change.recordId(), change.version())));
            }
            epoch.takeOver(new NewEpoch.TakenOver(entry, bytes));
        }
        for (long sequence = 1; sequence <= head.auditSize(); sequence++) {
            epoch.takeOver(JournalCodec.decodeAudit(HashChain.AUDIT.checkedEntry(view, sequence)));
        }
        epoch.flush();
    }
}
