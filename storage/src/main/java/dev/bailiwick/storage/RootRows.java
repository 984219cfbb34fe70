package dev.bailiwick.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bailiwick.engine.Table;
import dev.bailiwick.engine.View;
import dev.bailiwick.schema.RootId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** One root as one state of the engine shows it: typed, verified rows, and the walk from a namespace along a path. */
class RootRows {
    final RootId root;
    private final View view;

    RootRows(View view, RootId root) {
        this.view = view;
        this.root = root;
    }

    /** The root's row unless there is none or it is deleted. */
    Optional<RootRow> live() {
        return root().filter(row -> row.state() == RootRow.State.LIVE);
    }

    Optional<RootRow> root() {
        return row(StorageTables.ROOTS, Keys.root(root), "", RootRow::decode);
    }

    Optional<NodeRow> node(long node, String path) {
        return row(StorageTables.NODES, Keys.node(root, node), path, NodeRow::decode);
    }

    Optional<EntryRow> entry(long parent, EntryName name, String path) {
        return row(StorageTables.ENTRIES, Keys.entry(root, parent, name.toBytes()), path, EntryRow::decode);
    }

    Optional<BlobRow> blob(BlobHash hash, String path) {
        return row(StorageTables.BLOBS, Keys.blob(root, hash), path, BlobRow::decode);
    }

    /** The blob row that an entry needs; without it the entry is damaged. */
    BlobRow blobOf(BlobHash hash, long size, String path) {
        BlobRow blob = blob(hash, path).orElseThrow(() -> damaged(path, "its content is missing"));
        if (blob.size() != size) {
            throw damaged(path, "its content has another size");
        }
        return blob;
    }

    Optional<PendingRow> pending(long content) {
        return row(StorageTables.PENDING, Keys.pending(root, content), "", PendingRow::decode);
    }

    Optional<ByteBuffer> chunk(long content, int index, String path) {
        return row(StorageTables.CHUNKS, Keys.chunk(root, content, index), path, Function.identity());
    }

    /** An entry with its name. */
    record Named(EntryName name, EntryRow entry) {}

    /** The first entry of a node. */
    Optional<Named> firstEntry(long node) {
        List<Named> first = new ArrayList<>();
        scanEntries(node, "", "", (name, entry) -> {
            first.add(new Named(new EntryName(name, name.getBytes(UTF_8).length), entry));
            return false;
        });
        return first.stream().findFirst();
    }

    /** Receives entries of all nodes. */
    interface AnyEntryVisitor {
        void visit(long parent, String name, EntryRow entry);
    }

    void scanAllEntries(AnyEntryVisitor visitor) {
        byte[] prefix = Keys.root(root);
        view.scan(StorageTables.ENTRIES, prefix, Keys.after(prefix), (key, value) -> {
            String name = new String(key, Keys.ENTRY_NAME, key.length - Keys.ENTRY_NAME, UTF_8);
            visitor.visit(Keys.objectOf(key), name, decode(StorageTables.ENTRIES, key, value, name, EntryRow::decode));
            return true;
        });
    }

    int chunksOf(EntryRow.Target.Content content) {
        return blobOf(content.hash(), content.size(), "").chunks();
    }

    Optional<SnapshotRow> snapshot(long id) {
        return row(StorageTables.SNAPSHOTS, Keys.node(root, id), "", SnapshotRow::decode);
    }

    /** All snapshots by id, those that are being cleared away included. */
    SortedMap<Long, SnapshotRow> snapshots() {
        SortedMap<Long, SnapshotRow> found = new TreeMap<>(Long::compareUnsigned);
        byte[] prefix = Keys.root(root);
        view.scan(StorageTables.SNAPSHOTS, prefix, Keys.after(prefix), (key, value) -> {
            found.put(Keys.objectOf(key), decode(StorageTables.SNAPSHOTS, key, value, "", SnapshotRow::decode));
            return true;
        });
        return found;
    }

    boolean hasEntries(long node) {
        byte[] prefix = Keys.node(root, node);
        boolean[] any = new boolean[1];
        view.scan(StorageTables.ENTRIES, prefix, Keys.after(prefix), (key, value) -> {
            any[0] = true;
            return false;
        });
        return any[0];
    }

