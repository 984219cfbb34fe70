package dev.bailiwick.storage;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** Writes one entry in one lane turn. */
final class Put {
    private final RootEdits edits;
    private final Base base;
    private final Quota quota;
    private final StorageLimits limits;

    Put(RootEdits edits, Base base, Quota quota, StorageLimits limits) {
        this.edits = edits;
        this.base = base;
        this.quota = quota;
        this.limits = limits;
    }

    PutResult run(EntryPath path, Expectation expectation, NewContent fresh) {
        return switch (edits.walk(base, path)) {
            case RootRows.Walk.Self ignored -> Denials.isANamespace(path.under(""));
            case RootRows.Walk.Blocked(String at) -> Denials.notANamespace(at);
            case RootRows.Walk.BaseGone() -> Denials.baseGone();
            case RootRows.Walk.Found(RootRows.Place parent, EntryRow entry) ->
                switch (entry.target()) {
                    case EntryRow.Target.Child ignored -> Denials.isANamespace(path.under(""));
                    case EntryRow.Target.Content old -> replace(path, parent, entry, old, expectation, fresh);
                };
            case RootRows.Walk.Missing(RootRows.Place place, List<EntryName> missing) ->
                add(path, place, missing, expectation, fresh);
        };
    }

    private PutResult replace(
            EntryPath path,
            RootRows.Place parent,
            EntryRow entry,
            EntryRow.Target.Content old,
            Expectation expectation,
            NewContent fresh) {
        if (!expectation.metBy(entry.version())) {
            return new Conflict(entry.version());
        }
        Optional<Denied> over = overQuota(fresh.size() - old.size());
        if (over.isPresent()) {
            return over.get();
        }
        // The new reference first: when both are the same content it must not be let go in between.
        reference(fresh, path.under(base.path()));
        edits.dereference(old, path.under(base.path()));
        PutResult stored = putEntry(parent, path.last(), fresh);
        edits.finish(fresh.size() - old.size(), 0);
        return stored;
    }

    private PutResult add(
            EntryPath path, RootRows.Place place, List<EntryName> missing, Expectation expectation, NewContent fresh) {
        if (!expectation.metBy(0)) {
            return new Conflict(0);
        }
        if (!fits(place, missing)) {
            return Denials.tooDeep(limits);
        }
        if (edits.row().entries() + missing.size() > limits.entriesPerRoot()) {
            return new Denied.QuotaExceeded(
                    "entriesPerRoot", limits.entriesPerRoot(), edits.row().entries(), missing.size());
        }
        Optional<Denied> over = overQuota(fresh.size());
        if (over.isPresent()) {
            return over.get();
        }
        reference(fresh, path.under(base.path()));
        RootRows.Place parent = place;
        for (EntryName name : missing.subList(0, missing.size() - 1)) {
            parent = edits.makeNamespace(parent, name);
        }
        PutResult stored = putEntry(parent, path.last(), fresh);
        edits.finish(fresh.size(), missing.size());
        return stored;
    }

    private boolean fits(RootRows.Place place, List<EntryName> missing) {
        RootRows.Place last = place;
        for (EntryName name : missing) {
            last = last.child(last.node(), name);
        }
        return last.depth() <= limits.depth() && last.pathBytes() <= limits.pathBytes();
    }

    /** A change that does not grow the root is always let through, so that one above a lowered quota can shrink. */
    private Optional<Denied> overQuota(long added) {
        long used = edits.row().usedBytes();
        return added > 0 && added > quota.bytes() - used
                ? Optional.of(new Denied.QuotaExceeded(quota.name(), quota.bytes(), used, added))
                : Optional.empty();
    }

    /**
     * Adds a reference to the content, with the bytes just given. If the root has the same content already, the new bytes take
     * its place: what is stored is what the caller sent, even if the older copy was damaged since, and a write does the same
     * work whether or not the content is known.
     */
    private void reference(NewContent fresh, String path) {
        Optional<BlobRow> known = edits.blob(fresh.hash(), path);
        long content = fresh.staged().orElseGet(edits::newObject);
        int chunkBytes = limits.chunkBytes();
        ByteBuffer tail = fresh.tail().duplicate();
        int index = Math.toIntExact((fresh.size() - tail.remaining()) / chunkBytes);
        while (tail.hasRemaining()) {
            int length = Math.min(chunkBytes, tail.remaining());
            edits.putChunk(content, index++, tail.slice(tail.position(), length));
            tail.position(tail.position() + length);
        }
        if (fresh.staged().isPresent()) {
            edits.deletePending(content);
        }
        long references = known.map(BlobRow::references).orElse(0L) + 1;
        edits.putBlob(fresh.hash(), new BlobRow(content, fresh.size(), chunkBytes, references));
        known.ifPresent(edits::discard);
    }

    private PutResult putEntry(RootRows.Place parent, EntryName name, NewContent fresh) {
        EntryRow.Target.Content content = new EntryRow.Target.Content(fresh.size(), fresh.hash());
        EntryRow entry = new EntryRow(edits.version(), edits.now(), content);
        edits.putEntry(parent.node(), name, entry);
        return new PutResult.Stored(entry.blobInfo(name.text(), content));
    }
}
