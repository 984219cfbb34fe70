package dev.bailiwick.broker;

import dev.bailiwick.profiles.Slot;
import dev.bailiwick.schema.VersionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The bundle a session gets, and why. A description; nothing can be done with it.
 *
 * @param kind the kind of session planned for
 * @param refusal why no session starts at all; empty when one does
 * @param decisions one for every slot, in slot order
 * @param policyProfile its name; empty if the account names none that can be used
 * @param resourceProfile likewise
 * @param roles roles in force, sorted
 * @param leases fragments such a session may ask a lease of, sorted
 * @param terms how long it may last; empty when refused for want of a policy profile
 * @param basis the profile and policy versions it was made from, where there are any
 * @param journalSize the state it was decided on
 * @param granted the slots granted, in slot order; follows from the decisions
 * @param sources every record version that anything in the plan rests on; follows from the decisions
 */
record BundlePlan(
        SessionKind kind,
        Optional<Refusal> refusal,
        List<PolicyDecision> decisions,
        String policyProfile,
        String resourceProfile,
        SortedSet<String> roles,
        SortedSet<String> leases,
        Optional<Terms> terms,
        Optional<Basis> basis,
        long journalSize,
        List<PolicyDecision.Granted> granted,
        Set<Source> sources) {

    /** Why no session starts. */
    record Refusal(PlanCode code, String message) {}

    /**
     * How long a session may last, and how many there may be.
     *
     * @param lifetime from login to expiry
     * @param idleTimeout without a call
     * @param freshAuth how long an authentication counts as fresh
     * @param sessionLimit live sessions of one account
     * @param limits what its calls may use
     * @param resources the resource profile's version that says so
     */
    record Terms(
            Duration lifetime,
            Duration idleTimeout,
            Duration freshAuth,
            int sessionLimit,
            CallLimits limits,
            Source resources) {}

    /** The versions a plan was made from, for the audit chain. */
    record Basis(VersionId resourceProfile, VersionId policyProfile, VersionId policyVersion) {}

    BundlePlan {
        decisions = List.copyOf(decisions);
        if (!decisions.stream().map(PolicyDecision::slot).toList().equals(List.of(Slot.values()))) {
            throw new IllegalArgumentException("a plan says one thing of every slot, in slot order");
        }
        roles = Collections.unmodifiableSortedSet(new TreeSet<>(roles));
        leases = Collections.unmodifiableSortedSet(new TreeSet<>(leases));
        // Many sessions share a plan, and each asks for these several times.
        granted = grantedBy(decisions);
        sources = sourcesOf(decisions);
    }

    /** A plan of what does not follow from the rest. */
    BundlePlan(
            SessionKind kind,
            Optional<Refusal> refusal,
            List<PolicyDecision> decisions,
            String policyProfile,
            String resourceProfile,
            SortedSet<String> roles,
            SortedSet<String> leases,
            Optional<Terms> terms,
            Optional<Basis> basis,
            long journalSize) {
        this(
                kind,
                refusal,
                decisions,
                policyProfile,
                resourceProfile,
                roles,
                leases,
                terms,
                basis,
                journalSize,
                List.of(),
                Set.of());
    }

    /** What the plan says of that slot. */
    PolicyDecision decision(Slot slot) {
        return decisions.stream()
                .filter(decision -> decision.slot() == slot)
                .findFirst()
                .orElseThrow();
    }

    private static List<PolicyDecision.Granted> grantedBy(List<PolicyDecision> decisions) {
        List<PolicyDecision.Granted> granted = new ArrayList<>();
        for (PolicyDecision decision : decisions) {
            switch (decision) {
                case PolicyDecision.Granted grant -> granted.add(grant);
                case PolicyDecision.NotGranted ignored -> {}
            }
        }
        return List.copyOf(granted);
    }

    private static Set<Source> sourcesOf(List<PolicyDecision> decisions) {
        Set<Source> all = new LinkedHashSet<>();
        decisions.forEach(decision -> all.addAll(decision.sources()));
        return Collections.unmodifiableSet(all);
    }
}
