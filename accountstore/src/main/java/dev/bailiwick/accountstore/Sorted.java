package dev.bailiwick.accountstore;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Copies in natural order. A copy that kept the order of the caller's comparator would be hashed in that order, and a record's bytes would
 * depend on who made it. Stateless.
 */
final class Sorted {
    private Sorted() {}

    static <T extends Comparable<T>> SortedSet<T> set(Collection<T> values) {
        return values.isEmpty()
                ? Collections.emptySortedSet()
                : Collections.unmodifiableSortedSet(new TreeSet<>(values));
    }

    static <V> SortedMap<String, V> map(Map<String, V> values) {
        return values.isEmpty()
                ? Collections.emptySortedMap()
                : Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }
}
