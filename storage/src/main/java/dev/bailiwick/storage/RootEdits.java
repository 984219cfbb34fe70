package dev.bailiwick.storage;

import dev.bailiwick.engine.Table;
import dev.bailiwick.engine.Txn;
import dev.bailiwick.schema.RootId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One change of one root in one lane turn. All checks come first: once anything has been put, the change is finished.
 */
final class RootEdits extends RootRows {
    private final Txn txn;
    private final StorageLimits limits;
    private final Holds holds;
    private final Leftovers leftovers;
    private final long now;

    private RootRow row;

    RootEdits(Txn txn, RootRow row, Turn turn) {
        super(txn, turn.root());
        this.txn = txn;
        this.row = row;
        this.limits = turn.limits();
        this.holds = turn.holds();
        this.leftovers = turn.leftovers();
        this.now = turn.now();
    }

    /** What a change is made with. */
    record Turn(RootId root, StorageLimits limits, Holds holds, Leftovers leftovers, long now) {}

    /** What must be done once the turn has landed. */
    static final class Leftovers {
        /** Doomed contents, to be settled. */
        final List<Holds.Key> doomed = new ArrayList<>();
        /** Contents with rows left, to be collected. */
        final List<Holds.Key> unfinished = new ArrayList<>();
        /** Contents kept for whoever has them open, to be settled. */
        final List<Holds.Key> detached = new ArrayList<>();
    }

    RootRow row() {
        return row;
    }

    /** The version of everything this change touches. */
    long version() {
        return row.generation() + 1;
    }

    long now() {
        return now;
    }

    /** A number never used before in this root. */
    long newObject() {
        long number = row.nextObject();
        row = row.withNextObject(number + 1);
        return number;
    }

    void putEntry(long parent, EntryName name, EntryRow entry) {
        put(StorageTables.ENTRIES, Keys.entry(root, parent, name.toBytes()), entry.body());
    }

    void deleteEntry(long parent, EntryName name) {
        txn.delete(StorageTables.ENTRIES, Keys.entry(root, parent, name.toBytes()));
    }

    /** Makes the namespace {@code name} in {@code parent}. */
    Place makeNamespace(Place parent, EntryName name) {
        Place child = parent.child(newObject(), name);
        put(
                StorageTables.NODES,
                Keys.node(root, child.node()),
                new NodeRow(parent.node(), child.depth(), child.pathBytes(), name.text()).body());
        putEntry(parent.node(), name, new EntryRow(version(), now, new EntryRow.Target.Child(child.node())));
        return child;
    }

    /** Makes the namespace in which a snapshot's tree is. */
    Place hangSnapshot(long id) {
        EntryName name = SnapshotRow.nameOf(id);
        put(
                StorageTables.NODES,
                Keys.node(root, id),
                new NodeRow(SnapshotRow.PARENT, 1, name.length(), name.text()).body());
        putEntry(SnapshotRow.PARENT, name, new EntryRow(version(), now, new EntryRow.Target.Child(id)));
        return new Place(id, 1, name.length());
    }

    /** Makes a namespace in {@code parent} that looks as old as the one it is a copy of. */
    Place copyNamespace(Place parent, EntryName name, EntryRow original) {
        Place child = parent.child(newObject(), name);
        put(
                StorageTables.NODES,
                Keys.node(root, child.node()),
                new NodeRow(parent.node(), child.depth(), child.pathBytes(), name.text()).body());
        putEntry(
                parent.node(),
                name,
                new EntryRow(original.version(), original.modifiedAtMs(), new EntryRow.Target.Child(child.node())));
        return child;
    }

    /** Adds references to content that is referred to already. */
    void refer(EntryRow.Target.Content content, long more, String path) {
        BlobRow blob = blobOf(content.hash(), content.size(), path);
        putBlob(content.hash(), blob.withReferences(blob.references() + more));
    }

    void putSnapshot(long id, SnapshotRow snapshot) {
        put(StorageTables.SNAPSHOTS, Keys.node(root, id), snapshot.body());
    }

    void deleteSnapshot(long id) {
        txn.delete(StorageTables.SNAPSHOTS, Keys.node(root, id));
    }

    void deleteNode(long node) {
        txn.delete(StorageTables.NODES, Keys.node(root, node));
    }

    void putChunk(long content, int index, ByteBuffer bytes) {
        put(StorageTables.CHUNKS, Keys.chunk(root, content, index), bytes);
    }

    void putBlob(BlobHash hash, BlobRow blob) {
        put(StorageTables.BLOBS, Keys.blob(root, hash), blob.body());
    }

    void putPending(long content, PendingRow reason) {
        put(StorageTables.PENDING, Keys.pending(root, content), reason.body());
    }

    void deletePending(long content) {
        txn.delete(StorageTables.PENDING, Keys.pending(root, content));
    }

    /** Takes one reference from the content and lets it go with the last. */
    void dereference(EntryRow.Target.Content content, String path) {
        BlobRow blob = blobOf(content.hash(), content.size(), path);
        if (blob.references() > 1) {
            putBlob(content.hash(), blob.withReferences(blob.references() - 1));
            return;
        }
        txn.delete(StorageTables.BLOBS, Keys.blob(root, content.hash()));
        discard(blob);
    }

    /** Deletes content that nothing refers to, or leaves it pending when it is pinned or large. */
    void discard(BlobRow blob) {
        Holds.Key key = new Holds.Key(root, blob.content());
        switch (holds.release(key, blob.size())) {
            case KEEP_DETACHED -> {
                putPending(blob.content(), PendingRow.DETACHED);
                leftovers.detached.add(key);
            }
            case DELETE -> {
                leftovers.doomed.add(key);
                int kept = Math.max(0, blob.chunks() - limits.rowsPerTurn());
                for (int index = blob.chunks() - 1; index >= kept; index--) {
                    txn.delete(StorageTables.CHUNKS, Keys.chunk(root, blob.content(), index));
                }
                if (kept > 0) {
                    putPending(blob.content(), PendingRow.DETACHED);
                    leftovers.unfinished.add(key);
                }
            }
        }
    }

    /** Ends a change that was made: a new generation, and the ledger moved by what it added or took away. */
    void finish(long addedBytes, long addedEntries) {
        row = row.changed(now, row.usedBytes() + addedBytes, row.entries() + addedEntries);
        save();
    }

    /** Ends a turn that no reader can see: the ledger and the generation stay. */
    void save() {
        put(StorageTables.ROOTS, Keys.root(root), row.body());
    }

    private void put(Table table, byte[] key, ByteBuffer body) {
        txn.put(table, key, Seal.seal(table, key, body));
    }
}
