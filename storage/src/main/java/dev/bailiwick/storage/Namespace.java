package dev.bailiwick.storage;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A tree of named blobs as one holder may use it: a place to start from, a quota, a gate, and whether it may be written.
 * There is no way up from where it starts.
 *
 * <p>Paths are names joined by "/"; the empty path is this namespace. Every change is durable when its method returns. Thread-safe;
 * methods wait for the disk, and may be called from virtual threads.
 *
 * <p>All methods throw {@link CorruptStorageException} when what they would return is damaged, and
 * {@link dev.bailiwick.engine.EngineException} when the engine refuses or fails.
 */
public final class Namespace {
    private final StorageLane lane;
    private final Access access;
    private final Base base;

    Namespace(StorageLane lane, Access access, Base base) {
        this.lane = lane;
        this.access = access;
        this.base = base;
    }

    /**
     * The entries of the namespace at {@code path}, in bytewise order of their names.
     *
     * @param after the name to go on after; empty to start
     * @param limit the most entries wanted; 0 or more than {@link StorageLimits#pageEntries} means that many
     */
    public ListResult list(String path, String after, int limit) {
        int most = limit <= 0
                ? lane.limits().pageEntries()
                : Math.min(limit, lane.limits().pageEntries());
        return look(path, d -> d, (rows, seen, at) -> switch (seen) {
            case Seen.Space(long node, EntryInfo info) -> page(rows, node, at, after, most);
            case Seen.Bytes ignored -> Denials.notANamespace(path);
        });
    }

    private static ListResult page(RootRows rows, long node, String at, String after, int most) {
        List<EntryInfo> entries = new ArrayList<>();
        boolean more = rows.scanEntries(node, at, after, (name, entry) -> {
            if (entries.size() == most) {
                return false;
            }
            entries.add(entry.info(name));
            return true;
        });
        return new ListResult.Page(entries, more ? entries.getLast().name() : "");
    }

    /** The entry at {@code path}. */
    public StatResult stat(String path) {
        return look(path, d -> d, (rows, seen, at) -> switch (seen) {
            case Seen.Space(long node, EntryInfo info) -> new StatResult.Found(info);
            case Seen.Bytes(EntryInfo.OfBlob info) -> new StatResult.Found(info);
        });
    }

    /**
     * A view that starts at the namespace at {@code path}, which must exist. It is bound to that namespace, not to its name: once
     * removed it stays gone, even when another of the same name is made.
     */
    public SubResult sub(String path) {
        return look(path, d -> d, (rows, seen, at) -> switch (seen) {
            case Seen.Space(long node, EntryInfo info) ->
                new SubResult.Opened(new Namespace(lane, access, new Base(node, at)));
            case Seen.Bytes ignored -> Denials.notANamespace(path);
        });
    }

    /**
     * The blob at {@code path}. The returned {@link Blob} stays readable when the entry is replaced or removed, for as long as
     * the bytes so kept are within the quota; close it when done.
     */
    public GetResult get(String path) {
        while (true) {
            Lookup lookup = look(path, Lookup.Refused::new, (rows, seen, at) -> switch (seen) {
                case Seen.Space ignored -> new Lookup.Refused(Denials.isANamespace(path));
                case Seen.Bytes(EntryInfo.OfBlob info) ->
                    new Lookup.Content(info, rows.blobOf(info.sha256(), info.size(), at), at);
            });
            switch (lookup) {
                case Lookup.Refused(Denied denied) -> {
                    return denied;
                }
                case Lookup.Content content -> {
                    Optional<GetResult> result = pinned(content);
                    if (result.isPresent()) {
                        used(path, content.entry().size());
                        return result.get();
                    }
                }
            }
        }
    }

    private sealed interface Lookup {
        record Refused(Denied denied) implements Lookup {}

        record Content(EntryInfo.OfBlob entry, BlobRow blob, String at) implements Lookup {}
    }

    /** Pins the content, or is empty when it went away meanwhile and the lookup must be redone (see {@link Holds}). */
    private Optional<GetResult> pinned(Lookup.Content found) {
        Holds.Key key = new Holds.Key(access.root(), found.blob().content());
        return switch (lane.holds().pin(key)) {
            case Holds.Pin.Doomed(var settled) -> {
                settled.join();
                yield Optional.empty();
            }
            case Holds.Pin.Held(Holds.Hold hold) -> {
                Blob blob =
                        new Blob(lane, key, hold, found.blob(), found.entry().sha256(), found.at());
                if (stillThere(found)) {
                    yield Optional.of(new GetResult.Found(found.entry(), blob));
                }
                blob.close();
                yield Optional.empty();
            }
        };
    }

    private boolean stillThere(Lookup.Content found) {
        return lane.read(
                access.root(),
                found.at(),
                rows -> rows.live().isPresent()
                        && rows.blob(found.entry().sha256(), found.at())
                                .filter(now -> now.content() == found.blob().content())
                                .isPresent());
    }

