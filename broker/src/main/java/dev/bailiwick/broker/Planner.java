package dev.bailiwick.broker;

import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.ProgramRule;
import dev.bailiwick.profiles.ResourceProfile;
import dev.bailiwick.profiles.RoleDefinition;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.profiles.SlotAccess;
import dev.bailiwick.profiles.SlotRule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is in a bundle: a pure function of stored facts and circumstances (ARCHITECTURE 3, rule 1, and 6; seed 002,
 * "Permission Rules").
 *
 * <p>What selects slots is data: the policy profile names fragments, and so do the roles bound to the principal. What
 * selected slots are refused for is code: the status of the account, the {@link Ceiling} of the kind of session, a quota of
 * zero, a terminal that the caller did not bring, and whether this build has the object at all. Anything the planner does not know refuses; nothing is skipped over in
 * the caller's favour.
 *
 * <p>Adding a role never takes a slot away: roles only select, and nothing they lead to refuses what something else selected.
 */
final class Planner {
    /** The slots this build can fill. The others are planned and explained, and not granted. */
    static final Set<Slot> OFFERED = Set.copyOf(EnumSet.allOf(Slot.class));

    /** What one fragment says of one slot, and what selected the fragment. */
    private record Selection(
            SlotAccess access,
            String fragment,
            String rule,
            Optional<Source> binding,
            Optional<Instant> until,
            Optional<Lease> lease) {
        /** The widest access first, then what lasts longest. */
        static final Comparator<Selection> BEST_FIRST = Comparator.comparingInt(
                        (Selection selection) -> width(selection.access))
                .reversed()
                .thenComparing(selection -> selection.until.orElse(Instant.MAX), Comparator.reverseOrder());

        private static int width(SlotAccess access) {
            return switch (access) {
                case FULL -> 5;
                case EPHEMERAL -> 4;
                case READ_ONLY -> 3;
                case OWN_ONLY -> 2;
                case WRITE_ONLY -> 1;
                case REDACTED -> 0;
            };
        }
    }

    /** A role that is bound and yet selects nothing. */
    private record Ignored(Facts.Binding binding, PlanCode code, String why) {}

    /** Everything that must be there before a slot can be thought about. */
    private record Ground(
            ResourceProfile resource,
            Source resourceSource,
            PolicyProfile policy,
            Source policySource,
            PolicyCatalogue catalogue,
            Source catalogueSource,
            BundlePlan.Basis basis) {}

    private final Set<Slot> offered;

    /** A planner for a build that can fill those slots. */
    Planner(Set<Slot> offered) {
        this.offered = Set.copyOf(offered);
    }

    /** The bundle of a session of that account under those circumstances. */
    BundlePlan plan(Facts facts, Circumstances circumstances) {
        Ground ground = ground(facts);
        Optional<BundlePlan.Refusal> refusal = refusal(facts, ground, circumstances);
        if (refusal.isPresent() || ground == null) {
            return refused(facts, circumstances, refusal.orElseThrow());
        }
        return new Draft(facts.account(), ground, circumstances).plan(facts.journalSize());
    }

    /**
     * What is looked at on the way to the decision about one slot, in that order, a sentence each. The last one says what came of
     * it.
     */
    List<String> steps(Facts facts, Circumstances circumstances, Slot slot) {
        List<String> steps = new ArrayList<>();
        Ground ground = ground(facts);
        Optional<BundlePlan.Refusal> refusal = refusal(facts, ground, circumstances);
        if (!offered.contains(slot)) {
            steps.add("this build has no " + slot.text());
        } else if (refusal.isPresent() || ground == null) {
            steps.add("no session would start: " + refusal.orElseThrow().message());
        } else {
            Facts.Account account = facts.account();
            steps.add("the account is " + account.status().text() + " and of kind "
                    + account.kind().text() + ", and may have "
                    + circumstances.kind().text() + " sessions");
            new Draft(account, ground, circumstances).explain(slot, steps);
        }
        steps.add(plan(facts, circumstances).decision(slot).code());
        return List.copyOf(steps);
    }

