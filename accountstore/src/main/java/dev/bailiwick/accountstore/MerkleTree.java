package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Merkle tree of a chain, as RFC 9162 section 2.1 defines it, with SHA-256. Every complete subtree's hash is stored
 * when it becomes complete, so appending, roots and proofs take a logarithmic number of hashes. An instance is one size
 * of the tree: its peaks, the roots of the complete subtrees that the size's binary digits name, largest first.
 *
 * <pre>
 *   size 7 = 4 + 2 + 1         (2,0)          peaks (2,0) (1,2) (0,6)
 *                             /     \
 *                        (1,0)       (1,1)       (1,2)
 *                        /  \        /  \        /  \
 *                       0    1      2    3      4    5      6
 * </pre>
 *
 * Immutable and thread-safe.
 */
final class MerkleTree {
    private static final byte[] LEAF = {0};
    private static final byte[] NODE = {1};

    private final long size;
    private final List<Hash256> peaks;

    /** Computed when it is first asked for; whoever computes it comes to the same. */
    private @Nullable Hash256 root;

    private MerkleTree(long size, List<Hash256> peaks) {
        this.size = size;
        this.peaks = peaks;
    }

    /** The tree without leaves. */
    static MerkleTree empty() {
        return new MerkleTree(0, List.of());
    }

    /** The tree of {@code size} leaves, from stored nodes. */
    static MerkleTree load(MerkleNodes nodes, long size) {
        List<Hash256> peaks = new ArrayList<>();
        long start = 0;
        for (int level = Long.SIZE - 2; level >= 0; level--) {
            if ((size >>> level & 1) == 1) {
                peaks.add(nodes.node(level, start >>> level));
                start += 1L << level;
            }
        }
        return new MerkleTree(size, List.copyOf(peaks));
    }

    /** The hash of a leaf: SHA-256(0x00, content). */
    static Hash256 leafHash(byte[] content) {
        return Hash256.sha256(LEAF, content);
    }

    long size() {
        return size;
    }

    /** The root hash; that of the empty tree is SHA-256 of nothing. */
    Hash256 root() {
        Hash256 known = root;
        if (known == null) {
            known = foldedPeaks();
            root = known;
        }
        return known;
    }

    private Hash256 foldedPeaks() {
        if (peaks.isEmpty()) {
            return Hash256.sha256();
        }
        Hash256 folded = peaks.getLast();
        for (int i = peaks.size() - 2; i >= 0; i--) {
            folded = parent(peaks.get(i), folded);
        }
        return folded;
    }

    /** The tree with one more leaf. Every subtree that it completes goes to {@code completed}. */
    MerkleTree append(Hash256 leaf, MerkleNodes.Sink completed) {
        List<Hash256> next = new ArrayList<>(peaks);
        Hash256 hash = leaf;
        long index = size;
        int level = 0;
        completed.put(level, index, hash);
        while ((index & 1) == 1) {
            hash = parent(next.removeLast(), hash);
            index >>>= 1;
            level++;
            completed.put(level, index, hash);
        }
        next.add(hash);
        return new MerkleTree(size + 1, List.copyOf(next));
    }