    /**
     * Writes a blob of at most {@link StorageLimits#putBytes} bytes; missing namespaces on the way are made.
     *
     * @param content left as it is
     */
    public PutResult put(String path, ByteBuffer content, Expectation expectation) {
        if (content.remaining() > lane.limits().putBytes()) {
            return Denials.tooLarge(content.remaining(), lane.limits().putBytes());
        }
        ByteBuffer bytes = ByteBuffer.allocate(content.remaining())
                .put(content.duplicate())
                .flip();
        return onWritablePath(path, d -> d, entryPath -> {
            MessageDigest digest = Sha256.digest();
            digest.update(bytes.duplicate());
            NewContent fresh = new NewContent(BlobHash.of(digest.digest()), bytes.remaining(), Optional.empty(), bytes);
            return store(entryPath, expectation, fresh);
        });
    }

    /**
     * Starts to write a blob of any size; missing namespaces on the way are made when it is committed. What stands in the way
     * of the write, an invalid path included, is told by the writer.
     */
    public BlobWriter writer(String path, Expectation expectation) {
        return onWritablePath(
                path,
                denied -> BlobWriter.refusing(lane, access, denied),
                entryPath -> BlobWriter.opened(
                        lane, access, entryPath.under(base.path()), fresh -> store(entryPath, expectation, fresh)));
    }

    private PutResult store(EntryPath entryPath, Expectation expectation, NewContent fresh) {
        Eviction.Write write = () -> lane.change(
                access,
                entryPath.under(base.path()),
                d -> d,
                edits -> new Put(edits, base, access.quota(), lane.limits()).run(entryPath, expectation, fresh));
        return access.eviction()
                .map(policy -> {
                    PutResult result = new Eviction(lane, access, policy).roomFor(fresh.size(), write);
                    if (result instanceof PutResult.Stored) {
                        placed(entryPath).ifPresent(key -> policy.written(key, fresh.size()));
                    }
                    return result;
                })
                .orElseGet(write::run);
    }

    /** Which entry that is to a cache's policy; empty if it is gone again. */
    private Optional<EvictionPolicy.Key> placed(EntryPath entryPath) {
        return lane.read(
                access.root(),
                entryPath.under(base.path()),
                rows -> rows.walk(base, entryPath) instanceof RootRows.Walk.Found(RootRows.Place parent, EntryRow _)
                        ? Optional.of(new EvictionPolicy.Key(
                                parent.node(), entryPath.last().text()))
                        : Optional.empty());
    }

    /** A cache's policy learns of what is read. */
    private void used(String path, long size) {
        access.eviction().ifPresent(policy -> {
            if (EntryPath.parse(path, lane.limits()) instanceof EntryPath.Parsed.Valid(EntryPath entryPath)) {
                placed(entryPath).ifPresent(key -> policy.used(key, size));
            }
        });
    }

    /** Removes an entry; a namespace must be empty. */
    public RemoveResult remove(String path, Expectation expectation) {
        return onWritablePath(
                path,
                d -> d,
                entryPath -> lane.change(
                        access,
                        entryPath.under(base.path()),
                        d -> d,
                        edits -> remove(edits, entryPath, path, expectation)));
    }

    private RemoveResult remove(RootEdits edits, EntryPath entryPath, String path, Expectation expectation) {
        return switch (edits.walk(base, entryPath)) {
            case RootRows.Walk.Self ignored -> Denials.removesItself();
            case RootRows.Walk.Blocked(String at) -> Denials.notANamespace(at);
            case RootRows.Walk.BaseGone() -> Denials.baseGone();
            case RootRows.Walk.Missing ignored -> expectation.metBy(0) ? Denials.notFound(path) : new Conflict(0);
            case RootRows.Walk.Found(RootRows.Place parent, EntryRow entry) -> {
                if (!expectation.metBy(entry.version())) {
                    yield new Conflict(entry.version());
                }
                yield switch (entry.target()) {
                    case EntryRow.Target.Child(long node) -> {
                        if (edits.hasEntries(node)) {
                            yield Denials.notEmpty(path);
                        }
                        edits.deleteEntry(parent.node(), entryPath.last());
                        edits.deleteNode(node);
                        edits.finish(0, -1);
                        yield new RemoveResult.Removed();
                    }
                    case EntryRow.Target.Content content -> {
                        edits.dereference(content, entryPath.under(base.path()));
                        edits.deleteEntry(parent.node(), entryPath.last());
                        edits.finish(-content.size(), -1);
                        yield new RemoveResult.Removed();
                    }
                };
            }
        };
    }

    /**
     * Keeps the namespace at {@code path} as it is now. It is charged to the quota as a copy is; its content is stored once. Only
     * through a root's own namespace, as with all that concerns snapshots, since they are of the root and not of a part.
     */
    public SnapshotResult snapshot(String path) {
        if (base.node() != 0) {
            return Denials.notTheTop();
        }
        if (access.eviction().isPresent()) {
            return Denials.cacheHasNoSnapshots();
        }
        return onWritablePath(
                path,
                d -> d,
                entryPath -> lane.change(
                        access,
                        entryPath.under(""),
                        d -> d,
                        edits -> Snapshots.take(edits, entryPath, entryPath.under(""), access.quota(), lane.limits())));
    }

