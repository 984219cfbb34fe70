package dev.bailiwick.accountstore;

import dev.bailiwick.engine.DurabilityHook;
import dev.bailiwick.engine.View;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.StoreId;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Keeps the anchor behind the store and checks the store against it.
 *
 * <p>INVARIANT (anchor never ahead): the anchor is moved only to heads that are synced. So after a crash the store has at least
 * what the anchor names, and anything less is a rollback or a loss.
 */
final class Anchoring implements DurabilityHook, AutoCloseable {
    private final RollbackAnchor anchor;
    private final AnchorMode mode;
    private final InstantSource clock;

    /** What was last anchored. Written on the lane, read by anyone. */
    private volatile AnchoredHead anchored;

    /** The newest synced head, anchored or not. */
    private volatile AnchoredHead newest;

    private Instant lastMoved;

    Anchoring(RollbackAnchor anchor, AnchorMode mode, InstantSource clock) {
        this.anchor = anchor;
        this.mode = mode;
        this.clock = clock;
        this.anchored = anchor.head();
        this.newest = anchored;
        this.lastMoved = clock.instant();
    }

    @Override
    public void synced(View synced) {
        AnchoredHead head = headOf(synced);
        newest = head;
        // Groups that changed objects only leave the head where it was.
        if (!head.equals(anchored) && due()) {
            move();
        }
    }

    private boolean due() {
        return switch (mode) {
            case AnchorMode.Strict() -> true;
            case AnchorMode.Interval(var every) -> !clock.instant().isBefore(lastMoved.plus(every));
        };
    }

    /** Moves the anchor to the newest synced head. Only the lane calls it, or whoever holds a lane that has stopped. */
    void move() {
        anchor.advance(newest);
        anchored = newest;
        lastMoved = clock.instant();
    }

    AnchoredHead anchored() {
        return anchored;
    }

    @Override
    public void close() {
        try (anchor) {
            if (!newest.equals(anchored)) {
                move();
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
                            + found + "; name this store's own anchor with --anchor");
        }
        if (meta.storeEpoch() != expected.storeEpoch()) {
            throw new AnchorException(
                    meta.storeEpoch() < expected.storeEpoch()
                            ? AnchorException.Code.ROLLED_BACK
                            : AnchorException.Code.FOREIGN,
                    file,
                    "the anchor \"" + file + "\" expects store epoch " + expected.storeEpoch()
                            + ", but the store is in epoch " + meta.storeEpoch()
                            + "; restore the newer copy, or run store recover");
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
                            + " with root " + root + ", but the store has " + found
                            + "; restore the newer copy, or run store recover");
        }
        Hash256 rootFound = MerkleTree.load(chain.nodes(view), size).root();
        if (!rootFound.equals(root)) {
            throw new AnchorException(
                    AnchorException.Code.FORKED,
                    file,
                    "the store is not the one that was anchored: the anchor \"" + file + "\" expects root " + root
                            + " of the first " + size + " " + chain.plural() + ", but they have root " + rootFound
                            + "; restore the anchored copy, or run store recover");
        }
    }
}
