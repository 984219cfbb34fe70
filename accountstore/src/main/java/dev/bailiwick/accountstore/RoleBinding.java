package dev.bailiwick.accountstore;

import dev.bailiwick.schema.PrincipalId;
import java.time.Instant;
import java.util.Optional;

/**
 * The authoritative statement that a principal has a role. There is one for each principal and role; binding again is a new
 * version of it.
 *
 * @param principalId whose
 * @param role which
 * @param state whether it is in force
 * @param expiresAt after which it selects nothing any more, in milliseconds; empty for never
 * @param grantedBy who bound it; empty when a manifest did
 */
public record RoleBinding(
        PrincipalId principalId,
        String role,
        BindingState state,
        Optional<Instant> expiresAt,
        Optional<PrincipalId> grantedBy)
        implements RecordContent {
    /** Refuses a role without a name, and an expiry that would read as never. */
    public RoleBinding {
        if (role.isEmpty()) {
            throw new IllegalArgumentException("a role has a name");
        }
        expiresAt = Times.expiry(expiresAt);
    }

    @Override
    public RecordKind recordKind() {
        return RecordKind.ROLE_BINDING;
    }
}
