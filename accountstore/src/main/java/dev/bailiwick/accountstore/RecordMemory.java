package dev.bailiwick.accountstore;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Newest versions of records, so that a commit need not read, hash and decode again what it changes.
 *
 * <p>INVARIANT (as the head says): a remembered version is used only while the head row names its number and its content hash. So
 * whatever became of the work that wrote it, it is the version that the stored rows would give. It was checked when it was loaded,
 * or was written by this process.
 *
 * <p>Used by one thread at a time: the commit lane.
 */
final class RecordMemory {
    private final Map<RecordRef, Stored<?>> known = new Eldest();

    /** The version that a head row names, if it is remembered. */
    Optional<Stored<?>> get(RecordRef record, Head head) {
        @Nullable Stored<?> stored = known.get(record);
        return stored != null
                        && stored.version() == head.version()
                        && stored.contentHash().equals(head.contentHash())
                ? Optional.of(stored)
                : Optional.empty();
    }

    /** Remembers a version in place of an older one. */
    void keep(RecordRef record, Stored<?> stored) {
        known.put(record, stored);
    }

    /** Forgets what was used longest ago. */
    private static final class Eldest extends LinkedHashMap<RecordRef, Stored<?>> {
        private static final long serialVersionUID = 1;

        Eldest() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<RecordRef, Stored<?>> eldest) {
            return size() > StoreLimits.LANE_RECORDS;
        }
    }
}
