package dev.bailiwick.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** What a root should hold, kept in the simplest way: full paths in maps, no sharing, no chunks. */
final class NamespaceModel {
    private final NavigableMap<String, String> blobs = new TreeMap<>();
    private final NavigableMap<String, Long> versions = new TreeMap<>();
    private final long quota;

    NamespaceModel(long quota) {
        this.quota = quota;
    }

    /** {@code stored}, {@code conflict VERSION} or a code of denial. */
    String put(String path, String content, Expectation expectation, int entriesPerRoot) {
        if (isBelowABlob(path)) {
            return "not-a-namespace";
        }
        if (versions.containsKey(path) && !blobs.containsKey(path)) {
            return "is-a-namespace";
        }
        long version = versions.getOrDefault(path, 0L);
        if (!expectation.metBy(version)) {
            return "conflict " + version;
        }
        long made = versions.containsKey(path) ? 0 : 1 + missingAbove(path).size();
        if (made > 0 && versions.size() + made > entriesPerRoot) {
            return "quota-exceeded";
        }
        long added = (long) content.length() - blobs.getOrDefault(path, "").length();
        if (added > 0 && usedBytes() + added > quota) {
            return "quota-exceeded";
        }
        return "stored";
    }

    void stored(String path, String content, long version) {
        missingAbove(path).forEach(space -> versions.put(space, version));
        versions.put(path, version);
        blobs.put(path, content);
    }

    String remove(String path, Expectation expectation) {
        if (isBelowABlob(path)) {
            return "not-a-namespace";
        }
        long version = versions.getOrDefault(path, 0L);
        if (!expectation.metBy(version)) {
            return "conflict " + version;
        }
        if (version == 0) {
            return "not-found";
        }
        if (!versions.subMap(path + "/", path + "0").isEmpty()) {
            return "not-empty";
        }
        versions.remove(path);
        blobs.remove(path);
        return "removed";
    }

    String get(String path) {
        if (blobs.containsKey(path)) {
            return "content " + blobs.get(path);
        }
        if (versions.containsKey(path)) {
            return "is-a-namespace";
        }
        return isBelowABlob(path) ? "not-a-namespace" : "not-found";
    }

    long version(String path) {
        return versions.getOrDefault(path, 0L);
    }

    long usedBytes() {
        return blobs.values().stream().mapToLong(String::length).sum();
    }

    /** All entries: content of blobs, version of both. */
    Map<String, String> everything() {
        Map<String, String> all = new TreeMap<>();
        versions.forEach((path, version) ->
                all.put(path, version + (blobs.containsKey(path) ? " content " + blobs.get(path) : " namespace")));
        return all;
    }

    private boolean isBelowABlob(String path) {
        return above(path).stream().anyMatch(blobs::containsKey);
    }

    private List<String> missingAbove(String path) {
        return above(path).stream()
                .filter(space -> !versions.containsKey(space))
                .toList();
    }

    private static List<String> above(String path) {
        List<String> above = new ArrayList<>();
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            above.add(path.substring(0, slash));
        }
        return above;
    }
}
