package dev.bailiwick.accountstore;

import dev.bailiwick.engine.View;
import dev.bailiwick.schema.Canonical;
import dev.bailiwick.schema.CanonicalException;
import dev.bailiwick.schema.ContentHash;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.RecordId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.capnproto.DecodeException;
import org.jspecify.annotations.Nullable;

/**
 * Reads records out of a view, and refuses whatever is not exactly what was written.
 *
 * <p>INVARIANT (verified on load): a {@link Stored} value's bytes were canonical, hashed to the content hash they state, lay under
 * the key that their own id and version say, and, for a newest version, hashed to what the head row says.
 */
final class Records {
    private final View view;
    private final Optional<RecordMemory> memory;

    Records(View view) {
        this.view = view;
        this.memory = Optional.empty();
    }

    /** Records of a view that only the commit lane uses. */
    Records(View view, RecordMemory memory) {
        this.view = view;
        this.memory = Optional.of(memory);
    }

    /** The newest version's number and hash. */
    Optional<Head> head(RecordKind kind, RecordId record) {
        byte @Nullable [] row = view.get(StoreTables.HEADS, Keys.head(kind, record));
        return row == null ? Optional.empty() : Optional.of(Head.decode(new RecordRef(kind, record), row));
    }

    /** The newest version. */
    Optional<Stored<?>> newest(RecordKind kind, RecordId record) {
        Optional<Head> head = head(kind, record);
        if (head.isEmpty()) {
            return Optional.empty();
        }
        RecordRef ref = new RecordRef(kind, record);
        Optional<Stored<?>> known = memory.flatMap(remembered -> remembered.get(ref, head.get()));
        if (known.isPresent()) {
            return known;
        }
        Stored<?> stored = version(kind, record, head.get().version());
        if (!stored.contentHash().equals(head.get().contentHash())) {
            throw new CorruptStoreException(
                    CorruptStoreException.Code.RECORD_REPLACED,
                    ref.version(stored.version()),
                    "its hash is not the one in its head row");
        }
        memory.ifPresent(remembering -> remembering.keep(ref, stored));
        return Optional.of(stored);
    }

    /** The newest version of a record that something refers to. */
    Stored<?> required(RecordKind kind, RecordId record, String referredBy) {
        return newest(kind, record)
                .orElseThrow(() -> new CorruptStoreException(
                        new RecordRef(kind, record).toString(),
                        "it is missing, though " + referredBy + " refers to it"));
    }

    /** A version that must be there. */
    Stored<?> version(RecordKind kind, RecordId record, long version) {
        return decode(kind, record, version, bytes(kind, record, version));
    }

    /** The stored bytes of a version that must be there, unchecked. */
    byte[] bytes(RecordKind kind, RecordId record, long version) {
        byte @Nullable [] bytes = view.get(StoreTables.RECORDS, Keys.record(kind, record, version));
        if (bytes == null) {
            throw new CorruptStoreException(new RecordRef(kind, record).version(version), "it is missing");
        }
        return bytes;
    }

    static Stored<?> decode(RecordKind kind, RecordId record, long version, byte[] bytes) {
        try {
            Hash256 hash = ContentHash.ofRecord(kind.typeId(), bytes, kind.contentHashPointer());
            if (!Canonical.isCanonical(bytes)) {
                throw new CorruptStoreException(name(kind, record, version), "its bytes are not canonical");
            }
            RecordCodec.Decoded decoded = RecordCodec.decode(kind, bytes);
            ChainFields chain = decoded.chain();
            if (!chain.contentHash().equals(Optional.of(hash))) {
                throw new CorruptStoreException(
                        name(kind, record, version), "its content does not have the hash it states");
            }
            if (!chain.recordId().equals(record) || chain.recordVersion() != version) {
                throw new CorruptStoreException(
                        CorruptStoreException.Code.RECORD_REPLACED,
                        name(kind, record, version),
                        chain.recordId().equals(record)
                                ? "version " + chain.recordVersion() + " was put in its place"
                                : "another record, " + chain.recordId() + ", was put in its place");
            }
            if (chain.schemaVersion() != ChainFields.SCHEMA_VERSION) {
                throw new CorruptStoreException(
                        name(kind, record, version),
                        "its schema version " + chain.schemaVersion() + " is not known to this build");
            }
            if (chain.previousHash().isPresent() != (version > 1)) {
                throw new CorruptStoreException(
                        name(kind, record, version), "exactly versions after the first name a previous hash");
            }
            return new Stored<>(
                    record,
                    version,
                    chain.schemaVersion(),
                    chain.storeEpoch(),
                    chain.policyEpoch(),
                    chain.previousHash(),
                    hash,
                    chain.createdAt(),
                    chain.updatedAt(),
                    decoded.content());
        } catch (CanonicalException
                | DecodeException
                | IllegalArgumentException
                | IndexOutOfBoundsException malformed) {
            throw new CorruptStoreException(
                    name(kind, record, version), "it cannot be read: " + malformed.getMessage(), malformed);
        }
    }

