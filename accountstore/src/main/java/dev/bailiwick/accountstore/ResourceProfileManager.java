package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.ResourceProfile;

/** Changes resource profiles, and nothing else. Thread-safe; methods wait until the answer is durable. */
public interface ResourceProfileManager {
    /** Makes a profile. */
    CommitResult create(ResourceProfile profile, Attribution by);

    /**
     * Makes a new version of the profile with the same profile id; its name may change.
     *
     * @param expect the record version the caller saw, 0 for whichever is newest
     */
    CommitResult update(ResourceProfile profile, long expect, Attribution by);
}
