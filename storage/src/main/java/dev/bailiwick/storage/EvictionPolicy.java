package dev.bailiwick.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Which entries of a cache are to go first: those that Caffeine's W-TinyLFU policy ranks coldest, by how recently and how often they
 * were read and written. It is in memory only and says what to remove; what there is, the store says. A policy that has forgotten
 * everything, as after a start, is told what there is and is only less well informed.
 *
 * <p>Thread-safe.
 */
final class EvictionPolicy {
    /** An entry: the node it is in, and its name there. */
    record Key(long parent, String name) {}

    /** Weights are whole numbers of 31 bits: a quota is so many units, and every entry weighs one more than its bytes. */
    private static final long UNITS = 1L << 30;

    private final Cache<Key, Long> ranked;
    private boolean told; // guarded by this

    EvictionPolicy(long quotaBytes, int mostEntries) {
        long unit = Math.max(1, Math.ceilDiv(quotaBytes, UNITS));
        ranked = Caffeine.newBuilder()
                .executor(Runnable::run)
                .maximumWeight(quotaBytes / unit + 2L * mostEntries)
                .weigher((Key key, Long bytes) -> 1 + (int) Math.min(UNITS, Math.ceilDiv(bytes, unit)))
                .build();
    }

    /** The entry was read, or is there. */
    void used(Key key, long bytes) {
        Long known = ranked.getIfPresent(key);
        if (known == null || known != bytes) {
            ranked.put(key, bytes);
        }
    }

    /** The entry was written. */
    void written(Key key, long bytes) {
        ranked.put(key, bytes);
    }

    void removed(Key key) {
        ranked.invalidate(key);
    }

    /** Tells it of all entries there are, oldest first, unless it was told before; {@code again} to tell it all the same. */
    synchronized void tell(Collection<Map.Entry<Key, Long>> all, boolean again) {
        if (told && !again) {
            return;
        }
        told = true;
        for (Map.Entry<Key, Long> entry : all) {
            if (ranked.policy().getIfPresentQuietly(entry.getKey()) == null) {
                ranked.put(entry.getKey(), entry.getValue());
            }
        }
    }

    synchronized boolean isTold() {
        return told;
    }

    /** The coldest entries, until they have that many bytes and are that many; all if they do not suffice. */
    List<Key> coldest(long bytes, long entries) {
        ranked.cleanUp();
        Policy.Eviction<Key, Long> eviction = ranked.policy().eviction().orElseThrow();
        return eviction.coldest((Stream<Policy.CacheEntry<Key, Long>> coldestFirst) -> {
            List<Key> taken = new ArrayList<>();
            long freed = 0;
            Iterator<Policy.CacheEntry<Key, Long>> each = coldestFirst.iterator();
            while (each.hasNext() && (freed < bytes || taken.size() < entries)) {
                Policy.CacheEntry<Key, Long> entry = each.next();
                freed += entry.getValue();
                taken.add(entry.getKey());
            }
            return taken;
        });
    }
}
