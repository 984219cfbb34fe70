package dev.bailiwick.broker;

import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.profiles.RoleDefinition;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.schema.RecordId;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who may decide what, as pure functions of stored facts and plans (docs/approval.md). Holding {@code ApprovalReviewer} lets somebody
 * see what is asked for; it does not by itself let them grant it: a reviewer grants nothing that they could neither get themselves nor
 * administer.
 */
final class Reviewing {
    /**
     * Slots that change what others may do, or give keys away. Like {@link Ceiling} this is code, not policy: whatever fragment they
     * are in, who asks has to show afresh who they are (seed 002, "policy-admin").
     */
    private static final Set<Slot> SENSITIVE =
            EnumSet.of(Slot.RESOURCE_PROFILE_MANAGER, Slot.POLICY_MANAGER, Slot.KEY_BACKUP, Slot.ACCOUNT_MANAGER);

    private Reviewing() {}

    /** Whether any of these slots wants a strong and fresh proof of identity. */
    static boolean isSensitive(Collection<Slot> slots) {
        return slots.stream().anyMatch(SENSITIVE::contains);
    }

    /** How well whoever asks for those has to have shown who they are. */
    static AuthStrength strengthFor(Collection<Slot> slots) {
        return isSensitive(slots) ? AuthStrength.PASSWORD : AuthStrength.NONE;
    }

    /** Of the bindings that let a session ask for the fragment the one that does so for longest. */
    static Optional<Facts.Binding> eligibility(Facts facts, BundlePlan plan, String fragment) {
        return inForce(facts, plan).stream()
                .filter(binding -> role(facts, binding.role())
                        .filter(role -> role.leases().contains(fragment))
                        .isPresent())
                .sorted(Comparator.comparing(Facts.Binding::role))
                .reduce((one, other) -> end(other).isAfter(end(one)) ? other : one);
    }

    private static Instant end(Facts.Binding binding) {
        return binding.expiresAt().orElse(Instant.MAX);
    }

    private static List<Facts.Binding> inForce(Facts facts, BundlePlan plan) {
        return facts.account().bindings().stream()
                .filter(binding -> plan.roles().contains(binding.role()))
                .toList();
    }

    private static Optional<RoleDefinition> role(Facts facts, String name) {
        return facts.catalogue() instanceof Facts.Lookup.Found<PolicyCatalogue>(var catalogue, var _, var _)
                ? catalogue.role(name)
                : Optional.empty();
    }

    /**
     * What lets a reviewer decide about a fragment: one of
     *
     * <ul>
     *   <li>a role of theirs that adds the fragment or may lease it, so that they could have it themselves;
     *   <li>the account manager, where an ordinary role makes the asker eligible: they could bind that role;
     *   <li>the policy manager, unless only a manifest binds the role.
     * </ul>
     *
     * @param reviewer the reviewer's account as it is stored
     * @param plan what the reviewer's session holds
     * @param asker the asker's account as it is stored
     * @param askerPlan what the asker's session holds
     * @return the role bindings of the reviewer's that say so; empty if nothing does
     */
    static Optional<Set<RecordId>> basis(
            Facts reviewer, BundlePlan plan, Facts asker, BundlePlan askerPlan, String fragment) {
        Set<RecordId> own = new HashSet<>();
        for (Facts.Binding binding : inForce(reviewer, plan)) {
            role(reviewer, binding.role())
                    .filter(role ->
                            role.leases().contains(fragment) || role.fragments().contains(fragment))
                    .ifPresent(role -> own.add(binding.source().recordId()));
        }
        if (!own.isEmpty()) {
            // One is enough; that somebody loses another one does not matter.
            return Optional.of(
                    Set.of(own.stream().min(Comparator.naturalOrder()).orElseThrow()));
        }
        Optional<RoleDefinition> through =
                eligibility(asker, askerPlan, fragment).flatMap(binding -> role(asker, binding.role()));
        if (through.isEmpty() || through.get().manifestOnly()) {
            return Optional.empty();
        }
        Slot power = through.get().administrative() ? Slot.POLICY_MANAGER : Slot.ACCOUNT_MANAGER;
        return holding(plan, power).or(() -> holding(plan, Slot.POLICY_MANAGER));
    }

    /** The role bindings that the slot's grant rests on, if there is one. */
    static Optional<Set<RecordId>> holding(BundlePlan plan, Slot slot) {
        return plan.decision(slot) instanceof PolicyDecision.Granted granted
                ? Optional.of(bindingsOf(granted))
                : Optional.empty();
    }

    private static Set<RecordId> bindingsOf(PolicyDecision.Granted granted) {
        Set<RecordId> bindings = new HashSet<>();
        for (Source source : granted.sources()) {
            switch (source.kind()) {
                case ROLE_BINDING -> bindings.add(source.recordId());
                case ACCOUNT,
                        RESOURCE_PROFILE,
                        POLICY_PROFILE,
                        EXTERNAL_BINDING,
                        POLICY_VERSION,
                        CREDENTIAL,
                        SEED_MANIFEST,
                        STORE_KEY -> {}
            }
        }
        return bindings;
    }
}
