package dev.bailiwick.capnp.rpc;

import org.jspecify.annotations.Nullable;

/** A queue for any number of threads that makes no object for an entry. Memory that many entries took goes when they have gone. */
final class RingQueue<T> {
    private static final int FIRST_CAPACITY = 4;
    private static final int LARGEST_KEPT = 64;

    private @Nullable Object[] ring = new @Nullable Object[FIRST_CAPACITY]; // a power of two long; guarded by this
    private int head; // guarded by this
    private int size; // guarded by this

    synchronized void add(T entry) {
        if (size == ring.length) {
            @Nullable Object[] larger = new @Nullable Object[size * 2];
            int upToEnd = size - head;
            System.arraycopy(ring, head, larger, 0, upToEnd);
            System.arraycopy(ring, 0, larger, upToEnd, head);
            ring = larger;
            head = 0;
        }
        ring[head + size & ring.length - 1] = entry;
        size++;
    }

    synchronized boolean isEmpty() {
        return size == 0;
    }

    /** The oldest entry, which stays; null if there is none. */
    @SuppressWarnings("unchecked") // only entries are in it
    synchronized @Nullable T peek() {
        return (T) ring[head];
    }

    /** Takes the oldest entry out; null if there is none. */
    synchronized @Nullable T poll() {
        T oldest = peek();
        if (oldest != null) {
            ring[head] = null;
            head = head + 1 & ring.length - 1;
            size--;
            if (size == 0 && ring.length > LARGEST_KEPT) {
                ring = new @Nullable Object[FIRST_CAPACITY];
                head = 0;
            }
        }
        return oldest;
    }

    /** Takes the oldest entry out if it is that very one. */
    @SuppressWarnings("ReferenceEquality") // that one and no other
    synchronized boolean poll(T expected) {
        if (ring[head] != expected) {
            return false;
        }
        poll();
        return true;
    }
}
