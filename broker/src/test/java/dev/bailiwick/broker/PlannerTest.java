package dev.bailiwick.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.accountstore.AccountStatus;
import dev.bailiwick.accountstore.RecordKind;
import dev.bailiwick.profiles.BundleFragment;
import dev.bailiwick.profiles.Catalogue;
import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.PrincipalKind;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.profiles.SlotAccess;
import dev.bailiwick.profiles.SlotRule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PlannerTest {
    @Test
    void aRoleOutsideThePolicyProfileIsIgnoredWithAReason() {
        BundlePlan plan = human().role("local-user").role("account-admin").plan();

        assertThat(reason(plan, Slot.ACCOUNT_MANAGER)).isEqualTo(PlanCode.ROLE_NOT_ALLOWED);
        assertThat(plan.decision(Slot.ACCOUNT_MANAGER).rule())
                .isEqualTo("role \"account-admin\" is not allowed by policy profile \"standard\"");
        assertThat(plan.roles()).containsExactly("local-user");
    }

    @Test
    void anExpiredBindingSelectsNothing() {
        BundlePlan plan = human().roleFor("local-user", Duration.ZERO).plan();

        assertThat(reason(plan, Slot.HOME)).isEqualTo(PlanCode.ROLE_EXPIRED);
    }

    @Test
    void aGrantLastsNoLongerThanTheBindingItRestsOn() {
        BundlePlan plan = human().roleFor("local-user", Duration.ofMinutes(5)).plan();

        assertThat(grant(plan, Slot.HOME).until()).contains(Situation.NOW.plus(Duration.ofMinutes(5)));
        assertThat(grant(plan, Slot.SESSION).until()).isEmpty();
    }

    @Test
    void ofTwoReasonsForASlotTheOneThatLastsLongerCounts() {
        BundlePlan plan = human().roleFor("local-user", Duration.ofMinutes(5))
                .role("developer")
                .plan();

        PolicyDecision.Granted logs = grant(plan, Slot.LOGS);
        assertThat(logs.rule()).isEqualTo("fragment \"developer-tools\" of role \"developer\"");
        assertThat(logs.until()).isEmpty();
    }

    @Test
    void anUnknownRoleSelectsNothingAndHarmsNothing() {
        assertThat(slots(human().role("local-user").role("wizard").plan()))
                .isEqualTo(slots(human().role("local-user").plan()));
    }

    @Test
    void aRoleForAnotherKindOfPrincipalSelectsNothing() {
        BundlePlan plan = human().policy(allowing("guest")).role("guest").plan();

        assertThat(reason(plan, Slot.HOME)).isEqualTo(PlanCode.ROLE_KIND);
    }

    @Test
    void anExternalSessionIsDeniedAdministrativeRoles() {
        BundlePlan plan = human().policy(allowing("account-admin"))
                .role("account-admin")
                .session(SessionKind.EXTERNAL)
                .plan();

        assertThat(reason(plan, Slot.ACCOUNT_MANAGER)).isEqualTo(PlanCode.ADMINISTRATIVE_ROLE);
    }

    @Test
    void anAccountThatIsNotActiveGetsNoSession() {
        assertThat(refusal(human().status(AccountStatus.DISABLED))).contains(PlanCode.ACCOUNT_DISABLED);
        assertThat(refusal(human().status(AccountStatus.LOCKED))).contains(PlanCode.ACCOUNT_LOCKED);
        assertThat(refusal(human().status(AccountStatus.RECOVERY_ONLY))).contains(PlanCode.ACCOUNT_RECOVERY_ONLY);
    }

    @Test
    void aRecoveryOnlyAccountStillReachesRecovery() {
        Situation recovery = Situation.shipped("recovery").status(AccountStatus.RECOVERY_ONLY);

        assertThat(refusal(recovery)).isEmpty();
    }

    @Test
    void recoveryStartsOnTheConsoleOnly() {
        assertThat(refusal(Situation.shipped("recovery").from(SessionSource.UNIX_SOCKET)))
                .contains(PlanCode.CONSOLE_ONLY);
    }

    @Test
    void whoeverHasShownNothingGetsNoPersonsSession() {
        assertThat(refusal(human().proven(AuthStrength.NONE))).contains(PlanCode.AUTH_TOO_WEAK);
    }

    @Test
    void aSessionKindThePrincipalDoesNotHaveIsRefused() {
        assertThat(refusal(human().session(SessionKind.OPERATOR))).contains(PlanCode.KIND_MISMATCH);
        assertThat(refusal(Situation.shipped("guest").session(SessionKind.LOCAL)))
                .contains(PlanCode.KIND_MISMATCH);
    }

    @Test
    void aProfileThatServesOtherKindsIsRefused() {
        assertThat(refusal(human().policy(Shipped.policy("guest")))).contains(PlanCode.PROFILE_KIND);
    }

    @Test
    void aProfileThatCannotBeUsedIsRefusedWithItsReason() {
        assertThat(refusal(human().withoutResources(PlanCode.UNKNOWN_PROFILE))).contains(PlanCode.UNKNOWN_PROFILE);
        assertThat(refusal(human().withoutResources(PlanCode.STALE_PROFILE))).contains(PlanCode.STALE_PROFILE);
        assertThat(refusal(human().withoutCatalogue())).contains(PlanCode.UNKNOWN_POLICY);
    }

    @Test
    void aFragmentThatTheCatalogueLacksIsRefused() {
        PolicyProfile standard = Shipped.policy("standard");
        PolicyProfile broken = new PolicyProfile(
                standard.profileId(),
                standard.name(),
                standard.kinds(),
                standard.allowedRoles(),
                new TreeSet<>(List.of("session", "no-such-thing")),
                standard.sessionLifetime(),
                standard.idleTimeout(),
                standard.freshAuth(),
                standard.labels());

        assertThat(refusal(human().policy(broken))).contains(PlanCode.UNKNOWN_FRAGMENT);
    }

    @Test
    void aRefusedPlanGrantsNoSlotAtAll() {
        BundlePlan plan =
                human().role("local-user").status(AccountStatus.DISABLED).plan();

        assertThat(plan.granted()).isEmpty();
        assertThat(reason(plan, Slot.HOME)).isEqualTo(PlanCode.ACCOUNT_DISABLED);
        assertThat(reason(plan, Slot.TERMINAL)).isEqualTo(PlanCode.ACCOUNT_DISABLED);
    }

    @Test
    void aQuotaOfZeroMeansNoneOfIt() {
        BundlePlan plan = human().resources(Shipped.resources("anonymous"))
                .role("local-user")
                .plan();

        assertThat(reason(plan, Slot.HOME)).isEqualTo(PlanCode.NO_QUOTA);
        assertThat(reason(plan, Slot.LOG_SINK)).isEqualTo(PlanCode.NO_QUOTA);
        assertThat(grant(plan, Slot.LOGS).quota()).isEmpty();
    }

    @Test
    void noCatalogueCanGiveAGuestADurableHomeOrAnAnonymousCallerAnything() {
        List<SlotRule> everything = new ArrayList<>();
        for (Slot slot : Slot.values()) {
            everything.add(new SlotRule(slot, SlotAccess.FULL));
        }
        PolicyCatalogue generous = PolicyCatalogue.of(
                Catalogue.builtIn().roles().values(),
                Catalogue.builtIn().fragments().values().stream()
                        .map(fragment -> new BundleFragment(fragment.name(), everything))
                        .toList());

        BundlePlan guest = Situation.shipped("guest")
                .resources(Shipped.resources("operator"))
                .catalogue(generous)
                .plan();
        BundlePlan anonymous = Situation.shipped("anonymous")
                .resources(Shipped.resources("operator"))
                .catalogue(generous)
                .plan();

        assertThat(grant(guest, Slot.HOME).access()).isEqualTo(SlotAccess.EPHEMERAL);
        assertThat(slots(guest))
                .contains("terminal", "session", "home", "tmp", "logs", "logSink", "help")
                .doesNotContain("config", "cache", "credentials", "keyring", "status", "login");
        assertThat(slots(anonymous)).containsExactly("session", "login", "help", "identity");
        assertThat(reason(anonymous, Slot.HOME)).isEqualTo(PlanCode.KIND_FORBIDS);
    }

    @Test
    void everyGrantCitesTheRecordsItRestsOn() {
        BundlePlan plan = human().role("local-user").plan();

        assertThat(grant(plan, Slot.HOME).sources())
                .extracting(Source::kind)
                .containsExactly(
                        RecordKind.ACCOUNT,
                        RecordKind.POLICY_PROFILE,
                        RecordKind.POLICY_VERSION,
                        RecordKind.ROLE_BINDING,
                        RecordKind.RESOURCE_PROFILE);
        assertThat(grant(plan, Slot.HOME).rule())
                .isEqualTo(
                        "fragment \"local-user\" of role \"local-user\", homeQuotaBytes of resource profile \"standard\"");
        assertThat(plan.journalSize()).isEqualTo(17);
    }

    @Test
    void aSlotNobodySelectsSaysWhichRolesWould() {
        assertThat(human().plan().decision(Slot.STORE_INSPECTOR).rule())
                .isEqualTo("nothing in force selects it; these roles would: storage-admin");
    }

    @Test
    void leasesOfRolesInForceAreListed() {
        assertThat(human().role("developer").plan().leases()).containsExactly("test-network-client");
        assertThat(human().role("storage-admin").plan().leases()).isEmpty();
    }

    private static Situation human() {
        return Situation.of(PrincipalKind.HUMAN).profiles("standard");
    }

    private static PolicyProfile allowing(String role) {
        PolicyProfile standard = Shipped.policy("standard");
        return new PolicyProfile(
                standard.profileId(),
                standard.name(),
                standard.kinds(),
                new TreeSet<>(List.of(role)),
                standard.fragments(),
                standard.sessionLifetime(),
                standard.idleTimeout(),
                standard.freshAuth(),
                standard.labels());
    }

    private static Optional<PlanCode> refusal(Situation situation) {
        return situation.plan().refusal().map(BundlePlan.Refusal::code);
    }

    private static PolicyDecision.Granted grant(BundlePlan plan, Slot slot) {
        assertThat(plan.decision(slot)).isInstanceOf(PolicyDecision.Granted.class);
        return (PolicyDecision.Granted) plan.decision(slot);
    }

    private static PlanCode reason(BundlePlan plan, Slot slot) {
        assertThat(plan.decision(slot)).isInstanceOf(PolicyDecision.NotGranted.class);
        return ((PolicyDecision.NotGranted) plan.decision(slot)).why();
    }

    private static List<String> slots(BundlePlan plan) {
        return plan.granted().stream().map(grant -> grant.slot().text()).toList();
    }

    @Test
    void theClockIsAnInputAndNothingElseIs() {
        Instant later = Situation.NOW.plus(Duration.ofDays(1));
        Facts facts = human().roleFor("local-user", Duration.ofHours(1)).facts();
        Planner planner = new Planner(Planner.OFFERED);

        assertThat(slots(planner.plan(facts, at(Situation.NOW)))).contains("home");
        assertThat(slots(planner.plan(facts, at(later)))).doesNotContain("home");
    }

    private static Circumstances at(Instant now) {
        return new Circumstances(SessionKind.LOCAL, SessionSource.UNIX_SOCKET, AuthStrength.PASSWORD, true, now);
    }
}
