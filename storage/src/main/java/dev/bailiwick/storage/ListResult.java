package dev.bailiwick.storage;

import java.util.List;

/** What came of listing a namespace. */
public sealed interface ListResult permits ListResult.Page, Denied {
    /**
     * Some entries in bytewise order of their names.
     *
     * @param next the name to go on after; empty at the end
     */
    record Page(List<EntryInfo> entries, String next) implements ListResult {
        /** Copies the list. */
        public Page {
            entries = List.copyOf(entries);
        }
    }
}
