package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;

/** Where the hashes of complete subtrees are kept. Level 0 holds the leaves; node i of level n covers 2^n leaves. */
interface MerkleNodes {
    /**
     * The hash of a complete subtree.
     *
     * @throws RuntimeException the caller's own typed corruption error if it is not there: a complete subtree below the
     *     tree's size is never absent
     */
    Hash256 node(int level, long index);

    /** Takes the hash of a subtree that has just become complete. */
    @FunctionalInterface
    interface Sink {
        /** Called once for each node, children before parents. */
        void put(int level, long index, Hash256 hash);
    }
}
