package dev.bailiwick.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.Row;
import dev.bailiwick.engine.Table;
import dev.bailiwick.engine.Txn;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RootId;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The roots of all namespaces in one engine. There must be only one store over an engine: it knows what is open.
 *
 * <p>Thread-safe. All methods throw {@link CorruptStorageException} when a root they need is damaged, and
 * {@link dev.bailiwick.engine.EngineException} when the engine refuses or fails.
 */
public final class NamespaceStore {
    private static final int SWEEP_PAGE = 1000;
    private static final List<Table> ROOT_CONTENTS = List.of(
            StorageTables.BLOBS,
            StorageTables.ENTRIES,
            StorageTables.NODES,
            StorageTables.SNAPSHOTS,
            StorageTables.PENDING);

    private final StorageLane lane;
    /** One for each root that is open and evicts: what one holder uses is warm for all. */
    private final Cache<RootId, EvictionPolicy> evictions =
            Caffeine.newBuilder().weakValues().build();

    /** A store in {@code engine}; {@code clock} dates changes. */
    public NamespaceStore(Engine engine, InstantSource clock, StorageLimits limits) {
        this.lane = new StorageLane(engine, clock, limits);
    }

    /**
     * Makes the root unless it exists. Denied with {@code not-owner} when it is another principal's, and with {@code not-found} when
     * it was deleted: a root's id is never used again.
     *
     * @throws IllegalArgumentException if the root exists with the other durability
     */
    public EnsureResult ensureRoot(RootId root, PrincipalId owner, Durability durability) {
        return ensureRoot(root, owner, durability, EffectGate.alwaysOpen());
    }

    /**
     * As {@link #ensureRoot(RootId, PrincipalId, Durability)}, if the gate is open in the commit lane; denied with {@code revoked} if
     * not. For roots that are made when they are first used: by then whoever uses them may have lost the right to.
     */
    public EnsureResult ensureRoot(RootId root, PrincipalId owner, Durability durability, EffectGate gate) {
        long now = lane.now();
        return lane.turn(root, txn -> {
            Optional<String> closed = gate.closed();
            if (closed.isPresent()) {
                return Denied.because(DenialCode.REVOKED, closed.get(), "");
            }
            Optional<RootRow> row = new RootRows(txn, root).root();
            if (row.isPresent()) {
                return ensured(row.get(), owner, durability);
            }
            put(
                    txn,
                    StorageTables.ROOTS,
                    Keys.root(root),
                    RootRow.fresh(owner, durability, now).body());
            switch (durability) {
                case DURABLE -> {}
                case SESSION -> putPending(txn, root, PendingRow.SESSION_ROOT);
            }
            return new EnsureResult.Ready(true);
        });
    }

    private static EnsureResult ensured(RootRow row, PrincipalId owner, Durability durability) {
        if (row.state() == RootRow.State.DELETED) {
            return Denials.rootGone();
        }
        if (!row.owner().equals(owner)) {
            return Denials.notOwner();
        }
        if (row.durability() != durability) {
            throw new IllegalArgumentException("the root exists with durability " + row.durability());
        }
        return new EnsureResult.Ready(false);
    }

    /**
     * Opens a root for one holder. Denied with {@code not-found}, or with {@code not-owner} when it is another principal's.
     *
     * @param quota the quota this holder's writes are held to
     * @param gate asked in the commit lane before each write
     */
    public OpenResult open(RootId root, PrincipalId owner, Quota quota, EffectGate gate) {
        Optional<RootRow> row = lane.read(root, "", RootRows::live);
        if (row.isEmpty()) {
            return Denials.rootGone();
        }
        return row.get().owner().equals(owner)
                ? new OpenResult.Opened(
                        new Namespace(lane, new Access(root, quota, gate, eviction(root, quota), true), Base.ROOT))
                : Denials.notOwner();
    }

    /**
     * Opens what somebody shares. Denied with {@code not-found} when it is gone.
     *
     * @param quota of the owner's root, which the recipient's writes are charged to
     * @param gate asked in the commit lane before each write
     */
    public OpenResult openShare(Share share, Quota quota, EffectGate gate) {
        return lane.read(share.root(), "", rows -> {
            if (rows.live().filter(row -> row.owner().equals(share.owner())).isEmpty()) {
                return Denials.rootGone();
            }
            if (rows.node(share.node(), share.path()).isEmpty()) {
                return Denials.baseGone();
            }
            return new OpenResult.Opened(new Namespace(
                    lane,
                    new Access(share.root(), quota, gate, Optional.empty(), !share.readOnly()),
                    new Base(share.node(), share.path())));
        });
    }

    private Optional<EvictionPolicy> eviction(RootId root, Quota quota) {
        return switch (quota.overflow()) {
            case REFUSE -> Optional.empty();
            case EVICT ->
                Optional.of(evictions.get(
                        root,
                        ignored ->
                                new EvictionPolicy(quota.bytes(), lane.limits().entriesPerRoot())));
        };
    }

    /** The root's line of the quota ledger; empty when there is no such root, or it was deleted. */
    public Optional<RootInfo> info(RootId root) {
        return lane.read(
                root,
                "",
                rows -> rows.live()
                        .map(row -> new RootInfo(
                                root,
                                row.owner(),
                                row.durability(),
                                row.createdAtMs(),
                                row.generation(),
                                row.usedBytes(),
                                row.entries())));
    }

