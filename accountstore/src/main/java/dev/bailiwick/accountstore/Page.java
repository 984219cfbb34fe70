package dev.bailiwick.accountstore;

import java.util.List;
import java.util.Optional;

/**
 * A part of a list.
 *
 * @param items at most as many as were asked for
 * @param next where the next part starts; empty at the end
 */
public record Page<T, K>(List<T> items, Optional<K> next) {
    /** Copies the list. */
    public Page {
        items = List.copyOf(items);
    }
}
