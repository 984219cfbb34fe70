package dev.bailiwick.accountstore;

/** Checks bounds that callers pass. */
final class Limit {
    private Limit() {}

    static void page(int limit, int most) {
        if (limit < 1 || limit > most) {
            throw new IllegalArgumentException("a page has 1 to " + most + " items, not " + limit);
        }
    }
}
