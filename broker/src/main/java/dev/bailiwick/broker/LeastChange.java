package dev.bailiwick.broker;

import dev.bailiwick.accountstore.AccountStatus;
import dev.bailiwick.profiles.BundleFragment;
import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.ResourceProfile;
import dev.bailiwick.profiles.RoleDefinition;
import dev.bailiwick.profiles.Slot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * Finds the least change that turns a decision about one slot. It never guesses: every change it names was made to a copy of the
 * facts, planned with, and seen to turn the decision. A pure function of the facts, as the planner is.
 *
 * <p>What is tried follows from what stands in the way: a role is added where nothing selects the slot, the account enabled where it is
 * disabled, and so on, until the slot is granted; few changes are tried before many, and of as many, those that add less authority first.
 */
final class LeastChange {
    /** Plans made for one answer, at most: some milliseconds of work. */
    private static final int PLANS = 4_000;

    /** Changes in one answer, at most: whatever stands in the way does so only once. */
    private static final int STEPS = 6;

    /** What an account could have instead. */
    record Alternatives(
            List<Facts.Lookup.Found<ResourceProfile>> resourceProfiles,
            List<Facts.Lookup.Found<PolicyProfile>> policyProfiles) {
        /** Nothing else than it has. */
        static final Alternatives NONE = new Alternatives(List.of(), List.of());

        Alternatives {
            resourceProfiles = List.copyOf(resourceProfiles);
            policyProfiles = List.copyOf(policyProfiles);
        }
    }

    /** What is planned with. */
    record Scene(Facts facts, Circumstances circumstances) {
        private Scene with(UnaryOperator<Facts> change) {
            return new Scene(change.apply(facts), circumstances);
        }
    }

    /**
     * One change.
     *
     * @param text a command where there is one, or what to do
     * @param after the facts with it
     */
    record Change(String text, Scene after) {}

    /** What was found. */
    sealed interface Answer {
        /** These, in this order, turn the decision. */
        record Changes(List<Change> changes) implements Answer {
            public Changes {
                changes = List.copyOf(changes);
            }
        }

        /** Nothing does, for that reason. */
        record Nothing(String why) implements Answer {}
    }

    private final Planner planner;
    private final Alternatives alternatives;

    LeastChange(Planner planner, Alternatives alternatives) {
        this.planner = planner;
        this.alternatives = alternatives;
    }

    /** The least change that turns what is decided about that slot. */
    Answer of(Facts facts, Circumstances circumstances, Slot slot) {
        Scene scene = new Scene(facts, circumstances);
        return isGranted(scene, slot) ? new Search(slot).taking(scene) : new Search(slot).giving(scene);
    }

    private boolean isGranted(Scene scene, Slot slot) {
        return planner.plan(scene.facts(), scene.circumstances()).decision(slot) instanceof PolicyDecision.Granted;
    }

    /** One search, with a budget. */
    private final class Search {
        private final Slot slot;
        private int budget = PLANS;

        Search(Slot slot) {
            this.slot = slot;
        }

        Answer giving(Scene scene) {
            for (int depth = 1; depth <= STEPS && budget > 0; depth++) {
                Optional<List<Change>> found = within(depth, scene);
                if (found.isPresent()) {
                    return new Answer.Changes(found.get());
                }
            }
            return new Answer.Nothing(obstacle(scene));
        }

        /** Changes, at most so many, after which the slot is granted. */
        private Optional<List<Change>> within(int depth, Scene scene) {
            for (Change change : repairs(scene)) {
                if (--budget < 0) {
                    return Optional.empty();
                }
                if (isGranted(change.after(), slot)) {
                    return Optional.of(List.of(change));
                }
                if (depth > 1) {
                    Optional<List<Change>> rest = within(depth - 1, change.after());
                    if (rest.isPresent()) {
                        List<Change> all = new ArrayList<>(List.of(change));
                        all.addAll(rest.get());
                        return Optional.of(all);
                    }
                }
            }
            return Optional.empty();
        }

        /** Why nothing helps: what stands in the way once all else is out of it. */
        private String obstacle(Scene scene) {
            Scene last = scene;
            for (int step = 0; step < STEPS; step++) {
                List<Change> repairs = repairs(last);
                if (repairs.isEmpty()) {
                    break;
                }
                last = repairs.getFirst().after();
            }
            BundlePlan plan = planner.plan(last.facts(), last.circumstances());
            return plan.decision(slot).rule();
        }

