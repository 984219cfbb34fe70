package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.PolicyCatalogue;

/** Changes the role catalogue, and nothing else. Thread-safe; methods wait until the answer is durable. */
public interface PolicyVersionManager {
    /**
     * Puts another catalogue in force, as a new version of the policy record.
     *
     * @param expect the record version the caller saw, 0 for whichever is newest
     */
    CommitResult publish(PolicyCatalogue catalogue, long expect, Attribution by);
}
