package dev.bailiwick.storage;

/** What came of asking for a namespace within a namespace. */
public sealed interface SubResult permits SubResult.Opened, Denied {
    /** The namespace; there is no way up from it. */
    record Opened(Namespace namespace) implements SubResult {}
}