        /** What may remove the obstacle that the planner meets first. */
        private List<Change> repairs(Scene scene) {
            BundlePlan plan = planner.plan(scene.facts(), scene.circumstances());
            if (!(plan.decision(slot) instanceof PolicyDecision.NotGranted refused)) {
                return List.of();
            }
            return switch (refused.why()) {
                case ACCOUNT_DISABLED, ACCOUNT_RECOVERY_ONLY -> List.of(status(scene, "enable"));
                case ACCOUNT_LOCKED -> List.of(status(scene, "unlock"));
                case NOT_SELECTED -> selecting(scene);
                case ROLE_NOT_ALLOWED -> allowing(scene);
                case ROLE_EXPIRED -> renewing(scene);
                case NO_QUOTA -> raising(scene);
                case NO_TERMINAL ->
                    List.of(new Change(
                            "log in from a terminal: 'bailiwick login "
                                    + scene.facts().account().name() + "'",
                            new Scene(scene.facts(), scene.circumstances().withTerminal())));
                case AUTH_TOO_WEAK, CONSOLE_ONLY -> List.of(usually(scene));
                case KIND_MISMATCH -> {
                    SessionKind own = SessionKind.of(scene.facts().account().kind());
                    yield List.of(new Change(
                            "ask for the account's own kind of session: '--kind " + own.text() + "'",
                            new Scene(
                                    scene.facts(),
                                    Circumstances.usual(
                                            own, scene.circumstances().now()))));
                }
                case KIND_FORBIDS, ADMINISTRATIVE_ROLE -> ownKind(scene);
                case PROFILE_KIND, UNKNOWN_PROFILE, STALE_PROFILE, UNKNOWN_FRAGMENT -> otherProfiles(scene);
                case ROLE_KIND, UNKNOWN_ROLE, NOT_OFFERED, UNKNOWN_POLICY -> List.of();
            };
        }

        private Change status(Scene scene, String verb) {
            return new Change(
                    command("account " + verb, scene.facts()),
                    scene.with(facts -> withAccount(
                            facts, AccountStatus.ACTIVE, facts.account().bindings())));
        }

        /** A session of the account's own kind, for one of another kind that may not have the slot. */
        private List<Change> ownKind(Scene scene) {
            SessionKind own = SessionKind.of(scene.facts().account().kind());
            return own == scene.circumstances().kind()
                    ? List.of()
                    : List.of(new Change(
                            "ask for the account's own kind of session: '--kind " + own.text() + "'",
                            new Scene(
                                    scene.facts(),
                                    Circumstances.usual(
                                            own, scene.circumstances().now()))));
        }

        private Change usually(Scene scene) {
            Circumstances usual = Circumstances.usual(
                    scene.circumstances().kind(), scene.circumstances().now());
            return new Change(
                    scene.circumstances().source() == usual.source()
                            ? "prove who you are, with a password or a key"
                            : "log in on the machine's own console",
                    new Scene(scene.facts(), usual));
        }

        /** Roles that would select the slot, those that add least first; and fragments that the policy profile could select. */
        private List<Change> selecting(Scene scene) {
            List<Change> changes = new ArrayList<>();
            PolicyCatalogue catalogue = catalogue(scene.facts());
            catalogue.roles().values().stream()
                    .filter(role -> !role.manifestOnly() && selects(catalogue, role))
                    .filter(role ->
                            role.kinds().contains(scene.facts().account().kind()))
                    .sorted(Comparator.comparing(RoleDefinition::administrative)
                            .thenComparingInt(role -> slots(catalogue, role.fragments()))
                            .thenComparing(RoleDefinition::name))
                    .forEach(role -> changes.add(binding(scene, role.name())));
            PolicyProfile policy = policy(scene.facts());
            catalogue.fragments().values().stream()
                    .filter(this::selects)
                    .filter(fragment -> catalogue
                            .fragmentFault(fragment.name(), policy.kinds())
                            .isEmpty())
                    .sorted(Comparator.comparingInt((BundleFragment fragment) ->
                                    fragment.slots().size())
                            .thenComparing(BundleFragment::name))
                    .forEach(fragment -> changes.add(new Change(
                            "add \"" + fragment.name() + "\" to the fragments of policy profile \"" + policy.name()
                                    + "\": 'account-admin profile update " + policy.name() + " FILE'",
                            scene.with(facts -> withPolicy(
                                    facts,
                                    content(
                                            policy,
                                            policy.allowedRoles(),
                                            with(policy.fragments(), fragment.name())))))));
            return changes;
        }

