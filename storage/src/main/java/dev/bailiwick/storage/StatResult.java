package dev.bailiwick.storage;

/** What came of looking at an entry. */
public sealed interface StatResult permits StatResult.Found, Denied {
    /** The entry. */
    record Found(EntryInfo entry) implements StatResult {}
}
