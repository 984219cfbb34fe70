package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.schema.VersionId;

/**
 * One version of a policy profile. Its epoch is the record's policy epoch.
 *
 * @param versionId names this version in references that pin it; never used twice
 * @param profile the template
 */
public record PolicyProfileContent(VersionId versionId, PolicyProfile profile) implements RecordContent {
    @Override
    public RecordKind recordKind() {
        return RecordKind.POLICY_PROFILE;
    }
}
