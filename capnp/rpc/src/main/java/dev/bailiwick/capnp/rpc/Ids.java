package dev.bailiwick.capnp.rpc;

import java.util.Arrays;

/** A growing list of ids. */
final class Ids {
    private static final int[] NONE = {};

    private int[] ids = NONE;
    private int count;

    void add(int id) {
        if (count == ids.length) {
            ids = Arrays.copyOf(ids, Math.max(4, count * 2));
        }
        ids[count++] = id;
    }

    int[] toArray() {
        return count == ids.length ? ids : Arrays.copyOf(ids, count);
    }
}
