package dev.bailiwick.identity;

import java.util.List;

/**
 * Why an access check came out as it did: the rules in the order in which they were gone through.
 *
 * @param desired as it was asked for
 * @param granted what the check answers: 0 if it was denied
 * @param missing what was asked for and not granted, generic rights mapped
 * @param steps the walk
 */
public record Explanation(int desired, int granted, int missing, List<Step> steps) {
    /** Copies the list. */
    public Explanation {
        steps = List.copyOf(steps);
    }

    /** Whether it was granted. */
    public boolean allowed() {
        return granted != 0;
    }

    /** Which rule a step is about. */
    public enum Rule {
        /** Whose token the decision is made with. */
        IDENTITY("identity"),
        /** What was asked for. */
        REQUEST("request"),
        /** The integrity label. */
        LABEL("label"),
        /** What the owner may do without any entry. */
        OWNER("owner"),
        /** There is no DACL. */
        NO_DACL("no-dacl"),
        /** One entry of the DACL. */
        ENTRY("entry"),
        /** What came of it. */
        RESULT("result");

        private final String text;

        Rule(String text) {
            this.text = text;
        }

        /** The name, such as {@code entry}. */
        public String text() {
            return text;
        }
    }

    /** One rule, and what it did, as a sentence. */
    public record Step(Rule rule, String text) {}
}
