package dev.bailiwick.capnp.rpc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers by the ids that the peer chose. Those of most peers are small and are looked up in an array, which makes no object for an
 * entry; what a peer does otherwise is its own business, and goes into a map that does not mind.
 */
final class AnswerTable {
    private static final int LARGEST_IN_ARRAY = 1 << 10;

    private @Nullable Answer[] small = new @Nullable Answer[4]; // a power of two long
    private final Map<Integer, Answer> large = new HashMap<>(0);
    private int size;

    @Nullable
    Answer get(int id) {
        if (isSmall(id)) {
            return id < small.length ? small[id] : null;
        }
        return large.get(id);
    }

    private static boolean isSmall(int id) {
        return id >= 0 && id < LARGEST_IN_ARRAY;
    }

    /** Adds an answer under its id, which no other has. */
    void add(Answer answer) {
        int id = answer.id;
        if (isSmall(id)) {
            if (id >= small.length) {
                small = Arrays.copyOf(small, Integer.highestOneBit(id) * 2); // which is more than the id
            }
            small[id] = answer;
        } else {
            large.put(id, answer);
        }
        size++;
    }

    /** Removes an answer that is in the table. */
    void remove(Answer answer) {
        int id = answer.id;
        if (isSmall(id)) {
            small[id] = null;
        } else {
            large.remove(id);
        }
        size--;
    }

    int size() {
        return size;
    }

    List<Answer> all() {
        List<Answer> all = new ArrayList<>(large.values());
        for (Answer answer : small) {
            if (answer != null) {
                all.add(answer);
            }
        }
        return all;
    }

    void clear() {
        small = new @Nullable Answer[4];
        large.clear();
        size = 0;
    }
}
