package dev.bailiwick.identity;

/** What came of a request for a new token. */
public sealed interface MintResult permits MintResult.Minted, Refused {
    /** A new token, which shares nothing with its creator's. */
    record Minted(LiveToken token) implements MintResult {}
}
