package dev.bailiwick.storage;

/** What came of opening a root. */
public sealed interface OpenResult permits OpenResult.Opened, Denied {
    /** The root's namespace. */
    record Opened(Namespace namespace) implements OpenResult {}
}
