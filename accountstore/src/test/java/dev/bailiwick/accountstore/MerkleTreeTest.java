package dev.bailiwick.accountstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.schema.Hash256;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The tree against the definitions of RFC 9162 section 2.1, written down a second time in their recursive form. */
final class MerkleTreeTest {
    private static final int LARGEST = 67;

    @Test
    void everyRootIsTheOneTheDefinitionGives() {
        Grown grown = Grown.to(LARGEST);
        for (int size = 0; size <= LARGEST; size++) {
            assertThat(grown.roots.get(size)).as("size %d", size).isEqualTo(slowRoot(grown.leaves.subList(0, size)));
            assertThat(MerkleTree.load(grown, size).root()).isEqualTo(grown.roots.get(size));
        }
    }

    @Test
    void theRootOfOneKnownTreeIsPinned() {
        // sha256(0x00) and sha256(0x01 | sha256(0x00) | sha256(0x00 'a')), redone with sha256sum.
        Map<Integer, Hash256> none = new HashMap<>();
        MerkleTree one = MerkleTree.empty().append(MerkleTree.leafHash(new byte[0]), (l, i, h) -> none.put(l, h));
        assertThat(one.root()).hasToString("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        assertThat(MerkleTree.empty().root())
                .hasToString("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    @Test
    void everyInclusionProofIsTheOneTheDefinitionGivesAndVerifies() {
        Grown grown = Grown.to(LARGEST);
        for (int size = 1; size <= LARGEST; size++) {
            for (int index = 0; index < size; index++) {
                List<Hash256> proof = MerkleTree.inclusionProof(grown, index, size);
                assertThat(proof).isEqualTo(slowPath(index, grown.leaves.subList(0, size)));
                assertThat(MerkleTree.verifyInclusion(
                                grown.leaves.get(index), index, size, proof, grown.roots.get(size)))
                        .isTrue();
            }
        }
    }

    @Test
    void noInclusionProofServesAnotherLeafPlaceSizeOrRoot() {
        Grown grown = Grown.to(LARGEST);
        for (int size = 2; size <= LARGEST; size++) {
            Hash256 root = grown.roots.get(size);
            for (int index = 0; index < size; index++) {
                Hash256 leaf = grown.leaves.get(index);
                List<Hash256> proof = MerkleTree.inclusionProof(grown, index, size);
                int other = (index + 1) % size;
                assertThat(MerkleTree.verifyInclusion(grown.leaves.get(other), index, size, proof, root))
                        .isFalse();
                assertThat(MerkleTree.verifyInclusion(leaf, other, size, proof, root))
                        .isFalse();
                assertThat(MerkleTree.verifyInclusion(leaf, index, size, proof, grown.roots.get(size - 1)))
                        .isFalse();
                assertThat(MerkleTree.verifyInclusion(leaf, index, size, proof.subList(1, proof.size()), root))
                        .isFalse();
                List<Hash256> longer = new ArrayList<>(proof);
                longer.add(leaf);
                assertThat(MerkleTree.verifyInclusion(leaf, index, size, longer, root))
                        .isFalse();
            }
        }
    }

    @Test
    void everyConsistencyProofIsTheOneTheDefinitionGivesAndVerifies() {
        Grown grown = Grown.to(LARGEST);
        for (int to = 1; to <= LARGEST; to++) {
            for (int from = 1; from <= to; from++) {
                List<Hash256> proof = MerkleTree.consistencyProof(grown, from, to);
                assertThat(proof)
                        .as("from %d to %d", from, to)
                        .isEqualTo(slowConsistency(from, grown.leaves.subList(0, to), true));
                assertThat(MerkleTree.verifyConsistency(from, grown.roots.get(from), to, grown.roots.get(to), proof))
                        .isTrue();
            }
        }
    }

    @Test
    void noConsistencyProofServesAForkedHistory() {
        Grown grown = Grown.to(LARGEST);
        for (int to = 2; to <= LARGEST; to++) {
            for (int from = 1; from < to; from++) {
                List<Hash256> proof = MerkleTree.consistencyProof(grown, from, to);
                Hash256 forked = Hash256.sha256(grown.roots.get(from).toBytes());
                assertThat(MerkleTree.verifyConsistency(from, forked, to, grown.roots.get(to), proof))
                        .isFalse();
                assertThat(MerkleTree.verifyConsistency(from, grown.roots.get(from), to, forked, proof))
                        .isFalse();
                if (!proof.isEmpty()) {
                    assertThat(MerkleTree.verifyConsistency(
                                    from,
                                    grown.roots.get(from),
                                    to,
                                    grown.roots.get(to),
                                    proof.subList(0, proof.size() - 1)))
                            .isFalse();
                }
            }
        }
    }

    @Test
    void aProofOfWhatIsNotThereIsRefused() {
        Grown grown = Grown.to(3);
        assertThatThrownBy(() -> MerkleTree.inclusionProof(grown, 3, 3)).hasMessageContaining("no leaf 3");
        assertThatThrownBy(() -> MerkleTree.consistencyProof(grown, 0, 3)).hasMessageContaining("from size 0");
        assertThatThrownBy(() -> MerkleTree.consistencyProof(grown, 4, 3)).hasMessageContaining("from size 4");
    }

    private static Hash256 slowRoot(List<Hash256> leaves) {
        return switch (leaves.size()) {
            case 0 -> Hash256.sha256();
            case 1 -> leaves.getFirst();
            default -> {
                int k = slowSplit(leaves.size());
                yield slowParent(slowRoot(leaves.subList(0, k)), slowRoot(leaves.subList(k, leaves.size())));
            }
        };
    }

    private static List<Hash256> slowPath(int index, List<Hash256> leaves) {
        if (leaves.size() == 1) {
            return List.of();
        }
        int k = slowSplit(leaves.size());
        boolean left = index < k;
        List<Hash256> path = new ArrayList<>(
                left ? slowPath(index, leaves.subList(0, k)) : slowPath(index - k, leaves.subList(k, leaves.size())));
        path.add(left ? slowRoot(leaves.subList(k, leaves.size())) : slowRoot(leaves.subList(0, k)));
        return path;
    }

    private static List<Hash256> slowConsistency(int from, List<Hash256> leaves, boolean whole) {
        int size = leaves.size();
        if (from == size) {
            return whole ? List.of() : List.of(slowRoot(leaves));
        }
        int k = slowSplit(size);
        List<Hash256> proof;
        if (from <= k) {
            proof = new ArrayList<>(slowConsistency(from, leaves.subList(0, k), whole));
            proof.add(slowRoot(leaves.subList(k, size)));
        } else {
            proof = new ArrayList<>(slowConsistency(from - k, leaves.subList(k, size), false));
            proof.add(slowRoot(leaves.subList(0, k)));
        }
        return proof;
    }

    private static int slowSplit(int size) {
        int k = 1;
        while (2 * k < size) {
            k *= 2;
        }
        return k;
    }

    private static Hash256 slowParent(Hash256 left, Hash256 right) {
        return Hash256.sha256(new byte[] {1}, left.toBytes(), right.toBytes());
    }

    /** A tree grown leaf by leaf, with every root on the way. */
    private static final class Grown implements MerkleNodes {
        private final List<Hash256> leaves = new ArrayList<>();
        private final List<Hash256> roots = new ArrayList<>();
        private final Map<String, Hash256> nodes = new HashMap<>();

        static Grown to(int size) {
            Grown grown = new Grown();
            MerkleTree tree = MerkleTree.empty();
            grown.roots.add(tree.root());
            for (int i = 0; i < size; i++) {
                Hash256 leaf = MerkleTree.leafHash(new byte[] {(byte) i});
                grown.leaves.add(leaf);
                tree = tree.append(
                        leaf,
                        (level, index, hash) -> assertThat(grown.nodes.put(level + "/" + index, hash))
                                .isNull());
                grown.roots.add(tree.root());
            }
            return grown;
        }

        @Override
        public Hash256 node(int level, long index) {
            Hash256 hash = nodes.get(level + "/" + index);
            if (hash == null) {
                throw new IllegalStateException("no node " + level + "/" + index);
            }
            return hash;
        }
    }
}
