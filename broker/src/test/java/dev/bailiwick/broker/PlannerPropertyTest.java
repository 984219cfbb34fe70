package dev.bailiwick.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.accountstore.AccountStatus;
import dev.bailiwick.accountstore.RecordKind;
import dev.bailiwick.profiles.BundleFragment;
import dev.bailiwick.profiles.Catalogue;
import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.PrincipalKind;
import dev.bailiwick.profiles.RoleDefinition;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.profiles.SlotAccess;
import dev.bailiwick.profiles.SlotRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What holds of every plan, tried on random catalogues, profiles and accounts. Rerun one case with its seed. */
class PlannerPropertyTest {
    private static final int CASES = 500;
    private static final Set<Slot> DURABLE = EnumSet.of(Slot.HOME, Slot.CONFIG, Slot.CACHE);

    @Test
    void addingARoleNeverRemovesASlot() {
        forAll(world -> {
            List<String> roles = world.someRoles();
            List<String> more = new ArrayList<>(roles);
            more.addAll(world.someRoles());
            // A random session, drawn once, so that the two plans differ in roles only.
            Situation fewer = world.situation();
            Situation wider = world.again();
            roles.forEach(fewer::role);
            more.forEach(wider::role);

            assertThat(slots(wider.plan())).containsAll(slots(fewer.plan()));
        });
    }

    @Test
    void aDisabledOrLockedAccountNeverGetsASlot() {
        forAll(world -> {
            Situation situation = world.situation()
                    .status(world.random.nextBoolean() ? AccountStatus.DISABLED : AccountStatus.LOCKED);
            world.someRoles().forEach(situation::role);

            assertThat(situation.plan().granted()).isEmpty();
            assertThat(situation.plan().refusal()).isPresent();
        });
    }

    @Test
    void guestsAndAnonymousCallersNeverGetADurableSlot() {
        forAll(world -> {
            Situation situation = world.situation();
            world.someRoles().forEach(situation::role);
            BundlePlan plan = situation.plan();

            if (plan.kind() == SessionKind.GUEST || plan.kind() == SessionKind.ANONYMOUS) {
                assertThat(plan.granted())
                        .noneMatch(grant -> DURABLE.contains(grant.slot()) && grant.access() != SlotAccess.EPHEMERAL);
            }
        });
    }

    @Test
    void theSameInputsGiveTheSamePlan() {
        forAll(world -> {
            List<String> roles = world.someRoles();
            Situation first = world.situation();
            Situation second = world.again();
            roles.forEach(first::role);
            roles.forEach(second::role);

            assertThat(second.plan()).isEqualTo(first.plan());
        });
    }

    @Test
    void theLeastChangeTurnsTheDecisionAndNoShorterOneOfItDoes() {
        Planner planner = new Planner(Planner.OFFERED);
        forAll(world -> {
            Situation situation = world.situation();
            world.someRoles().forEach(situation::role);
            Slot slot = world.pick(List.of(Slot.values()));
            boolean granted = situation.plan().decision(slot) instanceof PolicyDecision.Granted;

            LeastChange.Answer answer = new LeastChange(planner, LeastChange.Alternatives.NONE)
                    .of(situation.facts(), situation.circumstances(), slot);
            if (answer instanceof LeastChange.Answer.Changes(List<LeastChange.Change> changes)) {
                for (int i = 0; i < changes.size(); i++) {
                    LeastChange.Scene after = changes.get(i).after();
                    boolean turned =
                            planner.plan(after.facts(), after.circumstances()).decision(slot)
                                            instanceof PolicyDecision.Granted
                                    != granted;
                    assertThat(turned).as("after step %d", i).isEqualTo(i == changes.size() - 1);
                }
            } else {
                assertThat(granted).as("what is granted can be taken").isFalse();
            }
        });
    }

    @Test
    void everySlotHasExactlyOneDecisionAndEveryGrantAnAccountBehindIt() {
        forAll(world -> {
            Situation situation = world.situation();
            world.someRoles().forEach(situation::role);
            BundlePlan plan = situation.plan();

            assertThat(plan.decisions()).extracting(PolicyDecision::slot).containsExactly(Slot.values());
            assertThat(plan.granted())
                    .allMatch(
                            grant -> grant.sources().stream().anyMatch(source -> source.kind() == RecordKind.ACCOUNT));
            assertThat(plan.decisions()).allMatch(decision -> !decision.rule().isEmpty());
        });
    }