    private static @Nullable Ground ground(Facts facts) {
        if (facts.resourceProfile()
                        instanceof
                        Facts.Lookup.Found<ResourceProfile>(var resource, var resourceSource, var resourceVersion)
                && facts.policyProfile()
                        instanceof Facts.Lookup.Found<PolicyProfile>(var policy, var policySource, var policyVersion)
                && facts.catalogue()
                        instanceof
                        Facts.Lookup.Found<PolicyCatalogue>(var catalogue, var catalogueSource, var catalogueVersion)) {
            return new Ground(
                    resource,
                    resourceSource,
                    policy,
                    policySource,
                    catalogue,
                    catalogueSource,
                    new BundlePlan.Basis(resourceVersion, policyVersion, catalogueVersion));
        }
        return null;
    }

    private static Optional<BundlePlan.Refusal> refusal(
            Facts facts, @Nullable Ground ground, Circumstances circumstances) {
        Optional<BundlePlan.Refusal> account = accountRefusal(facts.account(), circumstances);
        if (account.isPresent()) {
            return account;
        }
        return ground == null ? missing(facts) : profileRefusal(facts.account(), ground);
    }

    private static Optional<BundlePlan.Refusal> accountRefusal(Facts.Account account, Circumstances circumstances) {
        SessionKind kind = circumstances.kind();
        switch (account.status()) {
            case ACTIVE -> {}
            case DISABLED -> {
                return refuse(PlanCode.ACCOUNT_DISABLED, "the account is disabled");
            }
            case LOCKED -> {
                return refuse(PlanCode.ACCOUNT_LOCKED, "the account is locked");
            }
            case RECOVERY_ONLY -> {
                if (kind != SessionKind.RECOVERY) {
                    return refuse(PlanCode.ACCOUNT_RECOVERY_ONLY, "the account may be used for recovery only");
                }
            }
        }
        if (!kind.mayBeOf(account.kind())) {
            return refuse(
                    PlanCode.KIND_MISMATCH,
                    "a principal of kind " + account.kind().text() + " has no " + kind.text() + " sessions");
        }
        if (kind == SessionKind.RECOVERY && circumstances.source() != SessionSource.CONSOLE) {
            return refuse(PlanCode.CONSOLE_ONLY, "recovery sessions start on the local console only");
        }
        return switch (kind) {
            case GUEST, ANONYMOUS -> Optional.empty();
            case LOCAL, OPERATOR, EXTERNAL, SERVICE, RECOVERY ->
                circumstances.strength() == AuthStrength.NONE
                        ? refuse(PlanCode.AUTH_TOO_WEAK, kind.text() + " sessions need a proof of identity")
                        : Optional.empty();
        };
    }

    private static Optional<BundlePlan.Refusal> missing(Facts facts) {
        for (Facts.Lookup<?> lookup : List.of(facts.catalogue(), facts.policyProfile(), facts.resourceProfile())) {
            if (lookup instanceof Facts.Lookup.Missing<?>(PlanCode code, String why)) {
                return refuse(code, why);
            }
        }
        throw new IllegalStateException("nothing is missing");
    }

    private static Optional<BundlePlan.Refusal> profileRefusal(Facts.Account account, Ground ground) {
        if (!ground.policy().kinds().contains(account.kind())) {
            return refuse(
                    PlanCode.PROFILE_KIND,
                    "policy profile \"" + ground.policy().name() + "\" does not serve principals of kind "
                            + account.kind().text());
        }
        for (String fragment : ground.policy().fragments()) {
            if (ground.catalogue().fragment(fragment).isEmpty()) {
                return refuse(
                        PlanCode.UNKNOWN_FRAGMENT,
                        "policy profile \"" + ground.policy().name() + "\" names the fragment \"" + fragment
                                + "\", which the policy version in force lacks");
            }
        }
        return Optional.empty();
    }

    private static Optional<BundlePlan.Refusal> refuse(PlanCode code, String message) {
        return Optional.of(new BundlePlan.Refusal(code, message));
    }

