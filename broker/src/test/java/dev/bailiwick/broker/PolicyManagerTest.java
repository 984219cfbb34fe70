package dev.bailiwick.broker;

import static dev.bailiwick.broker.Reviewed.ask;
import static dev.bailiwick.broker.Reviewed.grant;
import static dev.bailiwick.broker.SessionLifeTest.assertRevoked;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.profiles.BundleFragment;
import dev.bailiwick.profiles.Catalogue;
import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.ProfileCodecs;
import dev.bailiwick.profiles.ProgramRule;
import dev.bailiwick.profiles.RoleDefinition;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.profiles.SlotAccess;
import dev.bailiwick.profiles.SlotRule;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.VersionId;
import dev.bailiwick.schema.gen.PolicyChange;
import dev.bailiwick.schema.gen.PolicyManager;
import dev.bailiwick.schema.gen.PolicyProfileChange;
import dev.bailiwick.schema.gen.PolicyProfileManager;
import dev.bailiwick.schema.gen.ResourceProfileChange;
import dev.bailiwick.schema.gen.ResourceProfileManager;
import dev.bailiwick.schema.gen.SessionBundle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What a policy administrator changes with a lease, and what they do not. */
class PolicyManagerTest {
    private static final PolicyCatalogue CATALOGUE = Catalogue.builtIn();

    /** Paula with a lease of policy management. */
    private static PolicyManager.Client leased(Reviewed people) {
        Holder paula = people.person("paula", "policy-admin");
        Holder peter = people.person("peter", "policy-admin");
        assertThat(grant(peter, ask(paula, "policy-management", Duration.ofHours(1))))
                .isEqualTo("GRANTED");
        return people.again("paula", paula).hold(SessionBundle.Reader::getPolicyManager);
    }

    /** {@code committed}, {@code conflict}, or the denial's code. */
    private static String publish(PolicyManager.Client manager, PolicyCatalogue catalogue, long expect) {
        var request = manager.publishRequest();
        ProfileCodecs.write(
                catalogue, new VersionId(new Id128(0, 0)), request.params().initPolicyVersion());
        request.params().setExpect(expect);
        try (var response = request.send().join()) {
            PolicyChange.Reader result = response.get().getResult();
            return switch (result.which()) {
                case COMMITTED -> "committed";
                case CONFLICT -> "conflict";
                case DENIED -> Holder.code(result.getDenied());
                case _NOT_IN_SCHEMA -> "of a newer schema";
            };
        }
    }

    private static PolicyCatalogue with(String role, UnaryOperator<RoleDefinition> change) {
        return PolicyCatalogue.of(
                CATALOGUE.roles().values().stream()
                        .map(definition -> definition.name().equals(role) ? change.apply(definition) : definition)
                        .toList(),
                CATALOGUE.fragments().values());
    }

    private static RoleDefinition adding(RoleDefinition role, String fragment) {
        return new RoleDefinition(
                role.name(),
                role.summary(),
                role.administrative(),
                role.manifestOnly(),
                role.kinds(),
                plus(role.fragments(), fragment),
                role.leases());
    }

    private static SortedSet<String> plus(SortedSet<String> names, String name) {
        SortedSet<String> more = new TreeSet<>(names);
        more.add(name);
        return more;
    }

    @Test
    void aPublishedCatalogueIsInForceAndItsAuthorIsAnswered() {
        try (Reviewed people = new Reviewed()) {
            PolicyManager.Client manager = leased(people);
            Holder stella = people.person("stella", "storage-admin");
            assertThat(stella.receipts()).containsEntry("AUDIT_READER", "not-selected");

            assertThat(publish(manager, with("storage-admin", role -> adding(role, "audit-reading")), 1))
                    .isEqualTo("committed");

            assertThat(people.again("stella", stella).receipts()).containsEntry("AUDIT_READER", "granted");
            assertRevoked(() -> manager.showRequest().send().await());
        }
    }

