package dev.bailiwick.accountstore;

/** Commits a transaction, if its gate is open when its turn comes, and waits until the answer is durable. */
@FunctionalInterface
interface Committing {
    CommitResult commit(Transaction transaction, CommitGate gate);
}
