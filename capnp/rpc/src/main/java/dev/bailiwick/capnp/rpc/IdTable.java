package dev.bailiwick.capnp.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** A table whose ids this side assigns, the lowest free one first, so that they stay small. */
final class IdTable<T> {
    private final List<@Nullable T> slots = new ArrayList<>();
    private final PriorityQueue<Integer> free = new PriorityQueue<>(4);

    /** Adds what the function makes of its id. */
    T add(IntFunction<T> entry) {
        T added = entry.apply(next());
        add(added);
        return added;
    }

    /** The id that the next entry will have. */
    int next() {
        Integer reused = free.peek();
        return reused == null ? slots.size() : reused;
    }

    /** Adds an entry, whose id is the {@linkplain #next() next}. */
    void add(T entry) {
        Integer reused = free.poll();
        if (reused == null) {
            slots.add(entry);
        } else {
            slots.set(reused, entry);
        }
    }

    /** The entry with that id; null if there is none, as when a peer makes one up. */
    @Nullable
    T get(int id) {
        return id >= 0 && id < slots.size() ? slots.get(id) : null;
    }

    /** Removes an entry, whose id may be given out again at once. */
    void remove(int id) {
        if (get(id) != null) {
            slots.set(id, null);
            free.add(id);
        }
    }

    int size() {
        return slots.size() - free.size();
    }

    /** Empties the table, passing on each entry. */
    void drain(Consumer<T> each) {
        List<@Nullable T> drained = new ArrayList<>(slots);
        slots.clear();
        free.clear();
        for (T entry : drained) {
            if (entry != null) {
                each.accept(entry);
            }
        }
    }
}
