package dev.bailiwick.profiles;

import dev.bailiwick.schema.ProfileId;
import dev.bailiwick.schema.VersionId;
import java.util.Optional;

/**
 * Names a profile (seed 002, {@code ProfileRef}).
 *
 * @param profileId which profile
 * @param versionId exactly this version of it; empty to follow the newest
 * @param epoch the lowest policy epoch accepted, from 0; a profile written before it is stale and refused
 */
public record ProfileRef(ProfileId profileId, Optional<VersionId> versionId, long epoch) {
    public ProfileRef {
        Checks.range("epoch", epoch, 0, Long.MAX_VALUE);
    }

    /** Follows the newest version of the profile, whatever epoch it is from. */
    public static ProfileRef following(ProfileId profileId) {
        return new ProfileRef(profileId, Optional.empty(), 0);
    }
}