    private interface Property {
        void holdsIn(World world);
    }

    private static void forAll(Property property) {
        long first = Long.getLong("planner.seed", System.nanoTime());
        int cases = Long.getLong("planner.seed") == null ? CASES : 1;
        for (long seed = first; seed < first + cases; seed++) {
            try {
                property.holdsIn(new World(seed));
            } catch (AssertionError e) {
                throw new AssertionError("rerun with -Dplanner.seed=" + seed, e);
            }
        }
    }

    private static List<Slot> slots(BundlePlan plan) {
        return plan.granted().stream().map(PolicyDecision.Granted::slot).toList();
    }

    /** One random catalogue and profile, and situations under it. */
    private static final class World {
        private static final PolicyCatalogue BUILT_IN = Catalogue.builtIn();
        private static final List<String> FRAGMENTS =
                List.copyOf(BUILT_IN.fragments().keySet());
        private static final List<String> ROLES = List.copyOf(BUILT_IN.roles().keySet());
        private static final List<String> RESOURCES = List.of("operator", "standard", "guest", "anonymous", "service");

        private final Random random;
        private final PolicyCatalogue catalogue;
        private final PolicyProfile policy;
        private final String resources;
        private final PrincipalKind kind;
        private final SessionKind session;
        private final SessionSource source;
        private final AuthStrength strength;

        World(long seed) {
            random = new Random(seed);
            catalogue = PolicyCatalogue.of(
                    ROLES.stream().map(this::randomRole).toList(),
                    FRAGMENTS.stream().map(this::randomFragment).toList());
            policy = new PolicyProfile(
                    Shipped.policy("standard").profileId(),
                    "random",
                    some(EnumSet.allOf(PrincipalKind.class), PrincipalKind.values()),
                    sorted(some(ROLES)),
                    sorted(some(FRAGMENTS)),
                    Duration.ofHours(1),
                    Duration.ofMinutes(10),
                    Duration.ofMinutes(5),
                    new java.util.TreeMap<>());
            resources = pick(RESOURCES);
            kind = pick(List.of(PrincipalKind.values()));
            session = random.nextInt(4) > 0 ? SessionKind.of(kind) : pick(List.of(SessionKind.values()));
            source = pick(List.of(SessionSource.values()));
            strength = pick(List.of(AuthStrength.values()));
        }

        Situation situation() {
            return Situation.of(kind)
                    .catalogue(catalogue)
                    .policy(policy)
                    .resources(Shipped.resources(resources))
                    .session(session)
                    .from(source)
                    .proven(strength);
        }

        Situation again() {
            return situation();
        }

        List<String> someRoles() {
            List<String> roles = new ArrayList<>(some(ROLES));
            if (random.nextInt(4) == 0) {
                roles.add("no-such-role");
            }
            return roles;
        }

        private RoleDefinition randomRole(String name) {
            return new RoleDefinition(
                    name,
                    "random",
                    random.nextBoolean(),
                    random.nextBoolean(),
                    some(EnumSet.allOf(PrincipalKind.class), PrincipalKind.values()),
                    sorted(some(FRAGMENTS)),
                    sorted(some(FRAGMENTS)));
        }

        private BundleFragment randomFragment(String name) {
            return new BundleFragment(
                    name,
                    some(List.of(Slot.values())).stream()
                            .map(slot -> new SlotRule(slot, pick(List.of(SlotAccess.values()))))
                            .toList());
        }

        private Set<PrincipalKind> some(Set<PrincipalKind> otherwise, PrincipalKind... all) {
            List<PrincipalKind> chosen = some(List.of(all));
            return chosen.isEmpty() ? otherwise : EnumSet.copyOf(chosen);
        }

        private <T> List<T> some(List<T> all) {
            return all.stream().filter(item -> random.nextInt(3) == 0).toList();
        }

        private <T> T pick(List<T> all) {
            return all.get(random.nextInt(all.size()));
        }

        private static SortedSet<String> sorted(Collection<String> items) {
            return new TreeSet<>(items);
        }
    }
}
