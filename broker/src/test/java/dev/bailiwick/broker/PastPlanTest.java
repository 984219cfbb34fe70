package dev.bailiwick.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.Attribution;
import dev.bailiwick.accountstore.CommitGate;
import dev.bailiwick.accountstore.CommitResult;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.profiles.ResourceProfile;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.schema.AccountName;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Plans as of the past, against plans that were made when it was the present. Rerun one case with its seed. */
class PastPlanTest {
    private static final Attribution BY = Attribution.of(new Actor.Offline(0), CommitGate.alwaysOpen());
    private static final List<String> ROLES = List.of("local-user", "developer", "storage-admin");
    private static final Planner PLANNER = new Planner(Planner.OFFERED);

    @Test
    void aPlanOfThenIsThePlanThatWasMadeThen() {
        long seed = Long.getLong("past.seed", System.nanoTime());
        Random random = new Random(seed);
        try (World world = World.seeded()) {
            world.operator().create("alice");
            Map<Long, BundlePlan> recorded = new LinkedHashMap<>();
            for (int i = 0; i < 60; i++) {
                world.clock.advance(Duration.ofMinutes(1 + random.nextInt(90)));
                if (changes(world, random)) {
                    recorded.put(head(world), now(world));
                }
            }
            assertThat(recorded).hasSizeGreaterThan(20);
            // Later, with everything changed once more and expired.
            world.clock.advance(Duration.ofDays(400));
            recorded.forEach((sequence, plan) -> assertThat(then(world, sequence))
                    .as("sequence %d; rerun with -Dpast.seed=%d", sequence, seed)
                    .isEqualTo(plan));
        }
    }

    private static long head(World world) {
        return world.store.inspector().head().journalSize();
    }

    private static BundlePlan now(World world) {
        return world.store.read(snapshot -> PLANNER.plan(
                StoreRecords.facts(snapshot, snapshot.accounts().byName(name()).orElseThrow()),
                Circumstances.usual(
                        SessionKind.LOCAL,
                        snapshot.records().timeOf(snapshot.head().journalSize()).orElseThrow())));
    }

    private static BundlePlan then(World world, long sequence) {
        return world.store.read(snapshot -> PLANNER.plan(
                new PastFacts(snapshot, sequence)
                        .of(snapshot.accounts().byNameAt(name(), sequence).orElseThrow()),
                Circumstances.usual(
                        SessionKind.LOCAL, snapshot.records().timeOf(sequence).orElseThrow())));
    }

    private static dev.bailiwick.schema.NameKey name() {
        return AccountName.parse("alice").key();
    }

    /** Some change of what her bundle rests on; false if there was nothing to change. */
    private static boolean changes(World world, Random random) {
        Stored<Account> alice =
                world.store.read(snapshot -> snapshot.accounts().byName(name()).orElseThrow());
        var accounts = world.store.accountManager();
        String role = ROLES.get(random.nextInt(ROLES.size()));
        Optional<java.time.Instant> until = random.nextBoolean()
                ? Optional.empty()
                : Optional.of(world.clock.instant().plus(Duration.ofHours(1 + random.nextInt(4))));
        CommitResult result = switch (random.nextInt(6)) {
            case 0 -> accounts.addRole(alice.recordId(), role, until, alice.version(), BY);
            case 1 -> accounts.removeRole(alice.recordId(), role, alice.version(), BY);
            case 2 -> quota(world, random.nextInt(3) * 4096L);
            case 3 -> allowed(world, random);
            case 4 -> pinned(world, alice, random);
            default ->
                accounts.setStatus(
                        alice.recordId(),
                        random.nextBoolean()
                                ? dev.bailiwick.accountstore.AccountStatus.ACTIVE
                                : dev.bailiwick.accountstore.AccountStatus.LOCKED,
                        alice.version(),
                        BY);
        };
        return result instanceof CommitResult.Committed;
    }

    private static CommitResult quota(World world, long bytes) {
        var standard = world.store.read(
                snapshot -> snapshot.resourceProfiles().byName("standard").orElseThrow());
        ResourceProfile changed = SlotQuota.with(Slot.HOME, standard.content().profile(), bytes);
        return world.store.resourceProfileManager().update(changed, standard.version(), BY);
    }

    private static CommitResult allowed(World world, Random random) {
        var standard = world.store.read(
                snapshot -> snapshot.policy().profileByName("standard").orElseThrow());
        PolicyProfile old = standard.content().profile();
        NavigableSet<String> roles = new TreeSet<>();
        ROLES.stream().filter(role -> random.nextBoolean()).forEach(roles::add);
        return world.store
                .policyProfileManager()
                .update(
                        new PolicyProfile(
                                old.profileId(),
                                old.name(),
                                old.kinds(),
                                roles,
                                old.fragments(),
                                old.sessionLifetime(),
                                old.idleTimeout(),
                                old.freshAuth(),
                                old.labels()),
                        standard.version(),
                        BY);
    }

    /** Another profile, or a pin to the version of now. */
    private static CommitResult pinned(World world, Stored<Account> alice, Random random) {
        var profile = world.store.read(snapshot -> snapshot.resourceProfiles()
                .byName(random.nextBoolean() ? "standard" : "guest")
                .orElseThrow());
        ProfileRef reference = new ProfileRef(
                profile.content().profile().profileId(),
                random.nextBoolean() ? Optional.of(profile.content().versionId()) : Optional.empty(),
                0);
        return world.store
                .accountManager()
                .setProfiles(alice.recordId(), Optional.of(reference), Optional.empty(), alice.version(), BY);
    }
}
