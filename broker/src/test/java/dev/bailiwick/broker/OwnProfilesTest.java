package dev.bailiwick.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.accountstore.CommitResult;
import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.schema.ProfileId;
import dev.bailiwick.schema.gen.Denial;
import java.time.Duration;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Which profiles account administrators give their own account, and that the others are for somebody else to give. */
class OwnProfilesTest {
    private final World world = World.seeded();

    /** Makes a policy profile like that of the operators, with other roles and another lifetime. */
    private void make(String name, Set<String> without, Duration lifetime) {
        PolicyProfile like = world.store
                .policy()
                .profileByName("operator")
                .orElseThrow()
                .content()
                .profile();
        SortedSet<String> roles = new TreeSet<>(like.allowedRoles());
        roles.removeAll(without);
        byte[] id = new byte[16];
        id[0] = (byte) name.length();
        assertThat(world.store
                        .policyProfileManager()
                        .create(
                                new PolicyProfile(
                                        ProfileId.of(id),
                                        name,
                                        like.kinds(),
                                        roles,
                                        like.fragments(),
                                        lifetime,
                                        like.idleTimeout(),
                                        like.freshAuth(),
                                        like.labels()),
                                Reviewed.DAEMON))
                .isInstanceOf(CommitResult.Committed.class);
    }

    private Holder operatorAgain() {
        return world.login(World.OPERATOR_UID, "operator", World.PASSWORD);
    }

    /** What a refused change of the operator's own profiles says. */
    private static String refusal(Holder operator, String resources, String policy) {
        var request = operator.manager().setProfilesRequest();
        request.params().setName("operator");
        request.params().setResourceProfile(resources);
        request.params().setPolicyProfile(policy);
        try (var response = request.send().join()) {
            Denial.Reader denial = response.get().getResult().getDenied();
            assertThat(denial.getHint().toString())
                    .isEqualTo("nobody widens their own bundle; let another administrator do it, one whom it does not"
                            + " concern");
            return Holder.code(denial) + ": " + denial.getMessage();
        }
    }

    @Test
    void aResourceProfileWithHigherLimitsIsForAnotherToGive() {
        try (world) {
            Holder operator = world.operator();
            RevocationTest.makeSecondAdministrator(world, operator);
            assertThat(operator.setProfiles("operator", "standard", ""))
                    .as("less is theirs to have")
                    .isEqualTo("committed");

            Holder again = operatorAgain();
            Object version = again.lookup("operator").get("version");
            assertThat(refusal(again, "operator", ""))
                    .isEqualTo("own-bundle: it would give your own account more by \"homeQuotaBytes\" of its resource"
                            + " profile");
            assertThat(refusal(again, "recovery", ""))
                    .as("fewer in most, more in some")
                    .startsWith("own-bundle: ");
            assertThat(again.lookup("operator")).as("nothing was written").containsEntry("version", version);
            assertThat(again.setProfiles("operator", "standard", ""))
                    .as("what it has")
                    .isEqualTo("committed");

            Holder second = world.login(World.ALICE_UID + 1, "second", World.PASSWORD);
            assertThat(second.setProfiles("operator", "operator", "")).isEqualTo("committed");
        }
    }

    @Test
    void aPolicyProfileWithMoreTimeOrMoreSlotsIsForAnotherToGive() {
        try (world) {
            Holder operator = world.operator();
            RevocationTest.makeSecondAdministrator(world, operator);
            Duration lifetime = Duration.ofHours(8);
            make("short", Set.of(), lifetime.minusHours(1));
            make("narrow", Set.of("storage-admin"), lifetime);
            make("longest", Set.of(), lifetime.plusHours(1));

            assertThat(refusal(operator, "", "longest"))
                    .isEqualTo("own-bundle: it would give your own account a longer session");
            assertThat(operator.setProfiles("operator", "", "short")).isEqualTo("committed");
            assertThat(refusal(operatorAgain(), "", "operator"))
                    .isEqualTo("own-bundle: it would give your own account a longer session");

            Holder second = world.login(World.ALICE_UID + 1, "second", World.PASSWORD);
            assertThat(second.setProfiles("operator", "", "narrow")).isEqualTo("committed");
            assertThat(refusal(operatorAgain(), "", "operator"))
                    .startsWith("own-bundle: it would give your own account the slot ");
        }
    }

    @Test
    void bothAtOnceAreComparedTogether() {
        try (world) {
            Holder operator = world.operator();
            RevocationTest.makeSecondAdministrator(world, operator);
            make("longest", Set.of(), Duration.ofHours(9));

            Object version = operator.lookup("operator").get("version");
            assertThat(refusal(operator, "standard", "longest")).startsWith("own-bundle: ");
            assertThat(operator.lookup("operator")).as("neither was changed").containsEntry("version", version);
        }
    }

    @Test
    void somebodyElsesAccountIsGivenMoreThanItHad() {
        try (world) {
            Holder operator = world.operator();
            operator.create("alice");

            assertThat(operator.setProfiles("alice", "operator", "operator")).isEqualTo("committed");
        }
    }
}
