package dev.bailiwick.accountstore;

import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.SessionId;

/** Who did something, and through what. */
public sealed interface Actor {
    /** A principal through one of its sessions. */
    record Session(PrincipalId principalId, SessionId sessionId) implements Actor {}

    /**
     * Whoever opened the store's directory directly: physical authority.
     *
     * @param uid operating-system user id, unsigned
     */
    record Offline(int uid) implements Actor {}

    /** The daemon itself. */
    record Daemon() implements Actor {}

    /** The seed manifest. */
    record Manifest() implements Actor {}
}