        private Change binding(Scene scene, String role) {
            return new Change(
                    command("account role add", scene.facts()) + " " + role, scene.with(facts -> bound(facts, role)));
        }

        /** The bindings that have expired, made anew. */
        private List<Change> renewing(Scene scene) {
            PolicyCatalogue catalogue = catalogue(scene.facts());
            return scene.facts().account().bindings().stream()
                    .filter(binding -> binding.hasExpired(scene.circumstances().now()))
                    .map(Facts.Binding::role)
                    .filter(role -> catalogue
                            .role(role)
                            .filter(known -> selects(catalogue, known))
                            .isPresent())
                    .map(role -> binding(scene, role))
                    .toList();
        }

        /** The policy profile with a role allowed that is bound; or another profile that allows it. */
        private List<Change> allowing(Scene scene) {
            List<Change> changes = new ArrayList<>();
            PolicyProfile policy = policy(scene.facts());
            PolicyCatalogue catalogue = catalogue(scene.facts());
            for (Facts.Binding binding : scene.facts().account().bindings()) {
                boolean matters = catalogue
                                .role(binding.role())
                                .filter(role -> selects(catalogue, role))
                                .isPresent()
                        && !policy.allowedRoles().contains(binding.role());
                if (matters) {
                    changes.add(new Change(
                            "add \"" + binding.role() + "\" to the allowed roles of policy profile \"" + policy.name()
                                    + "\": 'account-admin profile update " + policy.name() + " FILE'",
                            scene.with(facts -> withPolicy(
                                    facts,
                                    content(
                                            policy,
                                            with(policy.allowedRoles(), binding.role()),
                                            policy.fragments())))));
                }
            }
            return changes;
        }

        private List<Change> raising(Scene scene) {
            ResourceProfile resources = resources(scene.facts());
            if (slot == Slot.LAUNCHER) {
                return List.of(launching(scene, resources));
            }
            String quota = SlotQuota.of(slot, resources).orElseThrow().name();
            return List.of(new Change(
                    "raise " + quota + " of resource profile \"" + resources.name()
                            + "\" from 0: 'account-admin profile update " + resources.name() + " FILE'",
                    scene.with(facts -> withResources(facts, SlotQuota.with(slot, resources, 1)))));
        }

        /** With the posture that is of use to whoever has such sessions: services launch what was measured and nothing else. */
        private static Change launching(Scene scene, ResourceProfile resources) {
            String posture = scene.circumstances().kind() == SessionKind.SERVICE ? "measured-binary" : "approved-apps";
            return new Change(
                    "set launcherProfile of resource profile \"" + resources.name() + "\" to " + posture
                            + ": 'account-admin profile update " + resources.name() + " FILE'",
                    scene.with(facts -> withResources(facts, SlotQuota.launching(resources, posture))));
        }

        private List<Change> otherProfiles(Scene scene) {
            List<Change> changes = new ArrayList<>();
            for (Facts.Lookup.Found<PolicyProfile> other : alternatives.policyProfiles()) {
                changes.add(new Change(
                        command("account set-profile", scene.facts()) + " --policy-profile "
                                + other.content().name(),
                        scene.with(facts -> withPolicy(facts, other))));
            }
            for (Facts.Lookup.Found<ResourceProfile> other : alternatives.resourceProfiles()) {
                changes.add(new Change(
                        command("account set-profile", scene.facts()) + " --resource-profile "
                                + other.content().name(),
                        scene.with(facts -> withResources(facts, other))));
            }
            return changes;
        }

        /** Without the roles that select the slot, if that is enough; otherwise without the account. */
        Answer taking(Scene scene) {
            PolicyCatalogue catalogue = catalogue(scene.facts());
            List<String> roles = planner.plan(scene.facts(), scene.circumstances()).roles().stream()
                    .filter(role -> catalogue
                            .role(role)
                            .filter(known -> selects(catalogue, known))
                            .isPresent())
                    .toList();
            List<Change> changes = new ArrayList<>();
            Scene without = scene;
            for (String role : roles) {
                without = without.with(facts -> unbound(facts, role));
                changes.add(new Change(command("account role remove", scene.facts()) + " " + role, without));
                if (!isGranted(without, slot)) {
                    return new Answer.Changes(changes);
                }
            }
            Change disabled = new Change(
                    command("account disable", scene.facts()),
                    scene.with(facts -> withAccount(
                            facts, AccountStatus.DISABLED, facts.account().bindings())));
            return isGranted(disabled.after(), slot)
                    ? new Answer.Nothing("it stays granted even to a disabled account")
                    : new Answer.Changes(List.of(disabled));
        }

