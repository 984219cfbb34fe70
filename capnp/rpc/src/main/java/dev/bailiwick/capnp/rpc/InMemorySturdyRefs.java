package dev.bailiwick.capnp.rpc;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Sturdy references in memory: they outlive connections, and servers that are started anew with the same table, but not the
 * process. Thread-safe. Takes some 300 bytes a reference, its owner, object and label not counted.
 */
public final class InMemorySturdyRefs implements SturdyRefStore {
    // All guarded by this.
    private final Map<SturdyHash, SturdyRecord> byHash = new HashMap<>();
    private final Map<SturdyOwner, Map<SturdyHash, SturdyRecord>> byOwner = new HashMap<>();
    private final NavigableSet<SturdyRecord> byExpiry = new TreeSet<>(
            Comparator.comparing(SturdyRecord::expires).thenComparing(SturdyRecord::hash, OpaqueBytes::compare));

    /** An empty table. */
    public InMemorySturdyRefs() {}

    @Override
    public synchronized void add(SturdyRecord record) {
        if (byHash.putIfAbsent(record.hash(), record) != null) {
            throw new IllegalArgumentException("there is a reference with that hash");
        }
        byOwner.computeIfAbsent(record.owner(), owner -> new HashMap<>()).put(record.hash(), record);
        byExpiry.add(record);
    }

    @Override
    public synchronized Optional<SturdyRecord> find(SturdyHash hash) {
        return Optional.ofNullable(byHash.get(hash));
    }

    @Override
    public synchronized boolean remove(SturdyHash hash) {
        SturdyRecord record = byHash.remove(hash);
        if (record == null) {
            return false;
        }
        byExpiry.remove(record);
        byOwner.computeIfPresent(record.owner(), (owner, records) -> {
            records.remove(hash);
            return records.isEmpty() ? null : records;
        });
        return true;
    }

    @Override
    public synchronized int removeAllOf(SturdyOwner owner) {
        List<SturdyRecord> records = allOf(owner);
        records.forEach(record -> remove(record.hash()));
        return records.size();
    }

    @Override
    public synchronized int removeExpired(Instant now) {
        int removed = 0;
        while (!byExpiry.isEmpty() && byExpiry.first().isExpired(now)) {
            remove(byExpiry.first().hash());
            removed++;
        }
        return removed;
    }

    @Override
    public synchronized List<SturdyRecord> allOf(SturdyOwner owner) {
        return List.copyOf(byOwner.getOrDefault(owner, Map.of()).values());
    }

    @Override
    public synchronized int countOf(SturdyOwner owner) {
        return byOwner.getOrDefault(owner, Map.of()).size();
    }

    @Override
    public synchronized int size() {
        return byHash.size();
    }
}
