package dev.bailiwick.profiles;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a manifest declares under names. A declaration whose content is broken still counts as declared: its fault is
 * reported once, where it is, and not again wherever the name is used.
 */
final class Declared<T> {
    private record Entry<T>(Position at, @Nullable T content) {}

    private final Map<String, Entry<T>> entries = new LinkedHashMap<>();

    /** Declares a name; answers where it was declared before, if it was, and then changes nothing. */
    Optional<Position> declare(Located<String> name, @Nullable T content) {
        Entry<T> before = entries.putIfAbsent(name.value(), new Entry<>(name.at(), content));
        return Optional.ofNullable(before).map(Entry::at);
    }

    /** Every name with its place, in the order of the file. */
    List<Located<String>> declarations() {
        return entries.entrySet().stream()
                .map(entry -> new Located<>(entry.getKey(), entry.getValue().at()))
                .toList();
    }

    boolean has(String name) {
        return entries.containsKey(name);
    }

    /** The content declared under a name; empty when there is none or it is broken. */
    Optional<T> content(String name) {
        Entry<T> entry = entries.get(name);
        return entry == null ? Optional.empty() : Optional.ofNullable(entry.content());
    }

    /** Every sound content, in the order of the file. */
    List<T> contents() {
        return entries.values().stream()
                .map(Entry::content)
                .filter(Objects::nonNull)
                .toList();
    }
}