    /** What to call a version in a message. */
    private static String name(RecordKind kind, RecordId record, long version) {
        return new RecordRef(kind, record).version(version);
    }

    /** The journal sequence that wrote a version. */
    long sequenceOf(RecordKind kind, RecordId record, long version) {
        byte @Nullable [] row = view.get(StoreTables.CHANGES, Keys.record(kind, record, version));
        if (row == null || row.length != Long.BYTES) {
            throw new CorruptStoreException(
                    new RecordRef(kind, record).version(version), "the sequence that wrote it is missing");
        }
        return ByteBuffer.wrap(row).getLong();
    }

    /** The index rows that one version derives. */
    List<IndexRow> derivedBy(RecordKind kind, RecordId record, long version) {
        Optional<RecordContent> before =
                version > 1 ? Optional.of(version(kind, record, version - 1).content()) : Optional.empty();
        return IndexRow.ofVersion(
                record, version, version(kind, record, version).content(), before);
    }

    /** The record id under an index key, if there is a row. */
    Optional<RecordId> indexed(byte[] key) {
        byte @Nullable [] value = view.get(StoreTables.INDEX, key);
        return value == null
                ? Optional.empty()
                : Optional.of(IndexRow.target(key, value).recordId());
    }

    /**
     * The newest version of the record that an index key leads to. The record must derive that very row, or the index is corrupt.
     */
    Optional<Stored<?>> byIndex(byte[] key) {
        byte @Nullable [] value = view.get(StoreTables.INDEX, key);
        return value == null ? Optional.empty() : Optional.of(byIndexRow(key, value));
    }

    /** As {@link #byIndex}, of a row in hand. */
    Stored<?> byIndexRow(byte[] key, byte[] value) {
        RecordRef target = IndexRow.target(key, value);
        Stored<?> stored = required(target.kind(), target.recordId(), "an index row");
        boolean derived =
                IndexRow.ofHead(stored.recordId(), stored.content()).stream().anyMatch(row -> row.matches(key, value));
        if (!derived) {
            throw new CorruptStoreException("index row of " + target, "the record does not derive it");
        }
        return stored;
    }

    /** The journal entry of a sequence, checked against the tree. */
    JournalEntry entry(long sequence) {
        byte[] bytes = HashChain.JOURNAL.checkedEntry(view, sequence);
        try {
            JournalEntry entry = JournalCodec.decodeEntry(bytes);
            if (entry.sequence() != sequence) {
                throw new CorruptStoreException(
                        HashChain.JOURNAL.name(sequence), "it says it is entry " + entry.sequence());
            }
            return entry;
        } catch (DecodeException | IllegalArgumentException | IndexOutOfBoundsException malformed) {
            throw new CorruptStoreException(
                    HashChain.JOURNAL.name(sequence), "it cannot be read: " + malformed.getMessage(), malformed);
        }
    }

    /** Every row of the index that starts with {@code prefix}, resolved and checked. */
    void forEachIndexed(byte[] prefix, Predicate<Stored<?>> visitor) {
        view.scan(StoreTables.INDEX, prefix, Keys.endOf(prefix), (key, value) -> visitor.test(byIndexRow(key, value)));
    }
}
