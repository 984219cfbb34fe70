package dev.bailiwick.accountstore;

import dev.bailiwick.schema.ApprovalId;
import java.util.Optional;

/** On whose behalf a manager changes something. */
public record Attribution(Actor actor, Optional<ApprovalId> approval) {
    /** An act without an approval. */
    public static Attribution of(Actor actor) {
        return new Attribution(actor, Optional.empty());
    }
}