    private BundlePlan refused(Facts facts, Circumstances circumstances, BundlePlan.Refusal refusal) {
        List<PolicyDecision> decisions = new ArrayList<>();
        for (Slot slot : Slot.values()) {
            decisions.add(
                    offered.contains(slot)
                            ? new PolicyDecision.NotGranted(
                                    slot,
                                    refusal.code(),
                                    refusal.message(),
                                    List.of(facts.account().source()))
                            : notOffered(slot));
        }
        return new BundlePlan(
                circumstances.kind(),
                Optional.of(refusal),
                decisions,
                facts.policyProfile() instanceof Facts.Lookup.Found<PolicyProfile>(var profile, var _, var _)
                        ? profile.name()
                        : "",
                facts.resourceProfile() instanceof Facts.Lookup.Found<ResourceProfile>(var profile, var _, var _)
                        ? profile.name()
                        : "",
                new TreeSet<>(),
                new TreeSet<>(),
                Optional.empty(),
                Optional.empty(),
                facts.journalSize());
    }

    private static PolicyDecision notOffered(Slot slot) {
        return new PolicyDecision.NotGranted(slot, PlanCode.NOT_OFFERED, "this build has no " + slot.text(), List.of());
    }

    /** One plan in the making, once it is clear that there is a session to plan for. */
    private final class Draft {
        private final Facts.Account account;
        private final Ground ground;
        private final Circumstances circumstances;
        private final Map<Slot, List<Selection>> selections = new EnumMap<>(Slot.class);
        private final List<Ignored> ignored = new ArrayList<>();
        private final SortedSet<String> roles = new TreeSet<>();
        private final SortedSet<String> leases = new TreeSet<>();
        /** Of each fragment that may be leased, the binding that says so for longest. */
        private final Map<String, Facts.Binding> eligibility = new HashMap<>();

        Draft(Facts.Account account, Ground ground, Circumstances circumstances) {
            this.account = account;
            this.ground = ground;
            this.circumstances = circumstances;
        }

        private void select() {
            String profileRule = "policy profile \"" + ground.policy().name() + "\"";
            ground.policy().fragments().forEach(name -> select(name, profileRule, Optional.empty(), Optional.empty()));
            account.bindings().stream()
                    .sorted(Comparator.comparing(Facts.Binding::role))
                    .forEach(this::bound);
            circumstances.leases().forEach(this::leased);
        }

        void explain(Slot slot, List<String> steps) {
            select();
            List<Selection> selected = selections.getOrDefault(slot, List.of());
            steps.add("policy profile \"" + ground.policy().name() + "\" selects the fragments "
                    + orNone(ground.policy().fragments()) + ", and allows the roles "
                    + orNone(ground.policy().allowedRoles()));
            steps.add("roles in force: " + orNone(roles));
            for (Ignored candidate : ignored) {
                steps.add("role \"" + candidate.binding().role() + "\" " + candidate.why()
                        + (wouldSelect(candidate.binding().role(), slot) ? "; it would select " + slot.text() : ""));
            }
            for (Selection selection : selected) {
                steps.add(selection.rule() + " selects " + slot.text() + ", access "
                        + selection.access().text());
            }
            if (selected.isEmpty()) {
                steps.add("nothing in force selects " + slot.text());
            }
            steps.add(Ceiling.of(circumstances.kind(), slot)
                    .map(most -> circumstances.kind().text() + " sessions may hold " + slot.text() + ", access at most "
                            + most.text()
                            + (Ceiling.isByLeaseOnly(circumstances.kind(), slot) ? ", and by a lease only" : ""))
                    .orElse(circumstances.kind().text() + " sessions never hold " + slot.text()));
            if (slot == Slot.TERMINAL) {
                steps.add(
                        circumstances.hasTerminal() ? "the caller brings a terminal" : "the caller brings no terminal");
            }
            if (slot == Slot.LAUNCHER) {
                steps.add("resource profile \"" + ground.resource().name() + "\" has launcherProfile "
                        + ground.resource().launcherProfile());
            }
            SlotQuota.of(slot, ground.resource())
                    .ifPresent(quota -> steps.add("resource profile \""
                            + ground.resource().name() + "\" has " + quota.name() + " " + quota.text()));
            List<String> askable = leases.stream()
                    .filter(name -> ground.catalogue().fragment(name).stream()
                            .flatMap(fragment -> fragment.slots().stream())
                            .anyMatch(rule -> rule.slot() == slot))
                    .toList();
            if (!askable.isEmpty()) {
                steps.add("a lease of " + String.join(" or ", askable) + " would select it, and "
                        + (Ceiling.isByLeaseOnly(circumstances.kind(), slot)
                                ? "a reviewer may give it to the session"
                                : "may be asked for"));
            }
        }

