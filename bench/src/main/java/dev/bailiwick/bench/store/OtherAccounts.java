package dev.bailiwick.bench.store;

/** What else one would keep the same accounts in: {@code account-0} and so on, each at version 1 to begin with. */
interface OtherAccounts {
    /** What to call it. */
    String name();

    /** One durable change of an account, if it is still at that version. A caller makes one change at a time. */
    void commit(int caller, int number, long version);

    /** Finds an account by name and reads it; answers its version. */
    long lookup(int number);
}
