package dev.bailiwick.identity;

/** What came of reading a descriptor's text. */
public sealed interface SddlResult {
    /** The descriptor. */
    record Parsed(SecurityDescriptor descriptor) implements SddlResult {}

    /**
     * It is no such text.
     *
     * @param position of the first character that does not belong there, from 0
     * @param message for people: what is there, and what was expected
     */
    record Malformed(int position, String message) implements SddlResult {}
}