        private static String orNone(Collection<String> names) {
            return names.isEmpty() ? "none" : String.join(", ", names);
        }

        BundlePlan plan(long journalSize) {
            select();
            List<PolicyDecision> decisions = new ArrayList<>();
            for (Slot slot : Slot.values()) {
                decisions.add(decide(slot));
            }
            return new BundlePlan(
                    circumstances.kind(),
                    Optional.empty(),
                    decisions,
                    ground.policy().name(),
                    ground.resource().name(),
                    roles,
                    leases,
                    Optional.of(new BundlePlan.Terms(
                            ground.policy().sessionLifetime(),
                            ground.policy().idleTimeout(),
                            ground.policy().freshAuth(),
                            ground.resource().sessionLimit(),
                            CallLimits.of(ground.resource()),
                            ground.resourceSource())),
                    Optional.of(ground.basis()),
                    journalSize);
        }

        private void bound(Facts.Binding binding) {
            Optional<RoleDefinition> known = ground.catalogue().role(binding.role());
            Optional<Ignored> obstacle = known.isEmpty()
                    ? Optional.of(new Ignored(binding, PlanCode.UNKNOWN_ROLE, "is not in the policy version in force"))
                    : obstacle(binding, known.get());
            if (obstacle.isPresent()) {
                ignored.add(obstacle.get());
                return;
            }
            RoleDefinition role = known.orElseThrow();
            roles.add(role.name());
            leases.addAll(role.leases());
            role.leases().forEach(name -> eligibility.merge(name, binding, Draft::longer));
            String rule = "role \"" + role.name() + "\"";
            role.fragments().forEach(name -> select(name, rule, Optional.of(binding.source()), binding.expiresAt()));
        }

        private Optional<Ignored> obstacle(Facts.Binding binding, RoleDefinition role) {
            if (binding.hasExpired(circumstances.now())) {
                return ignore(binding, PlanCode.ROLE_EXPIRED, "is bound, but the binding has expired");
            }
            if (!role.kinds().contains(account.kind())) {
                return ignore(
                        binding,
                        PlanCode.ROLE_KIND,
                        "is not for principals of kind " + account.kind().text());
            }
            if (role.administrative() && circumstances.kind() == SessionKind.EXTERNAL) {
                return ignore(
                        binding, PlanCode.ADMINISTRATIVE_ROLE, "is administrative, which external sessions are denied");
            }
            if (!ground.policy().allowedRoles().contains(role.name())) {
                return ignore(
                        binding,
                        PlanCode.ROLE_NOT_ALLOWED,
                        "is not allowed by policy profile \"" + ground.policy().name() + "\"");
            }
            return Optional.empty();
        }

        private static Optional<Ignored> ignore(Facts.Binding binding, PlanCode code, String why) {
            return Optional.of(new Ignored(binding, code, why));
        }

        private static Facts.Binding longer(Facts.Binding one, Facts.Binding other) {
            return end(other).isAfter(end(one)) ? other : one;
        }

        private static Instant end(Facts.Binding binding) {
            return binding.expiresAt().orElse(Instant.MAX);
        }

        private void select(String fragmentName, String selector, Optional<Source> binding, Optional<Instant> until) {
            String rule = "fragment \"" + fragmentName + "\" of " + selector;
            for (SlotRule slotRule : slotsOf(fragmentName)) {
                select(slotRule, fragmentName, rule, binding, until, Optional.empty());
            }
        }

        /** A lease selects for as long as its session is eligible for it, and never more than was granted. */
        private void leased(Lease lease) {
            Facts.Binding binding = eligibility.get(lease.fragment());
            if (binding == null || !circumstances.now().isBefore(lease.until())) {
                return;
            }
            Instant until = end(binding).isBefore(lease.until()) ? end(binding) : lease.until();
            String rule = "fragment \"" + lease.fragment() + "\" leased by role \"" + binding.role() + "\" until "
                    + until + " under " + lease.id() + " of \"" + lease.approver() + "\"";
            for (SlotRule slotRule : slotsOf(lease.fragment())) {
                if (lease.slots().contains(slotRule)) {
                    select(
                            slotRule,
                            lease.fragment(),
                            rule,
                            Optional.of(binding.source()),
                            Optional.of(until),
                            Optional.of(lease));
                }
            }
        }

