package dev.bailiwick.identity;

/** What came of a request to adjust privileges. A refused one changed nothing. */
public sealed interface AdjustPrivilegesResult permits AdjustPrivilegesResult.Adjusted, Refused {
    /** All of it was done. {@code previous} is what the masks were before, {@code now} what this request made of them. */
    record Adjusted(Privileges previous, Privileges now) implements AdjustPrivilegesResult {}
}
