package dev.bailiwick.storage;

/** What came of removing an entry. */
public sealed interface RemoveResult permits RemoveResult.Removed, Conflict, Denied {
    /** The entry is gone, durably. */
    record Removed() implements RemoveResult {}
}
