package dev.bailiwick.identity;

import static dev.bailiwick.identity.Fixtures.ALICE;
import static dev.bailiwick.identity.Fixtures.BOB;
import static dev.bailiwick.identity.Fixtures.connected;
import static dev.bailiwick.identity.Fixtures.ids;
import static dev.bailiwick.identity.Fixtures.impersonating;
import static dev.bailiwick.identity.Fixtures.materialised;
import static dev.bailiwick.identity.Fixtures.person;
import static dev.bailiwick.identity.Fixtures.service;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Seed 001, impersonating a client's identity: one test for each of its sentences that is about tokens. */
class Seed001Test {
    private static final int READ = AccessMask.GENERIC_READ;
    private static final SecurityDescriptor ALICES =
            SecurityDescriptor.of(WellKnownSid.SYSTEM.sid(), Ace.allow(READ, ALICE));
    private static final SecurityDescriptor SERVICES =
            SecurityDescriptor.of(WellKnownSid.SYSTEM.sid(), Ace.allow(READ, WellKnownSid.LOCAL_SERVICE.sid()));

    private final LiveToken alice = person(ALICE);
    private final LiveToken files = service("files");
    private final ExecutionFlow flow = ExecutionFlow.start(new FlowId(1), files);

    private static boolean mayRead(ExecutionFlow flow, SecurityDescriptor descriptor) {
        return AccessCheck.allows(flow.effective().token(), descriptor, READ);
    }

    @Test
    void allAccessDecisionsUseTheClientsPermissionsInsteadOfTheServices() {
        assertThat(mayRead(flow, ALICES)).isFalse();
        assertThat(mayRead(flow, SERVICES)).isTrue();
        var _ = impersonating(flow, connected(alice, ImpersonationLevel.IMPERSONATION));
        assertThat(mayRead(flow, ALICES)).isTrue();
        assertThat(mayRead(flow, SERVICES)).isFalse();
    }

    @Test
    void fromThisPointTheCallingThreadCarriesTheClientsImpersonationToken() {
        LiveToken acting = impersonating(flow, connected(alice, ImpersonationLevel.IMPERSONATION));
        assertThat(flow.effective()).isSameAs(acting);
        assertThat(acting.token().type()).isEqualTo(TokenType.IMPERSONATION);
        assertThat(acting.token().user()).isEqualTo(ALICE);
    }

    @Test
    void otherThreadsContinueUsingTheServicesPrimaryTokenOrTheirOwnImpersonationTokens() throws Exception {
        ExecutionFlow second = flow.fork(new FlowId(2));
        ExecutionFlow third = flow.fork(new FlowId(3));
        var _ = impersonating(third, connected(person(BOB), ImpersonationLevel.IMPERSONATION));
        AtomicReference<Sid> onSecond = new AtomicReference<>();
        flow.call(() -> {
            var _ = impersonating(flow, connected(alice, ImpersonationLevel.IMPERSONATION));
            Thread thread = Thread.ofVirtual()
                    .start(() -> second.run(() -> onSecond.set(ExecutionFlow.current()
                            .orElseThrow()
                            .effective()
                            .token()
                            .user())));
            thread.join();
            assertThat(ExecutionFlow.current().orElseThrow().effective().token().user())
                    .isEqualTo(ALICE);
            return "";
        });
        assertThat(onSecond.get()).isEqualTo(WellKnownSid.LOCAL_SERVICE.sid());
        assertThat(third.effective().token().user()).isEqualTo(BOB);
    }

    @Test
    void theThreadsIdentityCanBeConfirmedAfterImpersonating() {
        var _ = impersonating(flow, connected(alice, ImpersonationLevel.IMPERSONATION));
        assertThat(flow.impersonation()).isPresent();
        assertThat(flow.effective().token().user()).isEqualTo(ALICE);
        assertThat(flow.effective().token().level()).isEqualTo(ImpersonationLevel.IMPERSONATION);
    }

