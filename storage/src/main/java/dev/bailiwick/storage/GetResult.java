package dev.bailiwick.storage;

/** What came of asking for a blob. */
public sealed interface GetResult permits GetResult.Found, Denied {
    /** The entry and its content. Close the blob when done with it. */
    record Found(EntryInfo.OfBlob entry, Blob blob) implements GetResult {}
}
