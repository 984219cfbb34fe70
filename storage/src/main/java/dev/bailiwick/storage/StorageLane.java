package dev.bailiwick.storage;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineException;
import dev.bailiwick.engine.Row;
import dev.bailiwick.engine.Txn;
import dev.bailiwick.engine.View;
import dev.bailiwick.schema.RootId;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Supplier;

/** The way from this package to the engine: reads, gated changes of one root, and deletions in bounded turns. */
final class StorageLane {
    private final Engine engine;
    private final InstantSource clock;
    private final StorageLimits limits;
    private final Holds holds = new Holds();
    private final Queue<Holds.Key> backlog = new ConcurrentLinkedQueue<>();

    StorageLane(Engine engine, InstantSource clock, StorageLimits limits) {
        this.engine = engine;
        this.clock = clock;
        this.limits = limits;
    }

    StorageLimits limits() {
        return limits;
    }

    Holds holds() {
        return holds;
    }

    long now() {
        return clock.millis();
    }

    <T> T read(Function<View, T> reader) {
        return engine.read(reader);
    }

    <T> T read(RootId root, String path, Function<RootRows, T> reader) {
        return located(root, path, () -> engine.read(view -> reader.apply(new RootRows(view, root))));
    }

    /**
     * Changes a live root in one lane turn, if the gate is open there.
     *
     * @param denied turns a refusal into an answer
     */
    <T> T change(Access access, String path, Function<Denied, T> denied, Function<RootEdits, T> change) {
        RootId root = access.root();
        RootEdits.Leftovers leftovers = new RootEdits.Leftovers();
        RootEdits.Turn turn = new RootEdits.Turn(root, limits, holds, leftovers, clock.millis());
        T answer;
        boolean landed = false;
        try {
            answer = located(
                    root,
                    path,
                    () -> engine.commit(txn -> {
                        Optional<String> closed = access.gate().closed();
                        if (closed.isPresent()) {
                            return denied.apply(Denied.because(DenialCode.REVOKED, closed.get(), ""));
                        }
                        Optional<RootRow> row = new RootRows(txn, root).live();
                        return row.isEmpty()
                                ? denied.apply(Denials.rootGone())
                                : change.apply(new RootEdits(txn, row.get(), turn));
                    }));
            landed = true;
        } finally {
            settle(leftovers, landed);
        }
        leftovers.unfinished.forEach(this::collect);
        if (!leftovers.detached.isEmpty()) {
            holds.evict(root, access.quota().bytes()).forEach(this::collect);
        }
        Optional.ofNullable(backlog.poll()).ifPresent(this::collect);
        return answer;
    }

    private void settle(RootEdits.Leftovers leftovers, boolean landed) {
        leftovers.doomed.forEach(key -> holds.settle(key, landed));
        for (Holds.Key key : leftovers.detached) {
            if (holds.settle(key, landed)) {
                leftovers.unfinished.add(key);
            }
        }
    }

    /**
     * Clears a dropped snapshot away in bounded turns; a crash in between leaves the rest to the next start. Whoever dropped it has
     * been answered for, so no gate is asked.
     */
    void clearSnapshot(RootId root, long id) {
        Access access =
                new Access(root, new Quota("", Long.MAX_VALUE), EffectGate.alwaysOpen(), Optional.empty(), true);
        boolean more = true;
        while (more) {
            more = change(
                    access,
                    "",
                    denied -> false, // deleted with its root meanwhile
                    edits -> Snapshots.dropSome(edits, id, limits.rowsPerTurn()));
        }
    }

    /** Runs a lane turn that is not a change of a live root. */
    <T> T turn(RootId root, Function<Txn, T> work) {
        return located(root, "", () -> engine.commit(work::apply));
    }

    /**
     * Deletes pending content in bounded turns; a crash in between leaves the rest pending. When the lane is too busy, the work
     * is taken up again after a later change; when the engine takes no more work, at the next start.
     */
    void collect(Holds.Key key) {
        try {
            boolean more = true;
            while (more) {
                more = turn(key.root(), txn -> collectSome(txn, key));
            }
        } catch (EngineException e) {
            switch (e.code()) {
                case OVERLOADED -> backlog.add(key);
                // The content stays pending, and the next start deletes it.
                case CLOSED, FAILED, READ_ONLY -> {}
                case CORRUPT, LOST, IO, HELD, MISSING -> throw e;
            }
        }
    }

    private boolean collectSome(Txn txn, Holds.Key key) {
        // INVARIANT (nothing referred to is deleted): content is pending or an entry's, never both.
        if (txn.get(StorageTables.PENDING, Keys.pending(key.root(), key.content())) == null) {
            return false;
        }
        // From the last chunk down, so that what is left is always numbered from 0 without gaps.
        byte[] prefix = Keys.node(key.root(), key.content());
        Optional<Row> last = txn.last(StorageTables.CHUNKS, prefix, Keys.after(prefix));
        int chunks = last.map(row -> Keys.chunkIndex(row.key()) + 1).orElse(0);
        int kept = Math.max(0, chunks - limits.rowsPerTurn());
        for (int index = chunks - 1; index >= kept; index--) {
            txn.delete(StorageTables.CHUNKS, Keys.chunk(key.root(), key.content(), index));
        }
        if (kept == 0) {
            txn.delete(StorageTables.PENDING, Keys.pending(key.root(), key.content()));
        }
        return kept > 0;
    }

    /** Names root and path when the engine itself finds stored bytes damaged. */
    private static <T> T located(RootId root, String path, Supplier<T> call) {
        try {
            return call.get();
        } catch (EngineException e) {
            if (e.code() == EngineException.Code.CORRUPT || e.code() == EngineException.Code.LOST) {
                throw new CorruptStorageException(root.toString(), path, e);
            }
            throw e;
        }
    }
}
