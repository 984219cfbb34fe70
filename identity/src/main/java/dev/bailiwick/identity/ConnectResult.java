package dev.bailiwick.identity;

/** What came of connecting. */
public sealed interface ConnectResult permits ConnectResult.Connected, Refused {
    /** What the server gets to see of its client, at the level that the client chose. */
    record Connected(ClientConnection connection) implements ConnectResult {}
}
