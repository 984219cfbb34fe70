package dev.bailiwick.storage;

/** What came of appending to a log. */
public sealed interface AppendResult permits AppendResult.Appended, Denied {
    /** The line is durable under this number. */
    record Appended(long sequence) implements AppendResult {}
}
