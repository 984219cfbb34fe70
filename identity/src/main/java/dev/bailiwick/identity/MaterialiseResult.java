package dev.bailiwick.identity;

/** What came of making the token of a service's process. */
public sealed interface MaterialiseResult permits MaterialiseResult.Materialised, Refused {
    /**
     * A token of its own.
     *
     * @param token primary
     * @param source who said whose it is: {@code system}, {@code well-known}, the name of an identity source, or {@code caller}
     */
    record Materialised(LiveToken token, String source) implements MaterialiseResult {}
}
