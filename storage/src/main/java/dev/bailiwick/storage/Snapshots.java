package dev.bailiwick.storage;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes and drops snapshots. A snapshot is a copy of a tree's entries, made in one lane turn and so of one state; the contents are
 * referred to once more and not copied. That makes the quota ledger and the references right without further rules, and bounds a
 * snapshot by {@link StorageLimits#entriesPerSnapshot}.
 */
final class Snapshots {
    private Snapshots() {}

    // ---- taking ----

    static SnapshotResult take(RootEdits edits, EntryPath path, String at, Quota quota, StorageLimits limits) {
        return switch (edits.walk(Base.ROOT, path)) {
            case RootRows.Walk.Self ignored -> take(edits, 0, at, quota, limits);
            case RootRows.Walk.Found(RootRows.Place parent, EntryRow entry) ->
                switch (entry.target()) {
                    case EntryRow.Target.Child(long node) -> take(edits, node, at, quota, limits);
                    case EntryRow.Target.Content ignored -> Denials.notANamespace(at);
                };
            case RootRows.Walk.Missing ignored -> Denials.notFound(at);
            case RootRows.Walk.Blocked(String blocked) -> Denials.notANamespace(blocked);
            case RootRows.Walk.BaseGone() -> Denials.baseGone();
        };
    }

    /** An entry to be copied, and the node it is in. */
    private record Copied(long parent, EntryName name, EntryRow entry) {}

    private static SnapshotResult take(RootEdits edits, long node, String at, Quota quota, StorageLimits limits) {
        int there = edits.snapshots().size();
        if (there >= limits.snapshotsPerRoot()) {
            return new Denied.QuotaExceeded("snapshotsPerRoot", limits.snapshotsPerRoot(), there, 1);
        }
        List<Copied> copied = new ArrayList<>();
        if (!collect(edits, node, at, copied, limits.entriesPerSnapshot())) {
            return new Denied.QuotaExceeded("entriesPerSnapshot", limits.entriesPerSnapshot(), 0, copied.size() + 1L);
        }
        long bytes = copied.stream().mapToLong(Snapshots::bytesOf).sum();
        long entries = copied.size() + 1L;
        long used = edits.row().usedBytes();
        if (bytes > 0 && bytes > quota.bytes() - used) {
            return new Denied.QuotaExceeded(quota.name(), quota.bytes(), used, bytes);
        }
        if (edits.row().entries() + entries > limits.entriesPerRoot()) {
            return new Denied.QuotaExceeded(
                    "entriesPerRoot", limits.entriesPerRoot(), edits.row().entries(), entries);
        }
        return new SnapshotResult.Taken(copy(edits, node, at, copied, bytes));
    }

    /** Gathers a tree, those above before those below. Returns false when it has too many entries. */
    private static boolean collect(RootEdits edits, long top, String at, List<Copied> into, int most) {
        List<Long> open = new ArrayList<>(List.of(top));
        for (int next = 0; next < open.size(); next++) {
            long node = open.get(next);
            boolean stopped = edits.scanEntries(node, at, "", (name, entry) -> {
                if (into.size() >= most) {
                    return false;
                }
                into.add(new Copied(node, new EntryName(name, name.getBytes(StandardCharsets.UTF_8).length), entry));
                switch (entry.target()) {
                    case EntryRow.Target.Child(long child) -> open.add(child);
                    case EntryRow.Target.Content ignored -> {}
                }
                return true;
            });
            if (stopped) {
                return false;
            }
        }
        return true;
    }

    private static long bytesOf(Copied copied) {
        return switch (copied.entry().target()) {
            case EntryRow.Target.Content content -> content.size();
            case EntryRow.Target.Child ignored -> 0;
        };
    }

    private static SnapshotInfo copy(RootEdits edits, long node, String at, List<Copied> entries, long bytes) {
        long id = edits.newObject();
        RootRows.Place top = edits.hangSnapshot(id);
        Map<Long, RootRows.Place> copies = new HashMap<>(Map.of(node, top));
        Map<EntryRow.Target.Content, Long> references = new HashMap<>();
        for (Copied copied : entries) {
            RootRows.Place parent = copies.get(copied.parent());
            if (parent == null) {
                throw new IllegalStateException("a tree is gathered from above");
            }
            switch (copied.entry().target()) {
                case EntryRow.Target.Child(long child) ->
                    copies.put(child, edits.copyNamespace(parent, copied.name(), copied.entry()));
                case EntryRow.Target.Content content -> {
                    references.merge(content, 1L, Long::sum);
                    edits.putEntry(parent.node(), copied.name(), copied.entry());
                }
            }
        }
        references.forEach((content, count) -> edits.refer(content, count, at));
        SnapshotRow row = new SnapshotRow(edits.now(), entries.size(), bytes, at);
        edits.putSnapshot(id, row);
        edits.finish(bytes, entries.size() + 1L);
        return row.info(id);
    }

    // ---- dropping ----

    /** Marks a snapshot as dropped: from then on nobody sees it, and {@link #dropSome} clears it away. */
    static RemoveResult drop(RootEdits edits, long id) {
        if (edits.snapshot(id).isEmpty() || edits.pending(id).isPresent()) {
            return Denials.noSnapshot(id);
        }
        edits.putPending(id, PendingRow.DROPPED_SNAPSHOT);
        edits.save();
        return new RemoveResult.Removed();
    }

    /** Deletes some of a dropped snapshot, from below. Every turn leaves a ledger that is right. Returns whether there is more. */
    static boolean dropSome(RootEdits edits, long id, int rowsPerTurn) {
        if (edits.snapshot(id).isEmpty()) {
            edits.deletePending(id);
            return false;
        }
        int left = rowsPerTurn;
        long bytes = 0;
        long entries = 0;
        long node = id;
        while (left > 0) {
            Optional<RootRows.Named> first = edits.firstEntry(node);
            if (first.isPresent()) {
                switch (first.get().entry().target()) {
                    case EntryRow.Target.Child(long child) -> {
                        node = child;
                        continue;
                    }
                    case EntryRow.Target.Content content -> {
                        left -= 1 + Math.min(rowsPerTurn, edits.chunksOf(content));
                        edits.dereference(content, SnapshotRow.nameOf(id).text());
                        edits.deleteEntry(node, first.get().name());
                        bytes += content.size();
                        entries++;
                        continue;
                    }
                }
            }
            long empty = node;
            NodeRow row = edits.node(empty, SnapshotRow.nameOf(id).text())
                    .orElseThrow(() -> edits.damaged(SnapshotRow.nameOf(id).text(), "a namespace of it is missing"));
            edits.deleteEntry(
                    row.parent(), new EntryName(row.name(), row.name().getBytes(StandardCharsets.UTF_8).length));
            edits.deleteNode(empty);
            entries++;
            left--;
            if (empty == id) {
                edits.deleteSnapshot(id);
                edits.deletePending(id);
                edits.finish(-bytes, -entries);
                return false;
            }
            node = row.parent();
        }
        edits.finish(-bytes, -entries);
        return true;
    }
}
