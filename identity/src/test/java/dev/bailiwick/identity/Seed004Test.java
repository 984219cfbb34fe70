package dev.bailiwick.identity;

import static dev.bailiwick.identity.Fixtures.ALICE;
import static dev.bailiwick.identity.Fixtures.BOB;
import static dev.bailiwick.identity.Fixtures.DOMAIN;
import static dev.bailiwick.identity.Fixtures.STAFF;
import static dev.bailiwick.identity.Fixtures.TEST;
import static dev.bailiwick.identity.Fixtures.boot;
import static dev.bailiwick.identity.Fixtures.connected;
import static dev.bailiwick.identity.Fixtures.ids;
import static dev.bailiwick.identity.Fixtures.impersonating;
import static dev.bailiwick.identity.Fixtures.materialised;
import static dev.bailiwick.identity.Fixtures.person;
import static dev.bailiwick.identity.Fixtures.service;
import static dev.bailiwick.identity.Fixtures.serviceTokens;
import static dev.bailiwick.identity.Fixtures.sids;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Seed 004, the identity of services: one test for each of its sentences that is about tokens. */
class Seed004Test {
    private static final ServiceDefinition SYSTEM = ServiceDefinition.of("core").withIdentity("SYSTEM");

    @Test
    void theSystemTokenIsNeverSharedWithAnyServiceEvenIdentitySystemGetsASeparateOne() {
        LiveToken minter = boot();
        LiveToken core = materialised(serviceTokens().materialise(SYSTEM, new ExecContext.Main(), minter));
        assertThat(core).isNotSameAs(minter);
        assertThat(core.id()).isNotEqualTo(minter.id());
        assertThat(core.token().user()).isEqualTo(WellKnownSid.SYSTEM.sid());
    }

    @ParameterizedTest
    @CsvSource({
        "SYSTEM, S-1-5-18, system",
        "LocalService, S-1-5-19, well-known",
        "NetworkService, S-1-5-20, well-known",
        "alice, S-1-5-21-11-22-33-1013, local"
    })
    void materialisationDependsOnTheIdentityField(String identity, String user, String source) {
        Fixtures.Directory local = new Fixtures.Directory("local", DOMAIN).knows("alice", ALICE);
        MaterialiseResult result = serviceTokens(local)
                .materialise(ServiceDefinition.of("x").withIdentity(identity), new ExecContext.Main(), boot());
        assertThat(result).isInstanceOfSatisfying(MaterialiseResult.Materialised.class, done -> {
            assertThat(done.token().token().user()).hasToString(user);
            assertThat(done.source()).isEqualTo(source);
        });
    }

    @Test
    void anAbsentOrEmptyIdentityDefaultsToLocalService() {
        assertThat(materialised(ServiceDefinition.of("x")).token().user()).isEqualTo(WellKnownSid.LOCAL_SERVICE.sid());
        assertThat(materialised(ServiceDefinition.of("x").withIdentity(""))
                        .token()
                        .user())
                .isEqualTo(WellKnownSid.LOCAL_SERVICE.sid());
    }

    @Test
    void theMintedSystemTokenHasTheSameIdentityGroupsAndPrivilegesAndThePerServiceSid() {
        LiveToken minter = boot();
        Token core = materialised(serviceTokens().materialise(SYSTEM, new ExecContext.Main(), minter))
                .token();
        List<Group> groups = new ArrayList<>(minter.token().groups());
        groups.add(Group.service(Sid.service("core")));
        assertThat(core.groups()).isEqualTo(groups);
        assertThat(core.privileges().present())
                .isEqualTo(minter.token().privileges().present());
        assertThat(core.privileges().enabled())
                .isEqualTo(minter.token().privileges().enabled());
        assertThat(core.type()).isEqualTo(TokenType.PRIMARY);
        assertThat(core.integrity()).isEqualTo(IntegrityLevel.SYSTEM);
        assertThat(core.session()).isEqualTo(minter.token().session());
    }

    @Test
    void theLaterPrivilegeRestrictionDoesNotAffectTheMintersOwnToken() {
        LiveToken minter = boot();
        Privileges before = minter.token().privileges();
        var _ = materialised(serviceTokens()
                .materialise(SYSTEM.withRequiredPrivileges(PrivilegeSet.NONE), new ExecContext.Main(), minter));
        assertThat(minter.token().privileges().present()).isEqualTo(before.present());
        assertThat(minter.token().privileges().enabled()).isEqualTo(before.enabled());
    }

