package dev.bailiwick.capnp.rpc;

import java.util.Arrays;

/** How the capabilities of a message were described to the peer: which are exports, and whether any leads back to the peer. */
final class Described {
    static final int[] NONE = {};

    /** Of a message without capabilities: nothing is ever added to it. */
    static final Described NOTHING = new Described();

    private int[] exports = NONE;
    private int count;
    private boolean leadsBack;

    void export(int id) {
        if (count == exports.length) {
            exports = Arrays.copyOf(exports, Math.max(4, count * 2));
        }
        exports[count++] = id;
    }

    void wayBack() {
        leadsBack = true;
    }

    /** The ids of the exports, each as often as it was described. */
    int[] exports() {
        return count == exports.length ? exports : Arrays.copyOf(exports, count);
    }

    /** Whether the peer was told that something is its own. */
    boolean leadsBack() {
        return leadsBack;
    }
}
