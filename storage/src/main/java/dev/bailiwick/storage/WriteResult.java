package dev.bailiwick.storage;

/** What came of giving a writer more bytes. */
public sealed interface WriteResult permits WriteResult.Accepted, Denied {
    /** The writer has this many bytes so far. */
    record Accepted(long total) implements WriteResult {}
}
