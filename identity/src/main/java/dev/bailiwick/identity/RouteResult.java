package dev.bailiwick.identity;

import java.util.List;

/** What identity sources say about a name, judged. */
public sealed interface RouteResult permits RouteResult.Routed, Refused {
    /**
     * Who it is.
     *
     * @param user the principal
     * @param groups what the source said it belongs to; nothing the source may not say
     * @param source the name of the source
     */
    record Routed(Sid user, List<Sid> groups, String source) implements RouteResult {
        /** Copies the list. */
        public Routed {
            groups = List.copyOf(groups);
        }
    }
}
