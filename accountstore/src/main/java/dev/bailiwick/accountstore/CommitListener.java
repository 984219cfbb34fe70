package dev.bailiwick.accountstore;

import java.util.List;

/** Is told of each commit when it is durable and published, before it is acknowledged: the place to close revoked gates. */
@FunctionalInterface
public interface CommitListener {
    /**
     * Runs on the commit lane: must be short, must not block or call the store. If it throws, the store fails.
     *
     * @param receipt the commit
     * @param written what the records now say, in the order of the receipt's changes
     */
    void committing(Receipt receipt, List<RecordContent> written);
}