    /** Receives entries in bytewise order of their names. */
    interface EntryVisitor {
        /** Takes one entry; returns whether to go on. */
        boolean visit(String name, EntryRow entry);
    }

    /** Visits the entries of a namespace whose names come after {@code after}. Returns whether the visitor stopped early. */
    boolean scanEntries(long node, String path, String after, EntryVisitor visitor) {
        byte[] prefix = Keys.node(root, node);
        // A name holds no zero byte, so this is the least key after the name itself.
        byte[] from = after.isEmpty() ? prefix : Keys.entry(root, node, (after + '\0').getBytes(UTF_8));
        boolean[] stopped = new boolean[1];
        view.scan(StorageTables.ENTRIES, from, Keys.after(prefix), (key, value) -> {
            String name = new String(key, prefix.length, key.length - prefix.length, UTF_8);
            String at = path.isEmpty() ? name : path + "/" + name;
            stopped[0] = !visitor.visit(name, decode(StorageTables.ENTRIES, key, value, at, EntryRow::decode));
            return !stopped[0];
        });
        return stopped[0];
    }

    /** The entry through which a namespace other than the root's own is reached. */
    EntryRow entryOf(long node, String path) {
        NodeRow row = node(node, path).orElseThrow(() -> damaged(path, "its namespace is missing"));
        return entry(row.parent(), new EntryName(row.name(), row.name().getBytes(UTF_8).length), path)
                .orElseThrow(() -> damaged(path, "its entry is missing"));
    }

    CorruptStorageException damaged(String path, String what) {
        return new CorruptStorageException(root.toString(), path, what);
    }

    private <T> Optional<T> row(Table table, byte[] key, String path, Function<ByteBuffer, T> decode) {
        byte[] value = view.get(table, key);
        return value == null ? Optional.empty() : Optional.of(decode(table, key, value, path, decode));
    }

    <T> T decode(Table table, byte[] key, byte[] value, String path, Function<ByteBuffer, T> decode) {
        try {
            return decode.apply(Seal.open(table, key, value));
        } catch (BadRowException e) {
            throw new CorruptStorageException(root.toString(), path, e);
        }
    }

    /** A namespace and how far it is from the root. */
    record Place(long node, int depth, int pathBytes) {
        private static final Place ROOT = new Place(0, 0, 0);

        Place child(long child, EntryName name) {
            return new Place(child, depth + 1, childPathBytes(name));
        }

        int childPathBytes(EntryName name) {
            return pathBytes + (depth == 0 ? 0 : 1) + name.length();
        }
    }

    /** Where a path led. */
    sealed interface Walk {
        /** The namespace walked from is no longer there. */
        record BaseGone() implements Walk {}

        /** To the namespace walked from. */
        record Self(Place place) implements Walk {}

        /** To an entry. */
        record Found(Place parent, EntryRow entry) implements Walk {}

        /** To nothing: {@code place} is the last namespace there is, {@code missing} the names below it. */
        record Missing(Place place, List<EntryName> missing) implements Walk {}

        /** Into a blob that stands where a namespace should, as a path from the namespace walked from. */
        record Blocked(String at) implements Walk {}
    }

    Walk walk(Base base, EntryPath path) {
        Place place = Place.ROOT;
        if (base.node() != 0) {
            Optional<NodeRow> row = node(base.node(), base.path());
            if (row.isEmpty()) {
                return new Walk.BaseGone();
            }
            place = new Place(base.node(), row.get().depth(), row.get().pathBytes());
        }
        List<EntryName> names = path.names();
        for (int i = 0; i < names.size(); i++) {
            EntryPath here = new EntryPath(names.subList(0, i + 1));
            Optional<EntryRow> entry = entry(place.node(), names.get(i), here.under(base.path()));
            if (entry.isEmpty()) {
                return new Walk.Missing(place, names.subList(i, names.size()));
            }
            if (i == names.size() - 1) {
                return new Walk.Found(place, entry.get());
            }
            switch (entry.get().target()) {
                case EntryRow.Target.Child(long child) -> place = place.child(child, names.get(i));
                case EntryRow.Target.Content ignored -> {
                    return new Walk.Blocked(here.under(""));
                }
            }
        }
        return new Walk.Self(place);
    }
}