        private List<SlotRule> slotsOf(String fragment) {
            return ground.catalogue().fragment(fragment).orElseThrow().slots();
        }

        private void select(
                SlotRule slotRule,
                String fragment,
                String rule,
                Optional<Source> binding,
                Optional<Instant> until,
                Optional<Lease> lease) {
            selections
                    .computeIfAbsent(slotRule.slot(), slot -> new ArrayList<>())
                    .add(new Selection(slotRule.access(), fragment, rule, binding, until, lease));
        }

        private PolicyDecision decide(Slot slot) {
            if (!offered.contains(slot)) {
                return notOffered(slot);
            }
            // The sort is stable and profiles are selected first: of two equal reasons the one that no role removal
            // ends counts.
            Optional<Selection> best = selections.getOrDefault(slot, List.of()).stream()
                    .sorted(Selection.BEST_FIRST)
                    .findFirst();
            if (best.isEmpty()) {
                return notSelected(slot);
            }
            Optional<SlotAccess> ceiling = Ceiling.of(circumstances.kind(), slot);
            if (ceiling.isEmpty()) {
                return notGranted(
                        slot,
                        PlanCode.KIND_FORBIDS,
                        best.get().rule() + " selects it, but "
                                + circumstances.kind().text() + " sessions never hold it",
                        best.get().binding());
            }
            if (Ceiling.isByLeaseOnly(circumstances.kind(), slot)) {
                Selection selected = best.get();
                best = selections.getOrDefault(slot, List.of()).stream()
                        .filter(selection -> selection.lease().isPresent())
                        .min(Selection.BEST_FIRST);
                if (best.isEmpty()) {
                    return notGranted(
                            slot,
                            PlanCode.KIND_FORBIDS,
                            selected.rule() + " selects it, but "
                                    + circumstances.kind().text() + " sessions hold it by a lease only",
                            selected.binding());
                }
            }
            if (slot == Slot.TERMINAL && !circumstances.hasTerminal()) {
                return notGranted(slot, PlanCode.NO_TERMINAL, "the caller brought no terminal", Optional.empty());
            }
            if (slot == Slot.LAUNCHER) {
                return launcher(best.get(), ceiling.get());
            }
            Optional<SlotQuota> quota = SlotQuota.of(slot, ground.resource());
            if (quota.isPresent() && quota.get().bytes() == 0) {
                return notGranted(
                        slot,
                        PlanCode.NO_QUOTA,
                        "resource profile \"" + ground.resource().name() + "\" has "
                                + quota.get().name() + " 0",
                        Optional.of(ground.resourceSource()));
            }
            return granted(slot, best.get(), ceiling.get(), quota);
        }

        /**
         * A launcher has the programs of the resource profile's posture, and those that a fragment named after a posture adds. It
         * rests on all of that, and lasts no longer than any of it.
         */
        private PolicyDecision launcher(Selection selection, SlotAccess ceiling) {
            ResourceProfile profile = ground.resource();
            String named = "of resource profile \"" + profile.name() + "\"";
            Set<String> postures = LaunchTerms.postures(profile);
            if (postures.isEmpty()) {
                return notGranted(
                        Slot.LAUNCHER,
                        PlanCode.NO_QUOTA,
                        "resource profile \"" + profile.name() + "\" has launcherProfile " + profile.launcherProfile(),
                        Optional.of(ground.resourceSource()));
            }
            List<Source> sources = basis();
            selection.binding().ifPresent(sources::add);
            sources.add(ground.resourceSource());
            if (circumstances.kind() == SessionKind.SERVICE) {
                return granted(
                        selection,
                        ceiling,
                        selection.until(),
                        selection.rule() + ", the measured binary of the account",
                        sources,
                        LaunchTerms.of(
                                account.service().map(ProgramRule::of).stream().toList(), profile));
            }
            StringBuilder rule = new StringBuilder(
                    selection.rule() + ", launcherProfile " + profile.launcherProfile() + " " + named);
            Optional<Instant> until = selection.until();
            for (Selection other : selections.getOrDefault(Slot.LAUNCHER, List.of())) {
                if (LaunchTerms.isAddedBy(other.fragment(), postures)) {
                    postures.add(other.fragment());
                    if (!other.equals(selection)) {
                        rule.append(", and ").append(other.rule());
                    }
                    other.binding().filter(source -> !sources.contains(source)).ifPresent(sources::add);
                    until = earliest(until, other.until());
                }
            }
            return granted(
                    selection,
                    ceiling,
                    until,
                    rule.toString(),
                    sources,
                    LaunchTerms.of(ground.catalogue(), postures, profile));
        }