    @ParameterizedTest
    @ValueSource(strings = {"SYSTEM", "LocalService"})
    void mintingRequiresTheMinterToHoldSeCreateTokenPrivilegeWhichTheBootTokenCarries(String identity) {
        ServiceDefinition definition = ServiceDefinition.of("x").withIdentity(identity);
        LiveToken minter = boot();
        minter.adjustPrivileges(List.of(PrivilegeChange.disable(Privilege.CREATE_TOKEN)));
        assertThat(serviceTokens().materialise(definition, new ExecContext.Main(), minter))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(RefusalCode.PRIVILEGE_NOT_HELD));
        minter.adjustPrivileges(List.of(PrivilegeChange.enable(Privilege.CREATE_TOKEN)));
        var _ = materialised(serviceTokens().materialise(definition, new ExecContext.Main(), minter));
        assertThat(minter.token().privileges().used().toList()).containsExactly(Privilege.CREATE_TOKEN);
    }

    @Test
    void systemIsMintedFromATokenOfSystemOnly() {
        LiveToken powerful =
                Fixtures.minted(TokenSpec.of(ALICE, IntegrityLevel.SYSTEM, new LogonSession(1, LogonType.SERVICE), TEST)
                        .withPrivileges(Privileges.of(PrivilegeSet.ALL, PrivilegeSet.ALL)));
        assertThat(serviceTokens().materialise(SYSTEM, new ExecContext.Main(), powerful))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(RefusalCode.NOT_SYSTEM));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "system",
                "System",
                " SYSTEM",
                "SYSTEM ",
                "localservice",
                "LocalService ",
                "alice ",
                "NT AUTHORITY\\SYSTEM",
                "S-1-5-18",
                "\u0130",
                " "
            })
    void theIdentityValueIsSentToTheSourcesVerbatim(String identity) {
        Fixtures.Directory local = new Fixtures.Directory("local", DOMAIN);
        Fixtures.Directory external = new Fixtures.Directory("external", Sid.parse("S-1-5-21-9-9-9"));
        assertThat(serviceTokens(local, external)
                        .materialise(ServiceDefinition.of("x").withIdentity(identity), new ExecContext.Main(), boot()))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(RefusalCode.UNKNOWN_IDENTITY));
        assertThat(local.asked).containsExactly(identity);
        assertThat(external.asked).containsExactly(identity);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SYSTEM", "LocalService", "NetworkService", ""})
    void wellKnownPrincipalsAreBuiltInAndNoSourceIsAsked(String identity) {
        Fixtures.Directory local = new Fixtures.Directory("local", DOMAIN).knows(identity, ALICE);
        Token token = materialised(serviceTokens(local)
                        .materialise(ServiceDefinition.of("x").withIdentity(identity), new ExecContext.Main(), boot()))
                .token();
        assertThat(local.asked).isEmpty();
        assertThat(token.user()).isNotEqualTo(ALICE);
    }

    @Test
    void wellKnownPrincipalsHaveAPredefinedMinimalPrivilegeSet() {
        Privileges privileges = service("x").token().privileges();
        assertThat(privileges.present().toList())
                .containsExactly(
                        Privilege.CHANGE_NOTIFY,
                        Privilege.IMPERSONATE,
                        Privilege.CREATE_GLOBAL,
                        Privilege.INCREASE_WORKING_SET,
                        Privilege.BIND_PRIVILEGED_PORT);
        assertThat(privileges.enabled().toList())
                .containsExactly(Privilege.CHANGE_NOTIFY, Privilege.IMPERSONATE, Privilege.CREATE_GLOBAL);
    }

    @Test
    void theSourceReturnsUserSidAndGroupSidsAndTheMinterMakesTokenAndSession() {
        Fixtures.Directory local = new Fixtures.Directory("local", DOMAIN).knows("files", ALICE, STAFF);
        ServiceTokens tokens = serviceTokens(local);
        ServiceDefinition definition = ServiceDefinition.of("files").withIdentity("files");
        Token one = materialised(tokens.materialise(definition, new ExecContext.Main(), boot()))
                .token();
        Token two = materialised(tokens.materialise(definition, new ExecContext.Main(), boot()))
                .token();
        assertThat(one.user()).isEqualTo(ALICE);
        assertThat(sids(one)).contains(STAFF);
        assertThat(one.session().type()).isEqualTo(LogonType.SERVICE);
        assertThat(one.session()).as("one each").isNotEqualTo(two.session());
        assertThat(one.logon()).contains(one.session().sid());
        assertThat(one.privileges().present()).isEqualTo(PrivilegeSet.of(Privilege.CHANGE_NOTIFY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SYSTEM", "LocalService", "NetworkService", "alice"})
    void everyServiceTokenCarriesAPerServiceSidInItsGroupList(String identity) {
        Fixtures.Directory local = new Fixtures.Directory("local", DOMAIN).knows("alice", ALICE);
        Token token = materialised(serviceTokens(local)
                        .materialise(
                                ServiceDefinition.of("app").withIdentity(identity), new ExecContext.Main(), boot()))
                .token();
        assertThat(token.groups()).contains(Group.service(Sid.service("app")));
        assertThat(sids(token).stream().filter(Sid::isService)).containsExactly(Sid.service("app"));
    }

    @Test
    void thePerServiceSidCannotBeSwitchedOff() {
        LiveToken app = service("app");
        assertThat(app.adjustGroups(List.of(new GroupChange.Disable(Sid.service("app")))))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(RefusalCode.GROUP_MANDATORY));
    }

    @Test
    void aMinterThatIsAServiceItselfDoesNotPassItsServiceSidOn() {
        LiveToken supervisor = materialised(SYSTEM);
        Token other = materialised(serviceTokens()
                        .materialise(
                                ServiceDefinition.of("other").withIdentity("SYSTEM"),
                                new ExecContext.Main(),
                                supervisor))
                .token();
        assertThat(sids(other).stream().filter(Sid::isService)).containsExactly(Sid.service("other"));
    }

    @Test
    void theSidIsADeterministicHashAndNoSourceIsInvolved() {
        assertThat(Sid.service("app"))
                .isEqualTo(Sid.service("app"))
                .hasToString("S-1-5-80-2426739453-2501902915-3009591593-922485235-2122754908");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SYSTEM", "LocalService"})
    void everyPrivilegeNotInTheListIsRemovedFromPresentAndTheOtherMasksAreLeft(String identity) {
        ServiceDefinition definition = ServiceDefinition.of("x").withIdentity(identity);
        Privileges full = materialised(definition).token().privileges();
        PrivilegeSet required = PrivilegeSet.of(Privilege.CHANGE_NOTIFY, Privilege.BIND_PRIVILEGED_PORT);
        Privileges restricted = materialised(definition.withRequiredPrivileges(required))
                .token()
                .privileges();
        assertThat(restricted)
                .isEqualTo(new Privileges(required, full.enabled(), full.enabledByDefault(), full.used()));
    }

    @Test
    void restrictionIsPurelySubtractiveAndAddsNothing() {
        PrivilegeSet required = PrivilegeSet.of(Privilege.CHANGE_NOTIFY, Privilege.DEBUG, Privilege.TCB);
        LiveToken token = materialised(ServiceDefinition.of("x").withRequiredPrivileges(required));
        assertThat(token.token().privileges().present().toList()).containsExactly(Privilege.CHANGE_NOTIFY);
        assertThat(token.use(Privilege.DEBUG)).isFalse();
    }

    @Test
    void enabledAloneIsNeverEnough() {
        LiveToken token = materialised(ServiceDefinition.of("x").withRequiredPrivileges(PrivilegeSet.NONE));
        for (Privilege privilege : Privilege.values()) {
            assertThat(token.use(privilege)).as(privilege.text()).isFalse();
            assertThat(token.token().holds(privilege)).isFalse();
        }
        assertThat(token.token().privileges().held()).isEqualTo(PrivilegeSet.NONE);
        assertThat(token.token().privileges().used()).isEqualTo(PrivilegeSet.NONE);
    }

    @Test
    void aResetDoesNotBringARestrictedPrivilegeBack() {
        LiveToken token = materialised(ServiceDefinition.of("x").withRequiredPrivileges(PrivilegeSet.NONE));
        var _ = token.resetPrivileges();
        assertThat(token.use(Privilege.IMPERSONATE)).isFalse();
        assertThat(token.token().privileges().present()).isEqualTo(PrivilegeSet.NONE);
    }

    @Test
    void ifRequiredPrivilegesIsAbsentTheDefaultSetIsUsedUnchangedAndIfEmptyNothingIsLeft() {
        assertThat(service("x").token().privileges().present())
                .isEqualTo(TokenPolicy.standard()
                        .of(WellKnownSid.LOCAL_SERVICE.sid())
                        .present());
        assertThat(materialised(ServiceDefinition.of("x").withRequiredPrivileges(PrivilegeSet.NONE))
                        .token()
                        .privileges()
                        .present())
                .isEqualTo(PrivilegeSet.NONE);
    }

    @Test
    void theMainProcessRunsAsTheIdentityField() {
        assertThat(identityIn(new ExecContext.Main(), Optional.of("alice"), Optional.of("bob")))
                .isEqualTo(ALICE);
    }

    @Test
    void execStartPreAndExecStartPostRunAsHookIdentityIfSetOtherwiseAsTheIdentity() {
        for (ExecContext hook : List.of(new ExecContext.StartPre(), new ExecContext.StartPost())) {
            assertThat(identityIn(hook, Optional.of("alice"), Optional.of("bob")))
                    .isEqualTo(BOB);
            assertThat(identityIn(hook, Optional.of("alice"), Optional.empty())).isEqualTo(ALICE);
            assertThat(identityIn(hook, Optional.of("alice"), Optional.of(""))).isEqualTo(ALICE);
            assertThat(identityIn(hook, Optional.empty(), Optional.empty()))
                    .isEqualTo(WellKnownSid.LOCAL_SERVICE.sid());
            assertThat(identityIn(hook, Optional.empty(), Optional.of("bob"))).isEqualTo(BOB);
        }
    }

    @Test
    void healthChecksRunAsTheIdentityFieldAlways() {
        assertThat(identityIn(new ExecContext.HealthCheck(), Optional.of("alice"), Optional.of("bob")))
                .isEqualTo(ALICE);
    }

    @Test
    void execReloadRunsAsTheIdentityFieldAlwaysHookIdentityDoesNotApply() {
        assertThat(identityIn(new ExecContext.Reload(), Optional.of("alice"), Optional.of("SYSTEM")))
                .isEqualTo(ALICE);
    }

    @Test
    void ifHookIdentityNamesSystemASystemTokenIsMintedForTheHookWithTheSidOfTheService() {
        Token hook = materialised(ServiceDefinition.of("app").withHookIdentity("SYSTEM"), new ExecContext.StartPre())
                .token();
        assertThat(hook.user()).isEqualTo(WellKnownSid.SYSTEM.sid());
        assertThat(hook.service()).contains(Sid.service("app"));
    }

    @Test
    void theSameRulesApplyToHooksRequiredPrivilegesToo() {
        ServiceDefinition definition = ServiceDefinition.of("app")
                .withHookIdentity("SYSTEM")
                .withRequiredPrivileges(PrivilegeSet.of(Privilege.CHANGE_NOTIFY));
        assertThat(materialised(definition, new ExecContext.StartPost())
                        .token()
                        .privileges()
                        .present()
                        .toList())
                .containsExactly(Privilege.CHANGE_NOTIFY);
    }

    private static Sid identityIn(ExecContext context, Optional<String> identity, Optional<String> hook) {
        Fixtures.Directory local =
                new Fixtures.Directory("local", DOMAIN).knows("alice", ALICE).knows("bob", BOB);
        ServiceDefinition definition = new ServiceDefinition("x", identity, Optional.empty(), hook);
        return materialised(serviceTokens(local).materialise(definition, context, boot()))
                .token()
                .user();
    }

    @Test
    void adHocJobsGetTheCallersEffectiveToken() {
        LiveToken alice = person(ALICE);
        ExecutionFlow flow = ExecutionFlow.start(new FlowId(1), service("jobs"));
        var _ = impersonating(flow, connected(alice, ImpersonationLevel.IMPERSONATION));
        ServiceDefinition definition = ServiceDefinition.of("x").withRequiredPrivileges(PrivilegeSet.NONE);
        MaterialiseResult result =
                serviceTokens().materialise(definition, new ExecContext.AdHocJob(flow.effective()), person(BOB));
        assertThat(result).isInstanceOfSatisfying(MaterialiseResult.Materialised.class, done -> {
            Token job = done.token().token();
            assertThat(job.user()).isEqualTo(ALICE);
            assertThat(job.type()).isEqualTo(TokenType.PRIMARY);
            assertThat(job.level()).isEqualTo(ImpersonationLevel.IMPERSONATION);
            assertThat(job.groups()).isEqualTo(alice.token().groups());
            assertThat(job.privileges()).isEqualTo(alice.token().privileges());
            assertThat(job.service()).isEmpty();
            assertThat(done.token()).isNotSameAs(flow.effective());
            assertThat(done.source()).isEqualTo("caller");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"ANONYMOUS", "IDENTIFICATION"})
    void aCallerThatCannotBeActedForHasNoAdHocJob(ImpersonationLevel level) {
        ExecutionFlow flow = ExecutionFlow.start(new FlowId(1), service("jobs"));
        var _ = impersonating(flow, connected(person(ALICE), level));
        assertThat(serviceTokens()
                        .materialise(ServiceDefinition.of("x"), new ExecContext.AdHocJob(flow.effective()), boot()))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(RefusalCode.LEVEL_TOO_LOW));
    }

    @Test
    void aJobOfAnImpersonatedCallerCannotDelegateEither() {
        ExecutionFlow flow = ExecutionFlow.start(new FlowId(1), service("jobs"));
        var _ = impersonating(flow, connected(person(ALICE), ImpersonationLevel.IMPERSONATION));
        LiveToken job = materialised(serviceTokens()
                .materialise(ServiceDefinition.of("x"), new ExecContext.AdHocJob(flow.effective()), boot()));
        assertThat(ClientConnection.open(job, ImpersonationLevel.DELEGATION, ids()))
                .isInstanceOf(Refused.class);
        assertThat(job.token().forwardable()).isFalse();
    }
}
