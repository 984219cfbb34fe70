package dev.bailiwick.storage;

/** What came of writing an entry. */
public sealed interface PutResult permits PutResult.Stored, Conflict, Denied {
    /** The entry as it is now, durably. */
    record Stored(EntryInfo.OfBlob entry) implements PutResult {}
}
