package dev.bailiwick.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bailiwick.engine.RowVisitor;
import dev.bailiwick.engine.Table;
import dev.bailiwick.engine.View;
import dev.bailiwick.schema.RootId;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Verifies all rows of one root in one state. */
final class RootAudit {
    private final View view;
    private final RootId root;
    private final Findings findings;
    private final byte[] prefix;

    private final Map<Long, NodeRow> nodes = new HashMap<>();
    private final Map<Long, EntryPlace> children = new HashMap<>();
    private final Map<BlobHash, References> references = new HashMap<>();
    /** Which entry to name for a content; filled as {@code references} is emptied. */
    private final Map<BlobHash, EntryPlace> paths = new HashMap<>();

    private final Map<Long, Content> contents = new HashMap<>();
    private final Set<Long> pending = new HashSet<>();
    private final Set<Long> chunked = new HashSet<>();
    /** Names of the trees of snapshots. */
    private final Set<String> hanging = new HashSet<>();

    private long usedBytes;
    private long entries;
    /** False once an entry could not be read: sums would only repeat that. */
    private boolean allEntriesRead = true;
    /** False once a content could not be read: its chunks would seem to belong to nothing. */
    private boolean allBlobsRead = true;

    RootAudit(View view, RootId root, Findings findings) {
        this.view = view;
        this.root = root;
        this.findings = findings;
        this.prefix = Keys.root(root);
    }

    private record EntryPlace(long parent, String name) {}

    private record Content(BlobHash hash, BlobRow row) {}

    /** The entries with one content. */
    private static final class References {
        private final EntryPlace first;
        private final long size;
        private long count;

        References(EntryPlace first, long size) {
            this.first = first;
            this.size = size;
        }
    }

    void run() {
        findings.roots++;
        byte[] value = view.get(StorageTables.ROOTS, prefix);
        if (value == null) {
            findings.add("orphan", root.toString(), "there are rows of a root that does not exist");
            return;
        }
        decode(StorageTables.ROOTS, prefix, value, "", RootRow::decode).ifPresent(row -> {
            switch (row.state()) {
                case LIVE -> auditLive(row);
                // Its rows are being deleted, so they need not fit together any more.
                case DELETED -> auditMark(PendingRow.DELETED_ROOT);
            }
        });
    }

    private void auditLive(RootRow row) {
        switch (row.durability()) {
            case DURABLE -> {}
            case SESSION -> auditMark(PendingRow.SESSION_ROOT);
        }
        scan(StorageTables.PENDING, this::pending);
        scan(StorageTables.NODES, this::node);
        allEntriesRead &= scan(StorageTables.ENTRIES, (key, value) -> entry(row, key, value));
        allBlobsRead &= scan(StorageTables.BLOBS, this::blob);
        scan(StorageTables.SNAPSHOTS, this::snapshot);
        if (allEntriesRead) {
            hanging.forEach(name ->
                    findings.add("orphan", root + " " + Quoted.of(name), "nothing says what it is a snapshot of"));
        }
        auditChunks();
        nodes.forEach(this::auditNode);
        references.forEach((hash, wanted) -> findings.add("missing", what(wanted.first), "its content is missing"));
        if (allEntriesRead) {
            auditLedger(row);
        }
    }

    private void auditMark(PendingRow wanted) {
        byte[] key = Keys.pending(root, 0);
        byte[] value = view.get(StorageTables.PENDING, key);
        if (value == null) {
            findings.add("missing", root.toString(), "the next start would not delete this root");
            return;
        }
        decode(StorageTables.PENDING, key, value, "", PendingRow::decode)
                .filter(mark -> mark != wanted)
                .ifPresent(
                        mark -> findings.add("damaged", root.toString(), "marked " + mark + " instead of " + wanted));
    }

