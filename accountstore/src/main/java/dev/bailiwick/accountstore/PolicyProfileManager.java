package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.PolicyProfile;

/** Changes policy profiles, and nothing else. Thread-safe; methods wait until the answer is durable. */
public interface PolicyProfileManager {
    /** Makes a profile. */
    CommitResult create(PolicyProfile profile, Attribution by);

    /**
     * Makes a new version of the profile with the same profile id; its name may change.
     *
     * @param expect the record version the caller saw, 0 for whichever is newest
     */
    CommitResult update(PolicyProfile profile, long expect, Attribution by);
}
