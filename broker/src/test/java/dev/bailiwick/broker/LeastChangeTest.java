package dev.bailiwick.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.accountstore.AccountStatus;
import dev.bailiwick.profiles.BundleFragment;
import dev.bailiwick.profiles.Catalogue;
import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.profiles.PrincipalKind;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.profiles.SlotAccess;
import dev.bailiwick.profiles.SlotRule;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What turns a decision. */
class LeastChangeTest {
    private static final Planner PLANNER = new Planner(Planner.OFFERED);

    @Test
    void aRoleIsTheLeastThatGivesASlot() {
        assertThat(of(person(), Slot.HOME)).containsExactly("account-admin account role add alice local-user");
    }

    @Test
    void aRoleThatTheProfileDoesNotAllowTakesTwoSteps() {
        assertThat(of(person(), Slot.STORE_INSPECTOR))
                .containsExactly(
                        "account-admin account role add alice storage-admin",
                        "add \"storage-admin\" to the allowed roles of policy profile \"standard\":"
                                + " 'account-admin profile update standard FILE'");
    }

    @Test
    void aDisabledAccountIsEnabledFirst() {
        assertThat(of(person().status(AccountStatus.DISABLED), Slot.HOME))
                .containsExactly(
                        "account-admin account enable alice", "account-admin account role add alice local-user");
        assertThat(of(person().role("local-user").status(AccountStatus.LOCKED), Slot.HOME))
                .containsExactly("account-admin account unlock alice");
    }

    @Test
    void aRoleThatExpiredIsBoundAgain() {
        assertThat(of(person().roleFor("local-user", Duration.ofSeconds(-1)), Slot.HOME))
                .containsExactly("account-admin account role add alice local-user");
    }

    @Test
    void aQuotaOfNothingIsRaised() {
        assertThat(of(person().role("local-user").resources(Shipped.resources("guest")), Slot.CONFIG))
                .containsExactly("raise configQuotaBytes of resource profile \"guest\" from 0:"
                        + " 'account-admin profile update guest FILE'");
    }

    @Test
    void aLauncherForNothingIsGivenAPosture() {
        assertThat(of(person().role("local-user").resources(Shipped.resources("guest")), Slot.LAUNCHER))
                .containsExactly("set launcherProfile of resource profile \"guest\" to approved-apps:"
                        + " 'account-admin profile update guest FILE'");
    }

    @Test
    void aTerminalIsToBeBrought() {
        assertThat(of(person().role("local-user").withoutTerminal(), Slot.TERMINAL))
                .containsExactly("log in from a terminal: 'bailiwick login alice'");
    }

    @Test
    void whatAKindOfSessionNeverHoldsNothingGives() {
        assertThat(nothing(Situation.shipped("guest").role("local-user"), Slot.CONFIG))
                .isEqualTo("role \"local-user\" is not for principals of kind guest");
        assertThat(nothing(Situation.shipped("guest").catalogue(generous()), Slot.CONFIG))
                .endsWith("guest sessions never hold it");
        assertThat(nothing(Situation.of(PrincipalKind.ANONYMOUS).profiles("anonymous"), Slot.HOME))
                .contains("no role for principals of kind anonymous would");
    }

    @Test
    void anotherKindOfSessionIsNamedWhereItHelps() {
        assertThat(of(person().role("local-user").session(SessionKind.EXTERNAL), Slot.HOME))
                .containsExactly("ask for the account's own kind of session: '--kind local'");
    }

    @Test
    void whatThisBuildLacksNothingGives() {
        Planner lacking = new Planner(java.util.EnumSet.complementOf(java.util.EnumSet.of(Slot.HOME)));
        Situation situation = person().role("local-user");
        assertThat(new LeastChange(lacking, LeastChange.Alternatives.NONE)
                        .of(situation.facts(), situation.circumstances(), Slot.HOME))
                .isEqualTo(new LeastChange.Answer.Nothing("this build has no home"));
    }

    @Test
    void everyRoleThatSelectsASlotHasToGo() {
        assertThat(of(person().role("local-user"), Slot.HOME))
                .containsExactly("account-admin account role remove alice local-user");
        assertThat(of(person().role("local-user").role("developer"), Slot.LOGS))
                .containsExactly(
                        "account-admin account role remove alice developer",
                        "account-admin account role remove alice local-user");
        assertThat(of(person(), Slot.SESSION)).containsExactly("account-admin account disable alice");
    }

    @Test
    void anotherProfileHelpsWhereThisOneDoesNotServeThePrincipal() {
        Situation operator =
                Situation.of(PrincipalKind.OPERATOR).profiles("standard").role("local-user");
        LeastChange.Alternatives profiles = new LeastChange.Alternatives(
                List.of(),
                List.of(new Facts.Lookup.Found<>(
                        Shipped.policy("operator"),
                        Situation.source(dev.bailiwick.accountstore.RecordKind.POLICY_PROFILE, "operator"),
                        new dev.bailiwick.schema.VersionId(new dev.bailiwick.schema.Id128(8, 8)))));
        assertThat(new LeastChange(PLANNER, profiles).of(operator.facts(), operator.circumstances(), Slot.HOME))
                .isInstanceOfSatisfying(
                        LeastChange.Answer.Changes.class,
                        found -> assertThat(found.changes())
                                .extracting(LeastChange.Change::text)
                                .containsExactly("account-admin account set-profile alice --policy-profile operator"));
    }

    /** A catalogue whose every fragment selects a config. */
    private static PolicyCatalogue generous() {
        return PolicyCatalogue.of(
                Catalogue.builtIn().roles().values(),
                Catalogue.builtIn().fragments().values().stream()
                        .map(fragment -> new BundleFragment(
                                fragment.name(), List.of(new SlotRule(Slot.CONFIG, SlotAccess.FULL))))
                        .toList());
    }

    private static Situation person() {
        return Situation.of(PrincipalKind.HUMAN).profiles("standard");
    }

    private static List<String> of(Situation situation, Slot slot) {
        LeastChange.Answer answer = new LeastChange(PLANNER, LeastChange.Alternatives.NONE)
                .of(situation.facts(), situation.circumstances(), slot);
        assertThat(answer).isInstanceOf(LeastChange.Answer.Changes.class);
        return ((LeastChange.Answer.Changes) answer)
                .changes().stream().map(LeastChange.Change::text).toList();
    }

    private static String nothing(Situation situation, Slot slot) {
        LeastChange.Answer answer = new LeastChange(PLANNER, LeastChange.Alternatives.NONE)
                .of(situation.facts(), situation.circumstances(), slot);
        assertThat(answer).isInstanceOf(LeastChange.Answer.Nothing.class);
        return ((LeastChange.Answer.Nothing) answer).why();
    }
}