    /**
     * Deletes a root with all it holds. Nobody sees a part of it gone: it is marked first, from then on every view of it answers
     * {@code not-found} and every open blob of it {@code gone}, and then its rows are deleted in bounded turns. A crash in between is
     * made good by {@link #sweepSessionRoots}.
     *
     * @return whether there was such a root
     */
    public boolean deleteRoot(RootId root) {
        boolean found = lane.turn(root, txn -> {
            Optional<RootRow> row = new RootRows(txn, root).root();
            if (row.isEmpty()) {
                return false;
            }
            put(txn, StorageTables.ROOTS, Keys.root(root), row.get().deleted().body());
            putPending(txn, root, PendingRow.DELETED_ROOT);
            txn.beforeAcknowledge(() -> lane.holds().rootDeleted(root));
            return row.get().state() == RootRow.State.LIVE;
        });
        boolean more = true;
        while (more) {
            more = lane.turn(root, txn -> sweepSome(txn, root));
        }
        return found;
    }

    /** Deletes some rows of a root marked as deleted, and the mark with the last. Returns whether there are more. */
    private boolean sweepSome(Txn txn, RootId root) {
        if (new RootRows(txn, root)
                .root()
                .filter(row -> row.state() == RootRow.State.DELETED)
                .isEmpty()) {
            return false;
        }
        byte[] prefix = Keys.root(root);
        int left = sweepChunks(txn, prefix, lane.limits().rowsPerTurn());
        for (Table table : ROOT_CONTENTS) {
            left = sweepTable(txn, table, prefix, left);
        }
        if (left == 0) {
            return true;
        }
        txn.delete(StorageTables.ROOTS, prefix);
        txn.delete(StorageTables.PENDING, Keys.pending(root, 0));
        return false;
    }

    private static int sweepChunks(Txn txn, byte[] prefix, int most) {
        int left = most;
        while (left > 0) {
            // Chunks of a content are numbered without gaps, so one look at the last tells of all, without reading
            // them.
            Optional<Row> last = txn.last(StorageTables.CHUNKS, prefix, Keys.after(prefix));
            if (last.isEmpty()) {
                return left;
            }
            RootId root = Keys.rootOf(last.get().key());
            long content = Keys.objectOf(last.get().key());
            int index = Keys.chunkIndex(last.get().key());
            for (int i = index; i >= 0 && left > 0; i--, left--) {
                txn.delete(StorageTables.CHUNKS, Keys.chunk(root, content, i));
            }
        }
        return left;
    }

    private static int sweepTable(Txn txn, Table table, byte[] prefix, int most) {
        if (most == 0) {
            return 0;
        }
        List<byte[]> keys = new ArrayList<>();
        txn.scan(table, prefix, Keys.after(prefix), (key, value) -> {
            if (!table.equals(StorageTables.PENDING) || Keys.objectOf(key) != 0) {
                keys.add(key);
            }
            return keys.size() < most;
        });
        keys.forEach(key -> txn.delete(table, key));
        return most - keys.size();
    }

    /**
     * Clears away what an earlier run left: roots of its sessions, deleted roots with rows left, and contents of abandoned
     * writers. To be called once, before any root is opened.
     *
     * @throws IllegalStateException if something is open
     */
    public Swept sweepSessionRoots() {
        if (!lane.holds().isEmpty()) {
            throw new IllegalStateException("sweep before anything is opened");
        }
        Swept swept = new Swept(0, 0, 0);
        byte[] from = new byte[0];
        List<Pending> page;
        do {
            page = pendingFrom(from);
            for (Pending pending : page) {
                swept = swept.plus(sweep(pending));
            }
            if (!page.isEmpty()) {
                byte[] last = Keys.pending(page.getLast().root(), page.getLast().content());
                from = Arrays.copyOf(last, last.length + 1);
            }
        } while (page.size() == SWEEP_PAGE);
        return swept;
    }

    private record Pending(RootId root, long content) {}

    private List<Pending> pendingFrom(byte[] from) {
        return lane.read(view -> {
            List<Pending> found = new ArrayList<>();
            view.scan(StorageTables.PENDING, from, null, (key, value) -> {
                found.add(new Pending(Keys.rootOf(key), Keys.objectOf(key)));
                return found.size() < SWEEP_PAGE;
            });
            return found;
        });
    }

    private Swept sweep(Pending pending) {
        try {
            Optional<PendingRow> reason = lane.read(pending.root(), "", rows -> rows.pending(pending.content()));
            if (reason.filter(PendingRow.DROPPED_SNAPSHOT::equals).isPresent()) {
                lane.clearSnapshot(pending.root(), pending.content());
                return new Swept(0, 1, 0);
            }
            if (pending.content() != 0) {
                lane.collect(new Holds.Key(pending.root(), pending.content()));
                return new Swept(0, 1, 0);
            }
            deleteRoot(pending.root());
            return new Swept(1, 0, 0);
        } catch (CorruptStorageException e) {
            // One damaged root must not keep all others from opening. It stays closed, and verify names it.
            return new Swept(0, 0, 1);
        }
    }

    private static void putPending(Txn txn, RootId root, PendingRow reason) {
        put(txn, StorageTables.PENDING, Keys.pending(root, 0), reason.body());
    }

    private static void put(Txn txn, Table table, byte[] key, ByteBuffer body) {
        txn.put(table, key, Seal.seal(table, key, body));
    }
}