    @ParameterizedTest
    @EnumSource(ImpersonationLevel.class)
    void withoutSeImpersonatePrivilegeTheImpersonateCallFails(ImpersonationLevel level) {
        LiveToken without = materialised(ServiceDefinition.of("x").withRequiredPrivileges(PrivilegeSet.NONE));
        assertThat(without.token().privileges().enabled().has(Privilege.IMPERSONATE))
                .as("enabled, but not present")
                .isTrue();
        ExecutionFlow other = ExecutionFlow.start(new FlowId(1), without);
        assertThat(other.impersonate(connected(alice, level), ids()))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(RefusalCode.PRIVILEGE_NOT_HELD));
        assertThat(other.effective()).isSameAs(without);
    }

    @Test
    void theServiceMustHoldThePrivilegeEnabledToo() {
        files.adjustPrivileges(List.of(PrivilegeChange.disable(Privilege.IMPERSONATE)));
        assertThat(flow.impersonate(connected(alice, ImpersonationLevel.DEFAULT), ids()))
                .isInstanceOf(Refused.class);
        files.adjustPrivileges(List.of(PrivilegeChange.enable(Privilege.IMPERSONATE)));
        assertThat(flow.impersonate(connected(alice, ImpersonationLevel.DEFAULT), ids()))
                .isInstanceOf(ImpersonateResult.Impersonating.class);
        assertThat(files.token().privileges().used().has(Privilege.IMPERSONATE)).isTrue();
    }

    @Test
    void aFailedImpersonateLeavesAnEarlierOneInPlace() {
        LiveToken acting = impersonating(flow, connected(alice, ImpersonationLevel.IMPERSONATION));
        files.adjustPrivileges(List.of(PrivilegeChange.remove(Privilege.IMPERSONATE)));
        assertThat(flow.impersonate(connected(person(BOB), ImpersonationLevel.IMPERSONATION), ids()))
                .isInstanceOf(Refused.class);
        assertThat(flow.effective()).isSameAs(acting);
    }

    @Test
    void atIdentificationLevelTheServiceCanReadTheClientsIdentity() {
        ClientConnection connection = connected(alice, ImpersonationLevel.IDENTIFICATION);
        assertThat(connection.identify())
                .isInstanceOfSatisfying(
                        IdentifyResult.Identified.class,
                        identified -> assertThat(identified.client().user()).isEqualTo(ALICE));
        assertThat(impersonating(flow, connection).token().user()).isEqualTo(ALICE);
    }

    @Test
    void atIdentificationLevelAccessDecisionsUseTheAnonymousIdentityNotTheClients() {
        SecurityDescriptor anonymous =
                SecurityDescriptor.of(WellKnownSid.SYSTEM.sid(), Ace.allow(READ, WellKnownSid.ANONYMOUS.sid()));
        var _ = impersonating(flow, connected(alice, ImpersonationLevel.IDENTIFICATION));
        assertThat(mayRead(flow, ALICES)).isFalse();
        assertThat(mayRead(flow, SERVICES)).isFalse();
        assertThat(mayRead(flow, anonymous)).isTrue();
        assertThat(flow.effective().token().judged().user()).hasToString("S-1-5-7");
    }

    @Test
    void atIdentificationLevelTheClientsPrivilegesAreNotUsableEither() {
        LiveToken acting = impersonating(flow, connected(alice, ImpersonationLevel.IDENTIFICATION));
        assertThat(acting.token().privileges().enabled().has(Privilege.CHANGE_NOTIFY))
                .isTrue();
        assertThat(acting.use(Privilege.CHANGE_NOTIFY)).isFalse();
    }

    @Test
    void connectionsToOtherLocalServicesCarryTheClientsIdentityTheReceivingServiceSeesTheClientNotYours() {
        var _ = impersonating(flow, connected(alice, ImpersonationLevel.IMPERSONATION));
        ClientConnection onward = connected(flow.connect(ImpersonationLevel.DEFAULT, ids()));
        assertThat(onward.identify())
                .isInstanceOfSatisfying(
                        IdentifyResult.Identified.class,
                        identified -> assertThat(identified.client().user()).isEqualTo(ALICE));
        ExecutionFlow third = ExecutionFlow.start(new FlowId(9), service("third"));
        var _ = impersonating(third, onward);
        assertThat(mayRead(third, ALICES)).isTrue();
    }

    @Test
    void aConnectionMadeAtIdentificationLevelCarriesAnonymousOn() {
        var _ = impersonating(flow, connected(alice, ImpersonationLevel.IDENTIFICATION));
        ClientConnection onward = connected(flow.connect(ImpersonationLevel.IMPERSONATION, ids()));
        assertThat(onward.level()).isEqualTo(ImpersonationLevel.ANONYMOUS);
        assertThat(onward.identify()).isInstanceOf(Refused.class);
    }

    @Test
    void privilegeChecksUseTheClientsPrivilegesNotYourServices() {
        LiveToken acting = impersonating(flow, connected(alice, ImpersonationLevel.IMPERSONATION));
        assertThat(files.token().holds(Privilege.CREATE_GLOBAL)).isTrue();
        assertThat(acting.use(Privilege.CREATE_GLOBAL)).isFalse();
        assertThat(acting.use(Privilege.CHANGE_NOTIFY)).isTrue();
    }

    @Test
    void yourServicesOwnIdentityAndPrivilegesAreIrrelevantForTheDurationOfTheImpersonation() {
        SecurityDescriptor own = SecurityDescriptor.ofServiceData(Sid.service("files"));
        assertThat(mayRead(flow, own)).isTrue();
        var _ = impersonating(flow, connected(alice, ImpersonationLevel.IMPERSONATION));
        assertThat(mayRead(flow, own)).isFalse();
        assertThat(flow.revert()).isTrue();
        assertThat(mayRead(flow, own)).isTrue();
    }

    @Test
    void aSecondImpersonationReplacesTheFirstAndOneRevertLandsOnThePrimaryToken() {
        var _ = impersonating(flow, connected(alice, ImpersonationLevel.IMPERSONATION));
        var _ = impersonating(flow, connected(person(BOB), ImpersonationLevel.IMPERSONATION));
        assertThat(flow.effective().token().user()).isEqualTo(BOB);
        assertThat(flow.revert()).isTrue();
        assertThat(flow.effective()).isSameAs(files);
        assertThat(flow.revert()).isFalse();
    }

    @Test
    void thePrivilegeIsJudgedOnThePrimaryTokenWhileTheFlowActsAsSomebodyElse() {
        var _ = impersonating(flow, connected(alice, ImpersonationLevel.IMPERSONATION));
        assertThat(flow.effective().token().holds(Privilege.IMPERSONATE)).isFalse();
        var _ = impersonating(flow, connected(person(BOB), ImpersonationLevel.IMPERSONATION));
        assertThat(flow.effective().token().user()).isEqualTo(BOB);
    }

    @Test
    void theServerNeverActsAboveItsOwnIntegrityLevel() {
        LiveToken low = Fixtures.minted(files.token().spec().withIntegrity(IntegrityLevel.LOW));
        ExecutionFlow server = ExecutionFlow.start(new FlowId(1), low);
        LiveToken acting = impersonating(server, connected(alice, ImpersonationLevel.IMPERSONATION));
        assertThat(acting.token().integrity()).isEqualTo(IntegrityLevel.LOW);
        assertThat(acting.token().level()).isEqualTo(ImpersonationLevel.IMPERSONATION);
        assertThat(impersonating(flow, connected(alice, ImpersonationLevel.IMPERSONATION))
                        .token()
                        .integrity())
                .as("a server above its client acts at the client's")
                .isEqualTo(IntegrityLevel.MEDIUM);
    }

    @Test
    void whatOneServerDoesToTheImpersonationTokenTouchesNeitherTheClientNorAnotherServer() {
        ClientConnection connection = connected(alice, ImpersonationLevel.IMPERSONATION);
        LiveToken one = impersonating(flow, connection);
        one.adjustPrivileges(List.of(PrivilegeChange.remove(Privilege.CHANGE_NOTIFY)));
        LiveToken again = impersonating(flow, connection);
        assertThat(again.token().holds(Privilege.CHANGE_NOTIFY)).isTrue();
        assertThat(alice.token().holds(Privilege.CHANGE_NOTIFY)).isTrue();
    }
}
