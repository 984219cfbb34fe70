package dev.bailiwick.identity;

/** Names one flow of execution of a process or session; not negative. */
public record FlowId(long value) {
    /** @throws IllegalArgumentException if it is negative */
    public FlowId {
        if (value < 0) {
            throw new IllegalArgumentException("a flow has a number that is not negative, not " + value);
        }
    }

    /** Reads the decimal text that {@link #toString} writes; anything else is an {@link IllegalArgumentException}. */
    public static FlowId parse(String text) {
        if (!text.matches("0|[1-9][0-9]{0,17}")) {
            throw new IllegalArgumentException("a flow has a decimal number: \"" + text + "\"");
        }
        return new FlowId(Long.parseLong(text));
    }

    /** Decimal. */
    @Override
    public String toString() {
        return Long.toString(value);
    }
}
