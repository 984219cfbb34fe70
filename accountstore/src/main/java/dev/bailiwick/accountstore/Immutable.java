package dev.bailiwick.accountstore;

import java.util.Optional;

/** The fields that make a record the record it is: no later version may change them. */
final class Immutable {
    private Immutable() {}

    /** The name of a field that differs and must not. Both contents are of one kind. */
    static Optional<String> changed(RecordContent before, RecordContent after) {
        return switch (before) {
            case Account old -> {
                Account now = (Account) after;
                yield differs("principalId", old.principalId(), now.principalId())
                        .or(() -> differs("kind", old.kind(), now.kind()));
            }
            case RoleBinding old -> {
                RoleBinding now = (RoleBinding) after;
                yield differs("principalId", old.principalId(), now.principalId())
                        .or(() -> differs("role", old.role(), now.role()));
            }
            case ExternalBinding old -> {
                ExternalBinding now = (ExternalBinding) after;
                yield differs("bindingId", old.bindingId(), now.bindingId())
                        .or(() -> differs("provider", old.provider(), now.provider()))
                        .or(() -> differs("subjectHash", old.subjectHash(), now.subjectHash()))
                        .or(() -> differs("principalId", old.principalId(), now.principalId()));
            }
            case Credential old -> {
                Credential now = (Credential) after;
                yield differs("principalId", old.principalId(), now.principalId())
                        .or(() -> differs("kind", old.kind(), now.kind()));
            }
            case ResourceProfileContent old ->
                differs(
                        "profileId",
                        old.profile().profileId(),
                        ((ResourceProfileContent) after).profile().profileId());
            case PolicyProfileContent old ->
                differs(
                        "profileId",
                        old.profile().profileId(),
                        ((PolicyProfileContent) after).profile().profileId());
            case SeedManifestContent old -> differs("content", old, after);
            case PolicyVersion old -> Optional.empty();
            case StoreKeyContent old -> Optional.empty();
        };
    }

    private static Optional<String> differs(String field, Object before, Object after) {
        return before.equals(after) ? Optional.empty() : Optional.of(field);
    }
}
