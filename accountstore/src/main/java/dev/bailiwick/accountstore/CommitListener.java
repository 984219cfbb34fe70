package dev.bailiwick.accountstore;

/** Is told of each commit when it is durable and published, before it is acknowledged: the place to close revoked gates. */
@FunctionalInterface
public interface CommitListener {
    /** Runs on the commit lane: must be short, must not block or call the store. If it throws, the store fails. */
    void committing(Receipt receipt);
}