    /**
     * The inclusion proof of a leaf in the tree of {@code size} leaves (RFC 9162 section 2.1.3.1), lowest sibling first.
     *
     * @throws IllegalArgumentException if there is no such leaf
     */
    static List<Hash256> inclusionProof(MerkleNodes nodes, long index, long size) {
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("there is no leaf " + index + " in a tree of size " + size);
        }
        List<Hash256> proof = new ArrayList<>();
        long start = 0;
        long end = size;
        List<Hash256> fromTheTop = new ArrayList<>();
        while (end - start > 1) {
            long middle = start + split(end - start);
            if (index < middle) {
                fromTheTop.add(rangeRoot(nodes, middle, end));
                end = middle;
            } else {
                fromTheTop.add(rangeRoot(nodes, start, middle));
                start = middle;
            }
        }
        for (int i = fromTheTop.size() - 1; i >= 0; i--) {
            proof.add(fromTheTop.get(i));
        }
        return proof;
    }

    /**
     * The proof that the tree of {@code from} leaves is a prefix of that of {@code to} leaves (RFC 9162 section 2.1.4.1).
     *
     * @throws IllegalArgumentException unless {@code 0 < from <= to}
     */
    static List<Hash256> consistencyProof(MerkleNodes nodes, long from, long to) {
        if (from <= 0 || from > to) {
            throw new IllegalArgumentException("no consistency proof from size " + from + " to size " + to);
        }
        List<Hash256> fromTheTop = new ArrayList<>();
        long start = 0;
        long end = to;
        boolean whole = true; // the old tree is one complete subtree that the verifier knows the root of
        while (from != end) {
            long middle = start + split(end - start);
            if (from <= middle) {
                fromTheTop.add(rangeRoot(nodes, middle, end));
                end = middle;
            } else {
                fromTheTop.add(rangeRoot(nodes, start, middle));
                start = middle;
                whole = false;
            }
        }
        List<Hash256> proof = new ArrayList<>();
        if (!whole) {
            proof.add(rangeRoot(nodes, start, end));
        }
        for (int i = fromTheTop.size() - 1; i >= 0; i--) {
            proof.add(fromTheTop.get(i));
        }
        return proof;
    }

    /** Whether the proof shows the leaf in the tree with that root (RFC 9162 section 2.1.3.2). */
    static boolean verifyInclusion(Hash256 leaf, long index, long size, List<Hash256> proof, Hash256 root) {
        if (index < 0 || index >= size) {
            return false;
        }
        long node = index;
        long last = size - 1;
        Hash256 hash = leaf;
        for (Hash256 sibling : proof) {
            if (last == 0) {
                return false;
            }
            if ((node & 1) == 1 || node == last) {
                hash = parent(sibling, hash);
                int skip = (node & 1) == 1 ? 0 : Long.numberOfTrailingZeros(node);
                node >>>= skip;
                last >>>= skip;
            } else {
                hash = parent(hash, sibling);
            }
            node >>>= 1;
            last >>>= 1;
        }
        return last == 0 && hash.equals(root);
    }

    /** Whether the proof shows the smaller tree to be a prefix of the larger (RFC 9162 section 2.1.4.2). */
    static boolean verifyConsistency(long from, Hash256 fromRoot, long to, Hash256 toRoot, List<Hash256> proof) {
        if (from <= 0 || from > to) {
            return false;
        }
        if (from == to) {
            return proof.isEmpty() && fromRoot.equals(toRoot);
        }
        List<Hash256> path = new ArrayList<>(proof);
        if (Long.bitCount(from) == 1) {
            path.addFirst(fromRoot);
        }
        if (path.isEmpty()) {
            return false;
        }
        int skip = Long.numberOfTrailingZeros(~(from - 1));
        long node = (from - 1) >>> skip;
        long last = (to - 1) >>> skip;
        Hash256 oldHash = path.getFirst();
        Hash256 newHash = oldHash;
        for (Hash256 sibling : path.subList(1, path.size())) {
            if (last == 0) {
                return false;
            }
            if ((node & 1) == 1 || node == last) {
                oldHash = parent(sibling, oldHash);
                newHash = parent(sibling, newHash);
                int up = (node & 1) == 1 ? 0 : Long.numberOfTrailingZeros(node);
                node >>>= up;
                last >>>= up;
            } else {
                newHash = parent(newHash, sibling);
            }
            node >>>= 1;
            last >>>= 1;
        }
        return last == 0 && oldHash.equals(fromRoot) && newHash.equals(toRoot);
    }

    /** The root of the leaves {@code start <= i < end}, where {@code start} is where RFC 9162 would split. */
    private static Hash256 rangeRoot(MerkleNodes nodes, long start, long end) {
        long size = end - start;
        if (Long.bitCount(size) == 1) {
            int level = Long.numberOfTrailingZeros(size);
            return nodes.node(level, start >>> level);
        }
        long middle = start + split(size);
        return parent(rangeRoot(nodes, start, middle), rangeRoot(nodes, middle, end));
    }

    /** The largest power of two below {@code size}, which is at least 2. */
    private static long split(long size) {
        return Long.highestOneBit(size - 1);
    }

    /** The hash of a node over two others: SHA-256(0x01, left, right). */
    static Hash256 parent(Hash256 left, Hash256 right) {
        return Hash256.sha256(NODE, left, right);
    }
}
