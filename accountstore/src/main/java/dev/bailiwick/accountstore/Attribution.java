package dev.bailiwick.accountstore;

import dev.bailiwick.schema.ApprovalId;
import java.util.Optional;

/**
 * On whose behalf a manager changes something.
 *
 * @param actor who
 * @param approval under which approval
 * @param gate asked in the commit lane whether the change may still land
 */
public record Attribution(Actor actor, Optional<ApprovalId> approval, CommitGate gate) {
    /** An act without an approval, which nothing revokes. */
    public static Attribution of(Actor actor) {
        return of(actor, CommitGate.alwaysOpen());
    }

    /** An act without an approval, through something that may be revoked. */
    public static Attribution of(Actor actor, CommitGate gate) {
        return new Attribution(actor, Optional.empty(), gate);
    }
}