    private void auditLedger(RootRow row) {
        if (row.usedBytes() != usedBytes || row.entries() != entries) {
            findings.add(
                    "wrong-ledger",
                    root.toString(),
                    "the ledger says " + row.usedBytes() + " bytes in " + row.entries() + " entries, there are "
                            + usedBytes + " bytes in " + entries);
        }
    }

    private boolean pending(byte[] key, byte[] value) {
        long content = Keys.objectOf(key);
        if (content != 0) {
            decode(StorageTables.PENDING, key, value, "", PendingRow::decode);
            pending.add(content);
        }
        return true;
    }

    private boolean snapshot(byte[] key, byte[] value) {
        String name = SnapshotRow.nameOf(Keys.objectOf(key)).text();
        boolean hangs = hanging.remove(name);
        if (!hangs && allEntriesRead) {
            findings.add("missing", root + " " + Quoted.of(name), "the tree of a snapshot is missing");
        }
        decode(StorageTables.SNAPSHOTS, key, value, name, SnapshotRow::decode);
        return true;
    }

    private boolean node(byte[] key, byte[] value) {
        decode(StorageTables.NODES, key, value, "", NodeRow::decode)
                .ifPresent(row -> nodes.put(Keys.objectOf(key), row));
        return true;
    }

    private boolean entry(RootRow rootRow, byte[] key, byte[] value) {
        EntryPlace place = new EntryPlace(
                Keys.objectOf(key), new String(key, Keys.ENTRY_NAME, key.length - Keys.ENTRY_NAME, UTF_8));
        Optional<EntryRow> row = findings.decode(StorageTables.ENTRIES, key, value, what(place), EntryRow::decode);
        entries++;
        findings.entries++;
        if (row.isEmpty()) {
            allEntriesRead = false;
            return true;
        }
        if (place.parent() == SnapshotRow.PARENT) {
            hanging.add(place.name());
        } else if (place.parent() != 0 && !nodes.containsKey(place.parent())) {
            findings.add("orphan", what(place), "the namespace it is in does not exist");
        }
        if (row.get().version() > rootRow.generation()) {
            findings.add("damaged", what(place), "it is newer than its root");
        }
        switch (row.get().target()) {
            case EntryRow.Target.Child(long node) -> {
                if (children.put(node, place) != null) {
                    findings.add("damaged", what(place), "another entry is the same namespace");
                }
                if (!nodes.containsKey(node)) {
                    findings.add("missing", what(place), "its namespace is missing");
                }
            }
            case EntryRow.Target.Content(long size, BlobHash hash) -> {
                usedBytes += size;
                References same = references.computeIfAbsent(hash, h -> new References(place, size));
                same.count++;
                if (same.size != size) {
                    findings.add("damaged", what(place), "its size differs from that of the same content elsewhere");
                }
            }
        }
        return true;
    }

    private void auditNode(long node, NodeRow row) {
        EntryPlace named = new EntryPlace(row.parent(), row.name());
        if (!named.equals(children.get(node))) {
            findings.add("orphan", what(named), "no entry leads to this namespace");
        }
        NodeRow parent = nodes.get(row.parent());
        int depth = parent == null ? 1 : parent.depth() + 1;
        int pathBytes =
                (parent == null ? 0 : parent.pathBytes() + 1) + row.name().getBytes(UTF_8).length;
        if (row.depth() != depth || row.pathBytes() != pathBytes) {
            findings.add("damaged", what(named), "its depth or length of path is wrong");
        }
    }

