package dev.bailiwick.broker;

/** Bounds what a caller asks for in one answer. Stateless. */
final class Pages {
    private Pages() {}

    /** Elements to return when {@code asked} (an unsigned number) are wanted: 0 means as many as a page holds. */
    static int limit(int asked) {
        return asked == 0 || Integer.compareUnsigned(asked, Limits.PAGE) > 0 ? Limits.PAGE : asked;
    }
}
