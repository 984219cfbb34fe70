package dev.bailiwick.broker;

import dev.bailiwick.profiles.SlotRule;
import dev.bailiwick.schema.ApprovalId;
import java.time.Instant;
import java.util.List;

/**
 * A fragment that was granted to one session for a while: what the planner sees of it. It is no authority; whoever holds one holds
 * nothing.
 *
 * @param id of the approval, which receipts, the journal and the audit chain cite
 * @param fragment its name
 * @param slots what the fragment held when it was granted: a later policy version does not widen a lease
 * @param approver the name of the account that granted it
 * @param until the first moment at which it no longer counts
 */
record Lease(ApprovalId id, String fragment, List<SlotRule> slots, String approver, Instant until) {
    Lease {
        slots = List.copyOf(slots);
    }

    /** The same for longer, or for less long. */
    Lease lasting(Instant newUntil) {
        return new Lease(id, fragment, slots, approver, newUntil);
    }
}
