package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.schema.VersionId;

/**
 * The role definitions and bundle fragments of one policy. There is one such record in a store; each of its versions is kept, so
 * that a bundle as of an older sequence can be reproduced.
 *
 * @param versionId names this version; never used twice
 * @param catalogue the roles and fragments
 */
public record PolicyVersion(VersionId versionId, PolicyCatalogue catalogue) implements RecordContent {
    @Override
    public RecordKind recordKind() {
        return RecordKind.POLICY_VERSION;
    }
}
