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
        return onPath(
                path,
                d -> d,
                entryPath -> read(entryPath, d -> d, (rows, walk) -> switch (walk) {
                    case RootRows.Walk.Self(RootRows.Place place) -> page(rows, place.node(), entryPath, after, most);
                    case RootRows.Walk.Found(RootRows.Place parent, EntryRow entry) ->
                        switch (entry.target()) {
                            case EntryRow.Target.Child(long node) -> page(rows, node, entryPath, after, most);
                            case EntryRow.Target.Content ignored -> Denials.notANamespace(path);
                        };
                    case RootRows.Walk.Missing ignored -> Denials.notFound(path);
                    case RootRows.Walk.Blocked(String at) -> Denials.notANamespace(at);
                    case RootRows.Walk.BaseGone() -> Denials.baseGone();
                }));
    }

    private ListResult page(RootRows rows, long node, EntryPath path, String after, int most) {
        List<EntryInfo> entries = new ArrayList<>();
        boolean more = rows.scanEntries(node, path.under(base.path()), after, (name, entry) -> {
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
        return onPath(
                path,
                d -> d,
                entryPath -> read(entryPath, d -> d, (rows, walk) -> switch (walk) {
                    case RootRows.Walk.Self(RootRows.Place place) -> new StatResult.Found(self(rows, place));
                    case RootRows.Walk.Found(RootRows.Place parent, EntryRow entry) ->
                        new StatResult.Found(entry.info(entryPath.last().text()));
                    case RootRows.Walk.Missing ignored -> Denials.notFound(path);
                    case RootRows.Walk.Blocked(String at) -> Denials.notANamespace(at);
                    case RootRows.Walk.BaseGone() -> Denials.baseGone();
                }));
    }

    private EntryInfo self(RootRows rows, RootRows.Place place) {
        if (place.node() == 0) {
            RootRow root = rows.live().orElseThrow();
            return new EntryInfo.OfNamespace("", root.generation(), root.modifiedAtMs());
        }
        return rows.entryOf(place.node(), base.path()).info("");
    }

    /**
     * The blob at {@code path}. The returned {@link Blob} stays readable when the entry is replaced or removed, for as long as
     * the bytes so kept are within the quota; close it when done.
     */
    public GetResult get(String path) {
        return onPath(path, d -> d, entryPath -> {
            while (true) {
                Lookup lookup =
                        read(entryPath, Lookup.Refused::new, (rows, walk) -> content(rows, walk, entryPath, path));
                switch (lookup) {
                    case Lookup.Refused(Denied denied) -> {
                        return denied;
                    }
                    case Lookup.Content content -> {
                        Optional<GetResult> result = pinned(content, entryPath);
                        if (result.isPresent()) {
                            return result.get();
                        }
                    }
                }
            }
        });
    }

    private sealed interface Lookup {
        record Refused(Denied denied) implements Lookup {}

        record Content(EntryInfo.OfBlob entry, BlobRow blob) implements Lookup {}
    }

    private Lookup content(RootRows rows, RootRows.Walk walk, EntryPath entryPath, String path) {
        return switch (walk) {
            case RootRows.Walk.Self ignored -> new Lookup.Refused(Denials.isANamespace(path));
            case RootRows.Walk.Found(RootRows.Place parent, EntryRow entry) ->
                switch (entry.target()) {
                    case EntryRow.Target.Content content ->
                        new Lookup.Content(
                                entry.blobInfo(entryPath.last().text(), content),
                                rows.blobOf(content, entryPath.under(base.path())));
                    case EntryRow.Target.Child ignored -> new Lookup.Refused(Denials.isANamespace(path));
                };
            case RootRows.Walk.Missing ignored -> new Lookup.Refused(Denials.notFound(path));
            case RootRows.Walk.Blocked(String at) -> new Lookup.Refused(Denials.notANamespace(at));
            case RootRows.Walk.BaseGone() -> new Lookup.Refused(Denials.baseGone());
        };
    }

    /** Pins the content, or is empty when it went away meanwhile and the lookup must be redone (see {@link Holds}). */
    private Optional<GetResult> pinned(Lookup.Content found, EntryPath entryPath) {
        String path = entryPath.under(base.path());
        Holds.Key key = new Holds.Key(access.root(), found.blob().content());
        return switch (lane.holds().pin(key)) {
            case Holds.Pin.Doomed(var settled) -> {
                settled.join();
                yield Optional.empty();
            }
            case Holds.Pin.Held(Holds.Hold hold) -> {
                Blob blob =
                        new Blob(lane, key, hold, found.blob(), found.entry().sha256(), path);
                if (stillThere(found, path)) {
                    yield Optional.of(new GetResult.Found(found.entry(), blob));
                }
                blob.close();
                yield Optional.empty();
            }
        };
    }

    private boolean stillThere(Lookup.Content found, String path) {
        return lane.read(
                access.root(),
                path,
                rows -> rows.live().isPresent()
                        && rows.blob(found.entry().sha256(), path)
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
        return lane.change(
                access,
                entryPath.under(base.path()),
                d -> d,
                edits -> new Put(edits, base, access.quota(), lane.limits()).run(entryPath, expectation, fresh));
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

    /**
     * A view that starts at the namespace at {@code path}, which must exist. It is bound to that namespace, not to its name: once
     * removed it stays gone, even when another of the same name is made.
     */
    public SubResult sub(String path) {
        return onPath(
                path,
                d -> d,
                entryPath -> read(entryPath, d -> d, (rows, walk) -> switch (walk) {
                    case RootRows.Walk.Self ignored -> new SubResult.Opened(this);
                    case RootRows.Walk.Found(RootRows.Place parent, EntryRow entry) ->
                        switch (entry.target()) {
                            case EntryRow.Target.Child(long node) ->
                                new SubResult.Opened(
                                        new Namespace(lane, access, new Base(node, entryPath.under(base.path()))));
                            case EntryRow.Target.Content ignored -> Denials.notANamespace(path);
                        };
                    case RootRows.Walk.Missing ignored -> Denials.notFound(path);
                    case RootRows.Walk.Blocked(String at) -> Denials.notANamespace(at);
                    case RootRows.Walk.BaseGone() -> Denials.baseGone();
                }));
    }

    private <T> T onPath(String path, Function<Denied, T> denied, Function<EntryPath, T> then) {
        return switch (EntryPath.parse(path, lane.limits())) {
            case EntryPath.Parsed.Invalid(Denied why) -> denied.apply(why);
            case EntryPath.Parsed.Valid(EntryPath entryPath) -> then.apply(entryPath);
        };
    }

    private <T> T onWritablePath(String path, Function<Denied, T> denied, Function<EntryPath, T> then) {
        return access.writable() ? onPath(path, denied, then) : denied.apply(Denials.readOnly());
    }

    /** What a read makes of where its path led. */
    private interface WalkReader<T> {
        T read(RootRows rows, RootRows.Walk walk);
    }

    private <T> T read(EntryPath path, Function<Denied, T> denied, WalkReader<T> reader) {
        return lane.read(
                access.root(),
                path.under(base.path()),
                rows -> rows.live().isEmpty()
                        ? denied.apply(Denials.rootGone())
                        : reader.read(rows, rows.walk(base, path)));
    }
}
