package dev.bailiwick.broker;

import dev.bailiwick.profiles.Slot;
import dev.bailiwick.profiles.SlotAccess;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the planner says of one slot. It is no authority: only {@link Minter} turns a {@link Granted} into a capability, and the
 * type is not visible outside this package (ARCHITECTURE 3, rule 4).
 */
sealed interface PolicyDecision {
    /** The place in the bundle. */
    Slot slot();

    /** For people: which fragment of which profile or role, or what stands in the way. */
    String rule();

    /** The record versions this rests on. */
    List<Source> sources();

    /** The stable code: {@code granted}, or why not. */
    String code();

    /**
     * The slot belongs in the bundle.
     *
     * @param access how much of its interface
     * @param quota its quota, where the slot has one of its own
     * @param until when the role binding or the lease it rests on ends; empty if it rests on nothing that ends by itself
     * @param lease the lease it rests on, if it does
     * @param launch what a launcher may start; empty for every other slot
     */
    record Granted(
            Slot slot,
            SlotAccess access,
            Optional<SlotQuota> quota,
            Optional<Instant> until,
            Optional<Lease> lease,
            String rule,
            List<Source> sources,
            Optional<LaunchTerms> launch)
            implements PolicyDecision {
        public Granted {
            sources = List.copyOf(sources);
        }

        /** One that rests on no lease, of a slot that is no launcher. */
        Granted(
                Slot slot,
                SlotAccess access,
                Optional<SlotQuota> quota,
                Optional<Instant> until,
                String rule,
                List<Source> sources) {
            this(slot, access, quota, until, Optional.empty(), rule, sources, Optional.empty());
        }

        @Override
        public String code() {
            return "granted";
        }
    }

    /** The slot does not belong in the bundle, for the reason in {@code why}. */
    record NotGranted(Slot slot, PlanCode why, String rule, List<Source> sources) implements PolicyDecision {
        public NotGranted {
            sources = List.copyOf(sources);
        }

        @Override
        public String code() {
            return why.text();
        }
    }
}
