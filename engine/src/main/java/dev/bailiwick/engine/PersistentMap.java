package dev.bailiwick.engine;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An immutable ordered map from bytes to bytes: an AVL tree whose changes copy only the path to the root. So a
 * snapshot is a reference, and old snapshots cost only what changed since.
 */
final class PersistentMap {
    static final PersistentMap EMPTY = new PersistentMap(null);

    private final @Nullable Node root;

    private PersistentMap(@Nullable Node root) {
        this.root = root;
    }

    byte @Nullable [] get(byte[] key) {
        Node node = root;
        while (node != null) {
            int order = Arrays.compareUnsigned(key, node.key);
            if (order == 0) {
                return node.value;
            }
            node = order < 0 ? node.left : node.right;
        }
        return null;
    }

    PersistentMap with(byte[] key, byte[] value) {
        return new PersistentMap(insert(root, key, value));
    }

    PersistentMap without(byte[] key) {
        return get(key) == null ? this : new PersistentMap(remove(root, key));
    }

    void ascend(byte[] from, byte @Nullable [] to, RowVisitor visitor) {
        ascend(root, from, to, visitor);
    }

    void descend(byte[] from, byte @Nullable [] to, RowVisitor visitor) {
        descend(root, from, to, visitor);
    }

    private static boolean ascend(@Nullable Node node, byte[] from, byte @Nullable [] to, RowVisitor visitor) {
        if (node == null) {
            return true;
        }
        boolean low = Arrays.compareUnsigned(node.key, from) < 0;
        boolean high = to != null && Arrays.compareUnsigned(node.key, to) >= 0;
        return (low || ascend(node.left, from, to, visitor))
                && (low || high || visitor.visit(node.key.clone(), node.value.clone()))
                && (high || ascend(node.right, from, to, visitor));
    }

    private static boolean descend(@Nullable Node node, byte[] from, byte @Nullable [] to, RowVisitor visitor) {
        if (node == null) {
            return true;
        }
        boolean low = Arrays.compareUnsigned(node.key, from) < 0;
        boolean high = to != null && Arrays.compareUnsigned(node.key, to) >= 0;
        return (high || descend(node.right, from, to, visitor))
                && (low || high || visitor.visit(node.key.clone(), node.value.clone()))
                && (low || descend(node.left, from, to, visitor));
    }

    private static Node insert(@Nullable Node node, byte[] key, byte[] value) {
        if (node == null) {
            return new Node(key, value, null, null);
        }
        int order = Arrays.compareUnsigned(key, node.key);
        if (order == 0) {
            return new Node(key, value, node.left, node.right);
        }
        return order < 0
                ? balanced(node, insert(node.left, key, value), node.right)
                : balanced(node, node.left, insert(node.right, key, value));
    }

    private static @Nullable Node remove(@Nullable Node node, byte[] key) {
        if (node == null) {
            return null;
        }
        int order = Arrays.compareUnsigned(key, node.key);
        if (order < 0) {
            return balanced(node, remove(node.left, key), node.right);
        }
        if (order > 0) {
            return balanced(node, node.left, remove(node.right, key));
        }
        if (node.left == null) {
            return node.right;
        }
        if (node.right == null) {
            return node.left;
        }
        Node successor = node.right;
        while (successor.left != null) {
            successor = successor.left;
        }
        return balanced(successor, node.left, remove(node.right, successor.key));
    }

    /** A node with {@code row}'s key and value over two trees whose heights differ by at most two. */
    private static Node balanced(Node row, @Nullable Node left, @Nullable Node right) {
        int lean = height(left) - height(right);
        if (lean > 1) {
            Node tall = Objects.requireNonNull(left);
            if (height(tall.left) >= height(tall.right)) {
                return tall.over(tall.left, row.over(tall.right, right));
            }
            Node middle = Objects.requireNonNull(tall.right);
            return middle.over(tall.over(tall.left, middle.left), row.over(middle.right, right));
        }
        if (lean < -1) {
            Node tall = Objects.requireNonNull(right);
            if (height(tall.right) >= height(tall.left)) {
                return tall.over(row.over(left, tall.left), tall.right);
            }
            Node middle = Objects.requireNonNull(tall.left);
            return middle.over(row.over(left, middle.left), tall.over(middle.right, tall.right));
        }
        return row.over(left, right);
    }

    /** The length of the longest path down; for tests of the balance. */
    int height() {
        return height(root);
    }

    private static int height(@Nullable Node node) {
        return node == null ? 0 : node.height;
    }

    private static final class Node {
        final byte[] key;
        final byte[] value;
        final @Nullable Node left;
        final @Nullable Node right;
        final int height;

        Node(byte[] key, byte[] value, @Nullable Node left, @Nullable Node right) {
            this.key = key;
            this.value = value;
            this.left = left;
            this.right = right;
            this.height = 1 + Math.max(PersistentMap.height(left), PersistentMap.height(right));
        }

        Node over(@Nullable Node newLeft, @Nullable Node newRight) {
            return new Node(key, value, newLeft, newRight);
        }
    }
}