    private boolean blob(byte[] key, byte[] value) {
        BlobHash hash = Keys.hashOf(key);
        References wanted = references.remove(hash);
        String what = wanted == null ? root + " content " + hash : what(wanted.first);
        findings.blobs++;
        Optional<BlobRow> row = findings.decode(StorageTables.BLOBS, key, value, what, BlobRow::decode);
        if (row.isEmpty()) {
            allBlobsRead = false;
            return true;
        }
        if (wanted == null) {
            if (allEntriesRead) {
                findings.add("orphan", what, "no entry refers to this content");
            }
        } else {
            paths.put(hash, wanted.first);
            if (row.get().references() != wanted.count && allEntriesRead) {
                findings.add(
                        "wrong-references",
                        what,
                        row.get().references() + " references are counted, there are " + wanted.count);
            }
            if (row.get().size() != wanted.size) {
                findings.add("damaged", what, "its content has another size");
            }
        }
        if (pending.contains(row.get().content())) {
            findings.add("damaged", what, "its content is both in use and to be deleted");
        }
        if (contents.put(row.get().content(), new Content(hash, row.get())) != null) {
            findings.add("damaged", what, "its chunks belong to another content too");
        }
        return true;
    }

    private void auditChunks() {
        ChunkAudit[] current = new ChunkAudit[1];
        scan(StorageTables.CHUNKS, (key, value) -> {
            long content = Keys.objectOf(key);
            findings.chunks++;
            if (current[0] == null || current[0].content != content) {
                if (current[0] != null) {
                    current[0].end();
                }
                chunked.add(content);
                current[0] = new ChunkAudit(content);
            }
            current[0].chunk(key, value);
            return true;
        });
        if (current[0] != null) {
            current[0].end();
        }
        contents.forEach((number, content) -> {
            if (content.row().size() > 0 && !chunked.contains(number)) {
                findings.add("missing", what(content), "all its chunks are missing");
            }
        });
    }

    /** Verifies the chunks of one content, which come one after the other. */
    private final class ChunkAudit {
        private final long content;
        private final Optional<Content> expected;
        private final MessageDigest digest = Sha256.digest();
        private int next;
        private boolean readable = true;

        ChunkAudit(long content) {
            this.content = content;
            this.expected = Optional.ofNullable(contents.get(content));
            if (expected.isEmpty() && !pending.contains(content) && allBlobsRead) {
                findings.add("orphan", root + " content number " + content, "its chunks belong to nothing");
            }
        }

        private String name() {
            return expected.map(RootAudit.this::what).orElse(root + " content number " + content);
        }

        void chunk(byte[] key, byte[] value) {
            int index = Keys.chunkIndex(key);
            if (index != next) {
                findings.add("missing", name(), "chunk " + next + " is missing");
                readable = false;
            }
            next = index + 1;
            Optional<ByteBuffer> bytes =
                    findings.decode(StorageTables.CHUNKS, key, value, name() + " chunk " + index, Function.identity());
            readable &= bytes.isPresent();
            bytes.ifPresent(digest::update);
        }

        void end() {
            if (expected.isEmpty() || !readable) {
                return;
            }
            if (next != expected.get().row().chunks()) {
                findings.add("missing", name(), "chunk " + next + " is missing or not wanted");
            } else if (!BlobHash.of(digest.digest()).equals(expected.get().hash())) {
                findings.add("wrong-hash", name(), "its bytes do not have the hash it is stored under");
            }
        }
    }

    private boolean scan(Table table, RowVisitor visitor) {
        return findings.reading(
                root + " in " + table.name(), () -> view.scan(table, prefix, Keys.after(prefix), visitor));
    }

    private <T> Optional<T> decode(Table table, byte[] key, byte[] value, String path, Function<ByteBuffer, T> decode) {
        return findings.decode(table, key, value, root + (path.isEmpty() ? "" : " " + Quoted.of(path)), decode);
    }

    private String what(Content content) {
        EntryPlace place = paths.get(content.hash());
        return place == null ? root + " content " + content.hash() : what(place);
    }

    private String what(EntryPlace place) {
        String path = place.name();
        long parent = place.parent();
        // A damaged tree may have a circle: give up after more steps than any path has names.
        for (int steps = 0; parent != 0 && steps < 1024; steps++) {
            NodeRow row = nodes.get(parent);
            if (row == null) {
                return root + " " + Quoted.of("?/" + path);
            }
            path = row.name() + "/" + path;
            parent = row.parent();
        }
        return root + " " + Quoted.of(path);
    }
}
