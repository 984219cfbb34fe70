package dev.bailiwick.accountstore;

/** Commits a transaction and waits until the answer is durable. */
@FunctionalInterface
interface Committing {
    CommitResult commit(Transaction transaction);
}