        private boolean selects(PolicyCatalogue catalogue, RoleDefinition role) {
            return role.fragments().stream()
                    .flatMap(name -> catalogue.fragment(name).stream())
                    .anyMatch(this::selects);
        }

        private boolean selects(BundleFragment fragment) {
            return fragment.slots().stream().anyMatch(rule -> rule.slot() == slot);
        }
    }

    private static String command(String verb, Facts facts) {
        return "account-admin " + verb + " " + facts.account().name();
    }

    private static int slots(PolicyCatalogue catalogue, Collection<String> fragments) {
        return fragments.stream()
                .flatMap(name -> catalogue.fragment(name).stream())
                .mapToInt(fragment -> fragment.slots().size())
                .sum();
    }

    // ---- facts with something changed ----

    /** The role bound for good, in place of any binding of it. What is not stored yet cites the account it would be stored for. */
    static Facts bound(Facts facts, String role) {
        List<Facts.Binding> bindings = new ArrayList<>(without(facts, role));
        bindings.add(new Facts.Binding(facts.account().source(), role, Optional.empty()));
        return withAccount(facts, facts.account().status(), bindings);
    }

    static Facts unbound(Facts facts, String role) {
        return withAccount(facts, facts.account().status(), without(facts, role));
    }

    private static List<Facts.Binding> without(Facts facts, String role) {
        return facts.account().bindings().stream()
                .filter(binding -> !binding.role().equals(role))
                .toList();
    }

    private static Facts withAccount(Facts facts, AccountStatus status, List<Facts.Binding> bindings) {
        Facts.Account account = facts.account();
        return new Facts(
                new Facts.Account(
                        account.source(),
                        account.principalId(),
                        account.name(),
                        account.displayName(),
                        account.kind(),
                        status,
                        bindings,
                        account.service()),
                facts.resourceProfile(),
                facts.policyProfile(),
                facts.catalogue(),
                facts.journalSize());
    }

    static Facts withResources(Facts facts, Facts.Lookup<ResourceProfile> profile) {
        return new Facts(facts.account(), profile, facts.policyProfile(), facts.catalogue(), facts.journalSize());
    }

    static Facts withPolicy(Facts facts, Facts.Lookup<PolicyProfile> profile) {
        return new Facts(facts.account(), facts.resourceProfile(), profile, facts.catalogue(), facts.journalSize());
    }

    private static Facts withResources(Facts facts, ResourceProfile profile) {
        Facts.Lookup.Found<ResourceProfile> old = found(facts.resourceProfile());
        return withResources(facts, new Facts.Lookup.Found<>(profile, old.source(), old.version()));
    }

    private static Facts withPolicy(Facts facts, PolicyProfile profile) {
        Facts.Lookup.Found<PolicyProfile> old = found(facts.policyProfile());
        return withPolicy(facts, new Facts.Lookup.Found<>(profile, old.source(), old.version()));
    }

    private static PolicyProfile content(PolicyProfile old, SortedSet<String> roles, SortedSet<String> fragments) {
        return new PolicyProfile(
                old.profileId(),
                old.name(),
                old.kinds(),
                roles,
                fragments,
                old.sessionLifetime(),
                old.idleTimeout(),
                old.freshAuth(),
                old.labels());
    }

    private static SortedSet<String> with(SortedSet<String> names, String another) {
        SortedSet<String> more = new TreeSet<>(names);
        more.add(another);
        return more;
    }

    private static PolicyCatalogue catalogue(Facts facts) {
        return found(facts.catalogue()).content();
    }

    private static PolicyProfile policy(Facts facts) {
        return found(facts.policyProfile()).content();
    }

    private static ResourceProfile resources(Facts facts) {
        return found(facts.resourceProfile()).content();
    }

    private static <T> Facts.Lookup.Found<T> found(Facts.Lookup<T> lookup) {
        return switch (lookup) {
            case Facts.Lookup.Found<T> found -> found;
            case Facts.Lookup.Missing<T> missing ->
                throw new IllegalStateException("planned without what is missing: " + missing.why());
        };
    }
}
