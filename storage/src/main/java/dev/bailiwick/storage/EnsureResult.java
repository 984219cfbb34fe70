package dev.bailiwick.storage;

/** What came of asking for a root to exist. */
public sealed interface EnsureResult permits EnsureResult.Ready, Denied {
    /** The root exists; {@code created} if it did not before. */
    record Ready(boolean created) implements EnsureResult {}
}