    @Test
    void aLeaseGoesOnUnderALaterPolicyAndIsNotWidenedByIt() {
        try (Reviewed people = new Reviewed()) {
            PolicyManager.Client manager = leased(people);
            Holder stella = people.person("stella", "storage-admin");
            grant(people.login("operator"), ask(stella, "storage-repair", Duration.ofHours(1)));
            PolicyCatalogue wider = PolicyCatalogue.of(
                    CATALOGUE.roles().values(),
                    CATALOGUE.fragments().values().stream()
                            .map(fragment -> fragment.name().equals("storage-repair")
                                    ? new BundleFragment(
                                            "storage-repair",
                                            List.of(
                                                    new SlotRule(Slot.STORE_MAINTAINER, SlotAccess.FULL),
                                                    new SlotRule(Slot.AUDIT_READER, SlotAccess.FULL)))
                                    : fragment)
                            .toList());

            assertThat(publish(manager, wider, 0)).isEqualTo("committed");

            assertThat(people.again("stella", stella).receipts())
                    .containsEntry("STORE_MAINTAINER", "granted")
                    .containsEntry("AUDIT_READER", "not-selected");
        }
    }

    @Test
    void nobodyGivesThemselvesMoreProgramsToStart() {
        try (Reviewed people = new Reviewed()) {
            PolicyManager.Client manager = leased(people);
            ProgramRule date = requireNonNull(CATALOGUE.programs().get("date"));
            ProgramRule another = new ProgramRule(
                    "another",
                    date.summary(),
                    date.path(),
                    date.sha256(),
                    date.arguments(),
                    date.patterns(),
                    date.maxArguments(),
                    date.maxArgumentBytes(),
                    date.postures(),
                    date.holds(),
                    date.reads(),
                    date.asCaller());
            List<ProgramRule> more = new ArrayList<>(CATALOGUE.programs().values());
            more.add(another);

            assertThat(publish(
                            manager,
                            PolicyCatalogue.of(
                                    CATALOGUE.roles().values(),
                                    CATALOGUE.fragments().values(),
                                    more),
                            0))
                    .isEqualTo("own-bundle");
        }
    }

    @Test
    void nobodyWidensTheirOwnBundle() {
        try (Reviewed people = new Reviewed()) {
            PolicyManager.Client manager = leased(people);

            assertThat(publish(manager, with("policy-admin", role -> adding(role, "account-administration")), 0))
                    .isEqualTo("own-bundle");
            assertThat(publish(
                            manager,
                            with(
                                    "policy-admin",
                                    role -> new RoleDefinition(
                                            role.name(),
                                            role.summary(),
                                            true,
                                            false,
                                            role.kinds(),
                                            role.fragments(),
                                            plus(role.leases(), "storage-repair"))),
                            0))
                    .isEqualTo("own-bundle");
            assertThat(addRole(manager, "paula", "account-admin")).isEqualTo("own-account");
            manager.showRequest().send().await();
        }
    }

    @Test
    void nobodyGivesThemselvesMoreTimeByTheirOwnPolicyProfile() {
        try (Reviewed people = new Reviewed()) {
            PolicyManager.Client manager = leased(people);
            PolicyProfile own = profile(people, "operator");

            assertThat(update(manager, with(own, own.sessionLifetime().plusHours(1), own.freshAuth(), own.labels())))
                    .isEqualTo("own-bundle");
            assertThat(update(
                            manager,
                            with(own, own.sessionLifetime(), own.freshAuth().plusMinutes(1), own.labels())))
                    .isEqualTo("own-bundle");
            PolicyProfile others = profile(people, "standard");
            assertThat(update(
                            manager,
                            with(
                                    others,
                                    others.sessionLifetime().plusHours(1),
                                    others.freshAuth().plusMinutes(1),
                                    others.labels())))
                    .as("nobody who is bound by it asked")
                    .isEqualTo("committed");
            TreeMap<String, String> shorter = new TreeMap<>(own.labels());
            shorter.put(Approvals.LIMIT_LABEL, "10m");
            assertThat(update(manager, with(own, own.sessionLifetime().minusMinutes(1), own.freshAuth(), shorter)))
                    .as("less is theirs to have")
                    .isEqualTo("committed");

            Holder paula = people.login("paula");
            assertThat(grant(people.login("peter"), ask(paula, "policy-management", Duration.ofMinutes(10))))
                    .isEqualTo("GRANTED");
            assertThat(update(
                            people.again("paula", paula).hold(SessionBundle.Reader::getPolicyManager),
                            with(own, own.sessionLifetime().minusMinutes(1), own.freshAuth(), own.labels())))
                    .as("leases of an hour again")
                    .isEqualTo("own-bundle");
        }
    }

    private static PolicyProfile profile(Reviewed people, String name) {
        return people.world
                .store
                .policy()
                .profileByName(name)
                .orElseThrow()
                .content()
                .profile();
    }

