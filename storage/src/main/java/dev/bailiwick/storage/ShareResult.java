package dev.bailiwick.storage;

/** What came of sharing a namespace. */
public sealed interface ShareResult permits ShareResult.Shared, Denied {
    /** It is shared, durably. */
    record Shared(Share share) implements ShareResult {}
}
