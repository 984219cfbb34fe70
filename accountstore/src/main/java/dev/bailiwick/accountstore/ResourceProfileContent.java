package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.ResourceProfile;
import dev.bailiwick.schema.VersionId;

/**
 * One version of a resource profile. Its epoch is the record's policy epoch.
 *
 * @param versionId names this version in references that pin it; never used twice
 * @param profile the quotas
 */
public record ResourceProfileContent(VersionId versionId, ResourceProfile profile) implements RecordContent {
    @Override
    public RecordKind recordKind() {
        return RecordKind.RESOURCE_PROFILE;
    }
}
