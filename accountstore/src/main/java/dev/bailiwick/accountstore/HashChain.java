package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Table;
import dev.bailiwick.engine.View;
import dev.bailiwick.schema.ContentHash;
import dev.bailiwick.schema.Hash256;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.capnproto.DecodeException;
import org.jspecify.annotations.Nullable;

/**
 * An append-only, gap-free sequence of canonical structs, each naming the hash of the one before, whose entries are the leaves of
 * a Merkle tree. The journal is one, the audit chain another.
 *
 * @param what one entry is called in messages
 * @param typeId that entry hashes begin with
 * @param entries sequence: canonical entry
 * @param tree level, index: subtree hash
 * @param headKey of the row of {@code META} that says how long the chain is
 * @param time of a canonical entry, in milliseconds
 */
record HashChain(String what, long typeId, Table entries, Table tree, String headKey, ToLongFunction<byte[]> time) {
    static final HashChain JOURNAL = new HashChain(
            "journal entry",
            JournalEntry.TYPE_ID,
            StoreTables.JOURNAL,
            StoreTables.JOURNAL_TREE,
            "journal",
            JournalCodec::journalTimeMs);
    static final HashChain AUDIT = new HashChain(
            "audit entry",
            AuditEntry.TYPE_ID,
            StoreTables.AUDIT,
            StoreTables.AUDIT_TREE,
            "audit",
            JournalCodec::auditTimeMs);

    /** Row of {@code META}: size 8, hash of the last entry 32, root 32. */
    private static final int HEAD_BYTES = Long.BYTES + 2 * Hash256.BYTES;

    /**
     * How long a chain is.
     *
     * @param lastEntryHash empty when there is no entry
     * @param tree of the entries
     */
    record State(Optional<Hash256> lastEntryHash, MerkleTree tree) {
        static State empty() {
            return new State(Optional.empty(), MerkleTree.empty());
        }

        long size() {
            return tree.size();
        }
    }

    /** The row of {@code META} as it stands. */
    record Head(long size, Hash256 lastEntryHash, Hash256 root) {}

    /** How long the chain says it is, unchecked. */
    Head head(View view) {
        ByteBuffer buffer = ByteBuffer.wrap(headRow(view));
        Head head = new Head(buffer.getLong(), hash(buffer), hash(buffer));
        if (head.size() < 0) {
            throw new CorruptStoreException(headKey + " head", "its size is negative");
        }
        return head;
    }

    byte[] headRow(View view) {
        byte @Nullable [] row = view.get(StoreTables.META, Keys.utf8(headKey));
        if (row == null || row.length != HEAD_BYTES) {
            throw new CorruptStoreException(
                    headKey + " head", row == null ? "its row is missing" : "its row has the wrong length");
        }
        return row;
    }

    /** The chain's state, its root checked against the stored nodes. */
    State load(View view) {
        Head head = head(view);
        MerkleTree loaded = MerkleTree.load(nodes(view), head.size());
        if (!loaded.root().equals(head.root())) {
            throw new CorruptStoreException(headKey + " head", "its root is not that of the stored tree");
        }
        return new State(head.size() == 0 ? Optional.empty() : Optional.of(head.lastEntryHash()), loaded);
    }

    /**
     * The time of the last entry; the beginning of time when there is none.
     *
     * <p>INVARIANT (time goes on): an entry's time is never before that of the entry before it.
     */
    Instant lastTime(View view) {
        long size = head(view).size();
        return size == 0 ? Instant.EPOCH : Instant.ofEpochMilli(timeOf(size, entry(view, size)));
    }

    private long timeOf(long sequence, byte[] canonical) {
        try {
            return time.applyAsLong(canonical);
        } catch (DecodeException | IllegalArgumentException | IndexOutOfBoundsException malformed) {
            throw new CorruptStoreException(name(sequence), "it cannot be read: " + malformed.getMessage(), malformed);
        }
    }

    /** Refuses a chain whose last entry is not the one that its head names: the newest entries were taken away. */
    void requireTail(View view) {
        Head head = head(view);
        if (head.size() > 0 && !entryHash(entry(view, head.size())).equals(head.lastEntryHash())) {
            throw new CorruptStoreException(
                    CorruptStoreException.Code.ENTRIES_MISSING,
                    name(head.size()),
                    "it is not the entry that the head names");
        }
    }

    String plural() {
        return headKey + " entries";
    }

    /** Writes an entry and what follows from it; answers the new state. */
    State append(State state, byte[] canonical, Rows rows) {
        State next = extend(state, canonical, rows);
        writeHead(next, rows);
        return next;
    }

    /** As {@link #append}, but for the head, whose root takes a hash for each peak of the tree: it is to be written after the last of several entries. */
    State extend(State state, byte[] canonical, Rows rows) {
        long sequence = state.size() + 1;
        rows.put(entries, Keys.number(sequence), canonical);
        MerkleTree grown = state.tree()
                .append(
                        MerkleTree.leafHash(canonical),
                        (level, index, hash) -> rows.put(tree, Keys.node(level, index), hash.toBytes()));
        return new State(Optional.of(entryHash(canonical)), grown);
    }

    /** Writes how long the chain is, with its root. */
    void writeHead(State state, Rows rows) {
        rows.put(StoreTables.META, Keys.utf8(headKey), headRow(state));
    }

    static byte[] headRow(State state) {
        Hash256 last = state.lastEntryHash().orElse(Hash256.of(new byte[Hash256.BYTES]));
        return ByteBuffer.allocate(HEAD_BYTES)
                .putLong(state.size())
                .put(last.toBytes())
                .put(state.tree().root().toBytes())
                .array();
    }

    Hash256 entryHash(byte[] canonical) {
        return ContentHash.ofStruct(typeId, canonical);
    }

    /** The stored bytes of an entry, which must be there. */
    byte[] entry(View view, long sequence) {
        byte[] bytes = view.get(entries, Keys.number(sequence));
        if (bytes == null) {
            throw new CorruptStoreException(
                    CorruptStoreException.Code.ENTRIES_MISSING, name(sequence), "it is missing");
        }
        return bytes;
    }

    /**
     * The entry's bytes, once they are known to be the ones that the tree was built of: a flipped bit makes another leaf.
     */
    byte[] checkedEntry(View view, long sequence) {
        byte[] bytes = entry(view, sequence);
        if (!MerkleTree.leafHash(bytes).equals(nodes(view).node(0, sequence - 1))) {
            throw new CorruptStoreException(name(sequence), "its hash is not the one in the tree");
        }
        return bytes;
    }

    MerkleNodes nodes(View view) {
        return (level, index) -> {
            byte @Nullable [] row = view.get(tree, Keys.node(level, index));
            if (row == null || row.length != Hash256.BYTES) {
                throw new CorruptStoreException(
                        tree.name() + " node " + level + "/" + index, row == null ? "it is missing" : "it is no hash");
            }
            return Hash256.of(row);
        };
    }

    String name(long sequence) {
        return what + " " + sequence;
    }

    private static Hash256 hash(ByteBuffer from) {
        byte[] bytes = new byte[Hash256.BYTES];
        from.get(bytes);
        return Hash256.of(bytes);
    }
}
