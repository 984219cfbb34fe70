package dev.bailiwick.accountstore;

import dev.bailiwick.engine.DurabilityHook;
import dev.bailiwick.engine.View;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.StoreId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the anchor behind the store and checks the store against it.
 *
 * <p>INVARIANT (anchor never ahead): the anchor is moved only to heads that are synced. So after a crash the store has at least
 * what the anchor names, and anything less is a rollback or a loss.
 *
 * <p>INVARIANT (bounded window): in interval mode a synced head is anchored within the interval, by the next group or by the timer,
 * whichever comes first.
 */
final class Anchoring implements DurabilityHook, AutoCloseable {
    private final RollbackAnchor anchor;
    private final AnchorMode mode;
    private final InstantSource clock;

    /** Moves the anchor when no commit comes to do it; only in interval mode. */
    private final Optional<ScheduledThreadPoolExecutor> timer;

    /** What was last anchored. Written under the lock, read by anyone. */
    private volatile AnchoredHead anchored;

    /** The newest synced head, anchored or not. */
    private volatile AnchoredHead newest;

    private Instant lastMoved;
    private boolean timed;
    private @Nullable AnchorException failure;

    Anchoring(RollbackAnchor anchor, AnchorMode mode, InstantSource clock) {
        this.anchor = anchor;
        this.mode = mode;
        this.clock = clock;
        this.anchored = anchor.head();
        this.newest = anchored;
        this.lastMoved = clock.instant();
        this.timer = switch (mode) {
            case AnchorMode.Strict(), AnchorMode.None() -> Optional.empty();
            case AnchorMode.Interval(var every) -> Optional.of(timer());
        };
    }

    private static ScheduledThreadPoolExecutor timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("anchor-timer").daemon().factory());
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return timer;
    }

    @Override
    public synchronized void synced(View synced) {
        if (failure != null) {
            // The window that was promised has passed unanchored: nothing more is acknowledged.
            throw new AnchorException(
                    AnchorException.Code.IO, anchor.file(), "the anchor could not be moved in time", failure);
        }
        AnchoredHead head = headOf(synced);
        newest = head;
        // Groups that changed objects only leave the head where it was.
        if (!head.equals(anchored)) {
            follow();
        }
    }

    private void follow() {
        switch (mode) {
            case AnchorMode.Strict() -> move();
            case AnchorMode.Interval(var every) -> {
                if (clock.instant().isBefore(lastMoved.plus(every))) {
                    moveWithin(every);
                } else {
                    move();
                }
            }
            case AnchorMode.None() -> {}
        }
    }

    private void moveWithin(Duration every) {
        if (!timed) {
            timed = true;
            var _ = timer.orElseThrow().schedule(this::moveInTime, every.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void moveInTime() {
        timed = false;
        if (!newest.equals(anchored)) {
            try {
                move();
            } catch (AnchorException e) {
                failure = e;
            }
        }
    }

    private void move() {
        anchor.advance(newest);
        anchored = newest;
        lastMoved = clock.instant();
    }

    AnchoredHead anchored() {
        return anchored;
    }

    /** Why the anchor no longer follows, if it does not. */
    synchronized Optional<String> failure() {
        return Optional.ofNullable(failure).map(Throwable::getMessage);
    }

    @Override
    public void close() {
        timer.ifPresent(ScheduledThreadPoolExecutor::shutdownNow);
        synchronized (this) {
            try (anchor) {
                if (!newest.equals(anchored)) {
                    move();
                }
            }
        }
    }

    static AnchoredHead headOf(View view) {
        Meta meta = Meta.load(view);
        HashChain.Head journal = HashChain.JOURNAL.head(view);
        HashChain.Head audit = HashChain.AUDIT.head(view);
        return new AnchoredHead(
                meta.storeId(), meta.storeEpoch(), journal.size(), journal.root(), audit.size(), audit.root());
    }

    /**
     * Refuses a store that does not extend its anchor.
     *
     * @throws AnchorException {@code FOREIGN}, {@code ROLLED_BACK} or {@code FORKED}, saying what was expected and found
     */
    static void requireExtends(View view, AnchoredHead expected, Path file) {
        Meta meta = Meta.load(view);
        StoreId found = meta.storeId();
        if (!found.equals(expected.storeId())) {
            throw new AnchorException(
                    AnchorException.Code.FOREIGN,
                    file,
                    "the anchor \"" + file + "\" belongs to store " + expected.storeId() + ", but this is store "
                            + found);
        }
        if (meta.storeEpoch() != expected.storeEpoch()) {
            boolean older = meta.storeEpoch() < expected.storeEpoch();
            throw new AnchorException(
                    older ? AnchorException.Code.ROLLED_BACK : AnchorException.Code.OLDER,
                    file,
                    (older ? "the store was rolled back: " : "the anchor is older than the store: ") + "the anchor \""
                            + file + "\" expects store epoch " + expected.storeEpoch() + ", but the store is in epoch "
                            + meta.storeEpoch());
        }
        requireExtends(HashChain.JOURNAL, view, expected.size(), expected.root(), file);
        requireExtends(HashChain.AUDIT, view, expected.auditSize(), expected.auditRoot(), file);
    }

    private static void requireExtends(HashChain chain, View view, long size, Hash256 root, Path file) {
        long found = chain.head(view).size();
        if (found < size) {
            throw new AnchorException(
                    AnchorException.Code.ROLLED_BACK,
                    file,
                    "the store was rolled back: the anchor \"" + file + "\" expects " + size + " " + chain.plural()
                            + " with root " + root + ", but the store has " + found);
        }
        Hash256 rootFound = MerkleTree.load(chain.nodes(view), size).root();
        if (!rootFound.equals(root)) {
            throw new AnchorException(
                    AnchorException.Code.FORKED,
                    file,
                    "the store is not the one that was anchored: the anchor \"" + file + "\" expects root " + root
                            + " of the first " + size + " " + chain.plural() + ", but they have root " + rootFound);
        }
    }
}
