package dev.bailiwick.identity;

import java.util.List;

/** What came of a request to adjust groups. A refused one changed nothing. */
public sealed interface AdjustGroupsResult permits AdjustGroupsResult.Adjusted, Refused {
    /** All of it was done. {@code previous} is what the groups were before. */
    record Adjusted(List<Group> previous) implements AdjustGroupsResult {
        /** Copies the list. */
        public Adjusted {
            previous = List.copyOf(previous);
        }
    }
}