    private static PolicyProfile with(
            PolicyProfile old, Duration lifetime, Duration freshAuth, SortedMap<String, String> labels) {
        return new PolicyProfile(
                old.profileId(),
                old.name(),
                old.kinds(),
                old.allowedRoles(),
                old.fragments(),
                lifetime,
                old.idleTimeout(),
                freshAuth,
                labels);
    }

    private static String update(PolicyManager.Client manager, PolicyProfile profile) {
        try (var opened = manager.policyProfilesRequest().send().join();
                PolicyProfileManager.Client profiles = opened.get().getManager()) {
            var request = profiles.updateRequest();
            request.params().setName(profile.name());
            ProfileCodecs.write(
                    profile, new VersionId(new Id128(0, 0)), 0, request.params().initProfile());
            request.params().getProfile().setProfileId(new byte[0]);
            try (var response = request.send().join()) {
                PolicyProfileChange.Reader result = response.get().getResult();
                return switch (result.which()) {
                    case COMMITTED -> "committed";
                    case CONFLICT -> "conflict";
                    case DENIED -> Holder.code(result.getDenied());
                    case _NOT_IN_SCHEMA -> "of a newer schema";
                };
            }
        }
    }

    @Test
    void whatDoesNotHoldTogetherIsNotPublished() {
        try (Reviewed people = new Reviewed()) {
            PolicyManager.Client manager = leased(people);

            assertThat(publish(
                            manager,
                            PolicyCatalogue.of(
                                    CATALOGUE.roles().values().stream()
                                            .filter(role -> !role.name().equals("developer"))
                                            .toList(),
                                    CATALOGUE.fragments().values()),
                            0))
                    .as("a profile allows it")
                    .isEqualTo("unknown-role");
            assertThat(publish(manager, CATALOGUE, 7)).isEqualTo("conflict");
        }
    }

    @Test
    void administrativeRolesAreBoundAndTakenAway() {
        try (Reviewed people = new Reviewed()) {
            PolicyManager.Client manager = leased(people);
            Holder stella = people.person("stella");

            assertThat(people.operator.addRole("stella", "storage-admin")).isEqualTo("administrative-role");
            assertThat(addRole(manager, "stella", "storage-admin")).isEqualTo("committed");
            assertThat(people.again("stella", stella).grantedSlots()).contains("STORE_INSPECTOR");
            assertThat(addRole(manager, "stella", "recovery-operator")).isEqualTo("manifest-only-role");
            assertThat(addRole(manager, "stella", "no-such-role")).isEqualTo("unknown-role");
            assertThat(addRole(manager, "nobody", "developer")).isEqualTo("not-found");

            var removing = manager.removeRoleRequest();
            removing.params().setName("stella");
            removing.params().setRole("storage-admin");
            try (var response = removing.send().join()) {
                assertThat(Holder.outcome(response.get().getResult())).isEqualTo("committed");
            }
            assertThat(people.again("stella", stella).grantedSlots()).doesNotContain("STORE_INSPECTOR");
        }
    }

    @Test
    void nobodyGivesThemselvesMoreToStartByTheirOwnResourceProfile() {
        try (Reviewed people = new Reviewed()) {
            Holder paula = people.person("paula", "policy-admin");
            Holder peter = people.person("peter", "policy-admin");
            assertThat(grant(peter, ask(paula, "resource-profile-management", Duration.ofHours(1))))
                    .isEqualTo("GRANTED");
            ResourceProfileManager.Client manager =
                    people.again("paula", paula).hold(SessionBundle.Reader::getResourceProfileManager);

            assertThat(update(people, manager, profile -> profile.setLauncherProfile("developer-tools")))
                    .isEqualTo("own-bundle");
        }
    }

