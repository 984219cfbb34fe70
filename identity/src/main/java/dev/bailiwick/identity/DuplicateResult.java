package dev.bailiwick.identity;

/** What came of a request for a duplicate. */
public sealed interface DuplicateResult permits DuplicateResult.Duplicated, Refused {
    /** A new token, which shares nothing with the original. */
    record Duplicated(LiveToken token) implements DuplicateResult {}
}
