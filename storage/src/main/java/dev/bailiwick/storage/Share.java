package dev.bailiwick.storage;

import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RootId;

/**
 * A namespace that one principal lets another use.
 *
 * @param id random, never used again
 * @param owner whose root it is in
 * @param recipient who may use it
 * @param root of the owner
 * @param node the namespace itself, not whatever may later have its name
 * @param path of the namespace from the root, for people
 * @param readOnly whether the recipient may only read
 * @param createdAtMs milliseconds since 1970
 * @param expiresAtMs likewise; 0 if it lasts until it is revoked
 */
public record Share(
        Id128 id,
        PrincipalId owner,
        PrincipalId recipient,
        RootId root,
        long node,
        String path,
        boolean readOnly,
        long createdAtMs,
        long expiresAtMs) {
    /** Whether it has ended by then. */
    public boolean hasExpired(long nowMs) {
        return expiresAtMs != 0 && nowMs >= expiresAtMs;
    }
}