    @Test
    void nobodyRaisesTheirOwnLimits() {
        try (Reviewed people = new Reviewed()) {
            Holder paula = people.person("paula", "policy-admin");
            people.person("peter", "policy-admin");
            assertThat(grant(people.login("peter"), ask(paula, "resource-profile-management", Duration.ofHours(1))))
                    .isEqualTo("GRANTED");
            ResourceProfileManager.Client manager =
                    people.again("paula", paula).hold(SessionBundle.Reader::getResourceProfileManager);

            assertThat(refusal(people, manager, profile -> profile.setHomeQuotaBytes(profile.getHomeQuotaBytes() + 1)))
                    .isEqualTo("own-bundle: it would give your own account more by \"homeQuotaBytes\" of its resource"
                            + " profile");
            assertThat(update(people, manager, profile -> profile.setSessionLimit(profile.getSessionLimit() + 1)))
                    .isEqualTo("own-bundle");
            assertThat(update(people, manager, profile -> profile.setCpuWindowUs(profile.getCpuWindowUs() / 2)))
                    .as("the same budget, twice as often")
                    .isEqualTo("own-bundle");
            assertThat(update(people, manager, profile -> {
                        profile.setProcessLimit(profile.getProcessLimit() - 1);
                        profile.setHomeQuotaBytes(profile.getHomeQuotaBytes() - 1);
                    }))
                    .as("less is theirs to have")
                    .isEqualTo("committed");
        }
    }

    @Test
    void whomAProfileDoesNotConcernRaisesItsLimits() {
        try (Reviewed people = new Reviewed()) {
            Holder paula = people.person("paula", "policy-admin");
            people.person("peter", "policy-admin");
            assertThat(people.operator.setProfiles("paula", "operator", "")).isEqualTo("committed");
            Holder moved = people.again("paula", paula);
            assertThat(grant(people.login("peter"), ask(moved, "resource-profile-management", Duration.ofHours(1))))
                    .isEqualTo("GRANTED");

            assertThat(update(
                            people,
                            people.again("paula", moved).hold(SessionBundle.Reader::getResourceProfileManager),
                            profile -> profile.setHomeQuotaBytes(profile.getHomeQuotaBytes() + 1)))
                    .isEqualTo("committed");
        }
    }

    /** What came of it: {@code committed}, or a code and what it says. */
    private static String refusal(
            Reviewed people,
            ResourceProfileManager.Client manager,
            Consumer<dev.bailiwick.schema.gen.ResourceProfile.Builder> change) {
        var request = manager.updateRequest();
        request.params().setName("standard");
        ProfileCodecs.write(
                people.world
                        .store
                        .resourceProfiles()
                        .byName("standard")
                        .orElseThrow()
                        .content()
                        .profile(),
                new VersionId(new Id128(0, 0)),
                0,
                request.params().initProfile());
        request.params().getProfile().setProfileId(new byte[0]);
        change.accept(request.params().getProfile());
        try (var response = request.send().join()) {
            ResourceProfileChange.Reader result = response.get().getResult();
            return switch (result.which()) {
                case COMMITTED -> "committed";
                case CONFLICT -> "conflict";
                case DENIED ->
                    Holder.code(result.getDenied()) + ": " + result.getDenied().getMessage();
                case _NOT_IN_SCHEMA -> "of a newer schema";
            };
        }
    }

    private static String update(
            Reviewed people,
            ResourceProfileManager.Client manager,
            Consumer<dev.bailiwick.schema.gen.ResourceProfile.Builder> change) {
        return refusal(people, manager, change).split(":", 2)[0];
    }

    @Test
    void resourceProfilesAreChangedWithALeaseOfTheirOwn() {
        try (Reviewed people = new Reviewed()) {
            Holder paula = people.person("paula", "policy-admin");
            Holder peter = people.person("peter", "policy-admin");
            assertThat(grant(peter, ask(paula, "resource-profile-management", Duration.ofHours(1))))
                    .isEqualTo("GRANTED");
            ResourceProfileManager.Client manager =
                    people.again("paula", paula).hold(SessionBundle.Reader::getResourceProfileManager);
            var request = manager.updateRequest();
            request.params().setName("guest");
            ProfileCodecs.write(
                    people.world
                            .store
                            .resourceProfiles()
                            .byName("guest")
                            .orElseThrow()
                            .content()
                            .profile(),
                    new VersionId(new Id128(0, 0)),
                    0,
                    request.params().initProfile());
            request.params().getProfile().setProfileId(new byte[0]);

            try (var response = request.send().join()) {
                assertThat(response.get().getResult().isCommitted()).isTrue();
            }
            assertThat(people.world.auditEntries().getLast().event().approval()).isPresent();
        }
    }

    private static String addRole(PolicyManager.Client manager, String name, String role) {
        var request = manager.addRoleRequest();
        request.params().setName(name);
        request.params().setRole(role);
        try (var response = request.send().join()) {
            return Holder.outcome(response.get().getResult());
        }
    }
}
