package dev.bailiwick.accountstore;

import dev.bailiwick.schema.ApprovalId;
import java.util.Optional;

/**
 * On whose behalf a manager changes something.
 *
 * @param actor who
 * @param approval under which approval
 * @param request what a client asked for under an id of its own choice, if it did
 * @param gate asked in the commit lane whether the change may still land
 */
public record Attribution(
        Actor actor, Optional<ApprovalId> approval, CommitGate gate, Optional<ClientRequest> request) {
    /** An act under an id that no client chose. */
    public Attribution(Actor actor, Optional<ApprovalId> approval, CommitGate gate) {
        this(actor, approval, gate, Optional.empty());
    }

    /** The same, asked for by a client that may ask again. */
    public Attribution asking(ClientRequest asked) {
        return new Attribution(actor, approval, gate, Optional.of(asked));
    }

    /** An act without an approval, which nothing revokes. */
    public static Attribution of(Actor actor) {
        return of(actor, CommitGate.alwaysOpen());
    }

    /** An act without an approval, through something that may be revoked. */
    public static Attribution of(Actor actor, CommitGate gate) {
        return new Attribution(actor, Optional.empty(), gate);
    }
}
