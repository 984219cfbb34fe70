package dev.bailiwick.accountstore;

/** One version of a record, with the journal entry that wrote it. */
public record HistoryEntry<C extends RecordContent>(Stored<C> record, JournalEntry entry) {}
