package dev.bailiwick.accountstore;

import dev.bailiwick.schema.RecordId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Older versions of records. */
final class History {
    private History() {}

    /** The version that was newest after {@code sequence}: versions and the sequences that wrote them ascend together. */
    static Optional<Stored<?>> at(Records records, RecordKind kind, RecordId record, long sequence) {
        long newest = records.head(kind, record).map(Head::version).orElse(0L);
        long low = 0;
        long high = newest;
        while (low < high) {
            long middle = low + (high - low + 1) / 2;
            if (records.sequenceOf(kind, record, middle) <= sequence) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low == 0 ? Optional.empty() : Optional.of(records.version(kind, record, low));
    }

    /** All versions with the entries that wrote them, each checked against its entry and the version before. */
    static <C extends RecordContent> List<HistoryEntry<C>> all(
            Records records, RecordKind kind, RecordId record, Class<C> type) {
        long newest = records.head(kind, record).map(Head::version).orElse(0L);
        List<HistoryEntry<C>> history = new ArrayList<>();
        Optional<Stored<C>> before = Optional.empty();
        for (long version = 1; version <= newest; version++) {
            Stored<C> stored = Contents.as(type, records.version(kind, record, version));
            String name = new RecordRef(kind, record).version(version);
            if (!stored.previousHash().equals(before.map(Stored::contentHash))) {
                throw new CorruptStoreException(name, "it does not continue the version before");
            }
            JournalEntry entry = records.entry(records.sequenceOf(kind, record, version));
            if (!entry.changes().contains(new Change(kind, record, version, stored.contentHash()))) {
                throw new CorruptStoreException(name, "the journal entry that should have written it did not");
            }
            history.add(new HistoryEntry<>(stored, entry));
            before = Optional.of(stored);
        }
        return history;
    }
}