    /** The snapshots there are. */
    public SnapshotsResult snapshots() {
        return base.node() != 0
                ? Denials.notTheTop()
                : lane.read(access.root(), "", rows -> {
                    if (rows.live().isEmpty()) {
                        return Denials.rootGone();
                    }
                    List<SnapshotInfo> found = new ArrayList<>();
                    rows.snapshots().forEach((id, row) -> {
                        if (rows.pending(id).isEmpty()) {
                            found.add(row.info(id));
                        }
                    });
                    return new SnapshotsResult.Listed(found);
                });
    }

    /** A read-only view of a snapshot; dropped, it is gone for this view, too. */
    public SubResult openSnapshot(long id) {
        if (base.node() != 0) {
            return Denials.notTheTop();
        }
        return lane.read(
                access.root(),
                "",
                rows -> rows.live().isPresent()
                                && rows.snapshot(id).isPresent()
                                && rows.pending(id).isEmpty()
                        ? new SubResult.Opened(new Namespace(
                                lane,
                                access.readOnly(),
                                new Base(id, SnapshotRow.nameOf(id).text())))
                        : Denials.noSnapshot(id));
    }

    /** Drops a snapshot. Its bytes are free when this returns, but for those that are read just then. */
    public RemoveResult dropSnapshot(long id) {
        if (base.node() != 0) {
            return Denials.notTheTop();
        }
        if (!access.writable()) {
            return Denials.readOnly();
        }
        RemoveResult dropped = lane.change(access, "", d -> d, edits -> Snapshots.drop(edits, id));
        if (dropped instanceof RemoveResult.Removed) {
            lane.clearSnapshot(access.root(), id);
        }
        return dropped;
    }

    Access access() {
        return access;
    }

    StorageLimits limits() {
        return lane.limits();
    }

    /** What the whole root holds, against the quota of this opening. Zero bytes and entries if it was deleted. */
    public Usage usage() {
        return lane.read(
                access.root(),
                "",
                rows -> rows.live()
                        .map(root -> new Usage(root.usedBytes(), access.quota().bytes(), root.entries()))
                        .orElse(new Usage(0, access.quota().bytes(), 0)));
    }

    /** The same namespace, without its writing methods: they answer {@code read-only}, as do those of views taken from it. */
    public Namespace readOnly() {
        return new Namespace(lane, access.readOnly(), base);
    }

    private <T> T onWritablePath(String path, Function<Denied, T> denied, Function<EntryPath, T> then) {
        return access.writable() ? onPath(path, denied, then) : denied.apply(Denials.readOnly());
    }

    private <T> T onPath(String path, Function<Denied, T> denied, Function<EntryPath, T> then) {
        return switch (EntryPath.parse(path, lane.limits())) {
            case EntryPath.Parsed.Invalid(Denied why) -> denied.apply(why);
            case EntryPath.Parsed.Valid(EntryPath entryPath) -> then.apply(entryPath);
        };
    }

    /** What is at a path. */
    private sealed interface Seen {
        record Space(long node, EntryInfo info) implements Seen {}

        record Bytes(EntryInfo.OfBlob info) implements Seen {}
    }

    /** What a read makes of what is at a path; {@code at} is the path from the root. */
    private interface Sight<T> {
        T make(RootRows rows, Seen seen, String at);
    }

    private <T> T look(String path, Function<Denied, T> denied, Sight<T> sight) {
        return onPath(path, denied, entryPath -> {
            String at = entryPath.under(base.path());
            return lane.read(access.root(), at, rows -> {
                Optional<RootRow> root = rows.live();
                if (root.isEmpty()) {
                    return denied.apply(Denials.rootGone());
                }
                return switch (rows.walk(base, entryPath)) {
                    case RootRows.Walk.Self ignored -> sight.make(rows, self(rows, root.get()), at);
                    case RootRows.Walk.Found(RootRows.Place parent, EntryRow entry) ->
                        sight.make(rows, seen(entryPath.last().text(), entry), at);
                    case RootRows.Walk.Missing ignored -> denied.apply(Denials.notFound(path));
                    case RootRows.Walk.Blocked(String blocked) -> denied.apply(Denials.notANamespace(blocked));
                    case RootRows.Walk.BaseGone() -> denied.apply(Denials.baseGone());
                };
            });
        });
    }

    private Seen self(RootRows rows, RootRow root) {
        return new Seen.Space(
                base.node(),
                base.node() == 0
                        ? new EntryInfo.OfNamespace("", root.generation(), root.modifiedAtMs())
                        : rows.entryOf(base.node(), base.path()).info(""));
    }

    private static Seen seen(String name, EntryRow entry) {
        return switch (entry.target()) {
            case EntryRow.Target.Child(long node) -> new Seen.Space(node, entry.info(name));
            case EntryRow.Target.Content content -> new Seen.Bytes(entry.blobInfo(name, content));
        };
    }
}
