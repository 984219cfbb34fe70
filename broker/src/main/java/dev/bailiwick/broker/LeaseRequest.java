package dev.bailiwick.broker;

import dev.bailiwick.profiles.SlotRule;
import dev.bailiwick.schema.ApprovalId;
import dev.bailiwick.schema.RecordId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a session asked for, and what became of it. Immutable: {@link Leases} replaces it at every step.
 *
 * @param id names the request and, once it is granted, the lease
 * @param session who asked
 * @param fragment which fragment of the catalogue
 * @param slots what the fragment held when it was asked for
 * @param reason in the asker's words
 * @param duration asked for; granted, once it is
 * @param askedAt when
 * @param strength how well the asker had shown who they are
 * @param authAge how long before
 * @param state where it stands
 */
record LeaseRequest(
        ApprovalId id,
        Session session,
        String fragment,
        List<SlotRule> slots,
        String reason,
        Duration duration,
        Instant askedAt,
        AuthStrength strength,
        Duration authAge,
        State state) {
    LeaseRequest {
        slots = List.copyOf(slots);
    }

    /** Where a request stands. It goes from waiting to running or over, and from running to over; never back. */
    sealed interface State {
        /** Nobody has decided yet. */
        record Waiting(Instant until) implements State {}

        /**
         * Granted, and not over.
         *
         * @param lease what the planner sees
         * @param approver who granted it
         * @param decidedAt when, or when it was last renewed
         * @param renewal what its holder asks to have it renewed for, if that waits
         */
        record Running(Lease lease, Approver approver, Instant decidedAt, Optional<Renewal> renewal) implements State {}

        /**
         * Done with.
         *
         * @param how what ended it
         * @param at when
         * @param by the name of the account that ended it; empty if nobody did
         * @param why for people
         * @param lease what it was, if it was granted
         */
        record Over(How how, Instant at, String by, String why, Optional<Lease> lease) implements State {}
    }

    /** What ended a request. */
    enum How {
        DENIED,
        /** Nobody decided in time. */
        EXPIRED,
        /** Its time was up. */
        LAPSED,
        /** A reviewer ended it. */
        CUT,
        /** Its holder ended it. */
        GIVEN_BACK,
        /** What it rested on is gone. */
        GROUND_GONE
    }

    /**
     * Who granted a lease, and what it rests on from then on besides the asker's own role: the approver's account being active, and the
     * role bindings that let them decide.
     */
    record Approver(String name, RecordId account, Set<RecordId> bindings) {
        Approver {
            bindings = Set.copyOf(bindings);
        }
    }

    /**
     * A renewal that waits.
     *
     * @param duration from the moment it is granted
     * @param until when it counts as denied
     */
    record Renewal(Duration duration, Instant until) {}

    /** The same in another state. */
    LeaseRequest in(State next) {
        return new LeaseRequest(id, session, fragment, slots, reason, duration, askedAt, strength, authAge, next);
    }

    /** The same for another time, which is what was granted. */
    LeaseRequest lasting(Duration granted) {
        return new LeaseRequest(id, session, fragment, slots, reason, granted, askedAt, strength, authAge, state);
    }

    /** Whether it has been decided. */
    boolean isDecided() {
        return !(state instanceof State.Waiting);
    }

    boolean isOver() {
        return state instanceof State.Over;
    }

    /** Whether a reviewer has something to decide. */
    boolean needsDecision() {
        return switch (state) {
            case State.Waiting _ -> true;
            case State.Running(var _, var _, var _, var renewal) -> renewal.isPresent();
            case State.Over _ -> false;
        };
    }
}
