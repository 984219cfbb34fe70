package dev.bailiwick.identity;

/** What came of a request to adjust privileges. A refused one changed nothing. */
public sealed interface AdjustPrivilegesResult permits AdjustPrivilegesResult.Adjusted, Refused {
    /** All of it was done. {@code previous} is what the masks were before. */
    record Adjusted(Privileges previous) implements AdjustPrivilegesResult {}
}
