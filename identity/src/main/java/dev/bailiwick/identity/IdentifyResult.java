package dev.bailiwick.identity;

/** What a server learns of its client. */
public sealed interface IdentifyResult permits IdentifyResult.Identified, Refused {
    /** Who the client is, as it was when it connected. */
    record Identified(Token client) implements IdentifyResult {}
}