        private static PolicyDecision granted(
                Selection selection,
                SlotAccess ceiling,
                Optional<Instant> until,
                String rule,
                List<Source> sources,
                LaunchTerms terms) {
            return new PolicyDecision.Granted(
                    Slot.LAUNCHER,
                    Ceiling.lower(selection.access(), ceiling),
                    Optional.empty(),
                    until,
                    selection.lease(),
                    rule,
                    sources,
                    Optional.of(terms));
        }

        private static Optional<Instant> earliest(Optional<Instant> one, Optional<Instant> other) {
            return Stream.concat(one.stream(), other.stream()).min(Comparator.naturalOrder());
        }

        private PolicyDecision granted(Slot slot, Selection selection, SlotAccess ceiling, Optional<SlotQuota> quota) {
            List<Source> sources = basis();
            selection.binding().ifPresent(sources::add);
            String rule = selection.rule();
            if (quota.isPresent()) {
                sources.add(ground.resourceSource());
                rule += ", " + quota.get().name() + " of resource profile \""
                        + ground.resource().name() + "\"";
            }
            return new PolicyDecision.Granted(
                    slot,
                    Ceiling.lower(selection.access(), ceiling),
                    quota,
                    selection.until(),
                    selection.lease(),
                    rule,
                    sources,
                    Optional.empty());
        }

        private PolicyDecision notSelected(Slot slot) {
            for (Ignored candidate : ignored) {
                if (wouldSelect(candidate.binding().role(), slot)) {
                    return notGranted(
                            slot,
                            candidate.code(),
                            "role \"" + candidate.binding().role() + "\" " + candidate.why(),
                            Optional.of(candidate.binding().source()));
                }
            }
            List<String> leasable = leases.stream()
                    .filter(fragment -> slotsOf(fragment).stream().anyMatch(rule -> rule.slot() == slot))
                    .toList();
            if (!leasable.isEmpty()) {
                return notGranted(
                        slot,
                        PlanCode.NOT_SELECTED,
                        "nothing in force selects it; a lease of this would: " + String.join(", ", leasable),
                        Optional.empty());
            }
            Collection<RoleDefinition> catalogue = ground.catalogue().roles().values();
            List<String> selectors = catalogue.stream()
                    .filter(role -> role.kinds().contains(account.kind()))
                    .map(RoleDefinition::name)
                    .filter(role -> wouldSelect(role, slot))
                    .toList();
            return notGranted(
                    slot,
                    PlanCode.NOT_SELECTED,
                    selectors.isEmpty()
                            ? "nothing in force selects it, and no role for principals of kind "
                                    + account.kind().text() + " would"
                            : "nothing in force selects it; these roles would: " + String.join(", ", selectors),
                    Optional.empty());
        }

        private boolean wouldSelect(String role, Slot slot) {
            return ground.catalogue().role(role).stream()
                    .flatMap(definition -> definition.fragments().stream())
                    .flatMap(name -> ground.catalogue().fragment(name).stream())
                    .anyMatch(fragment -> fragment.slots().stream().anyMatch(rule -> rule.slot() == slot));
        }

        private PolicyDecision notGranted(Slot slot, PlanCode code, String rule, Optional<Source> more) {
            List<Source> sources = basis();
            more.ifPresent(sources::add);
            return new PolicyDecision.NotGranted(slot, code, rule, sources);
        }

        /** What every decision rests on. */
        private List<Source> basis() {
            return new ArrayList<>(List.of(account.source(), ground.policySource(), ground.catalogueSource()));
        }
    }
}
