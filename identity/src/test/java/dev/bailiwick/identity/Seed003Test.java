package dev.bailiwick.identity;

import static dev.bailiwick.identity.Fixtures.ALICE;
import static dev.bailiwick.identity.Fixtures.connected;
import static dev.bailiwick.identity.Fixtures.duplicated;
import static dev.bailiwick.identity.Fixtures.ids;
import static dev.bailiwick.identity.Fixtures.impersonating;
import static dev.bailiwick.identity.Fixtures.person;
import static dev.bailiwick.identity.Fixtures.service;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Seed 003, the impersonation level of a connection: one test for each of its sentences that is about tokens. */
class Seed003Test {
    private final LiveToken alice = person(ALICE);
    private final ExecutionFlow flow = ExecutionFlow.start(new FlowId(1), service("registry"));

    @ParameterizedTest
    @EnumSource(ImpersonationLevel.class)
    void theLevelIsSetByTheClientWhenEstablishingTheConnection(ImpersonationLevel level) {
        assertThat(connected(alice, level).level()).isEqualTo(level);
    }

    @ParameterizedTest
    @EnumSource(ImpersonationLevel.class)
    void theServiceCanImpersonateUpToTheSpecifiedLevelButNoHigher(ImpersonationLevel level) {
        LiveToken acting = impersonating(flow, connected(alice, level));
        assertThat(acting.token().level()).isEqualTo(level);
        for (ImpersonationLevel higher : ImpersonationLevel.values()) {
            if (higher.compareTo(level) > 0) {
                assertThat(acting.duplicate(TokenType.IMPERSONATION, higher, ids()))
                        .as("%s from %s", higher, level)
                        .isInstanceOf(Refused.class);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "anonymous, ANONYMOUS, 0",
        "identification, IDENTIFICATION, 1",
        "impersonation, IMPERSONATION, 2",
        "delegation, DELEGATION, 3"
    })
    void theLevelsHaveTheseNames(String text, ImpersonationLevel level, int code) {
        assertThat(ImpersonationLevel.named(text)).contains(level);
        assertThat(ImpersonationLevel.ofCode(code)).contains(level);
        assertThat(level.text()).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"Impersonation", "''", "impersonate", "2", "' delegation'"})
    void anyOtherNameIsNoLevel(String text) {
        assertThat(ImpersonationLevel.named(text)).isEmpty();
    }

    @Test
    void ifNoLevelIsSpecifiedTheDefaultIsImpersonation() {
        assertThat(ImpersonationLevel.DEFAULT).isEqualTo(ImpersonationLevel.IMPERSONATION);
    }

    @Test
    void theLevelIsRecordedOnTheConnectionAndCannotBeChangedAfterwards() {
        ClientConnection connection = connected(alice, ImpersonationLevel.IDENTIFICATION);
        alice.adjustPrivileges(List.of(PrivilegeChange.remove(Privilege.CHANGE_NOTIFY)));
        assertThat(connection.level()).isEqualTo(ImpersonationLevel.IDENTIFICATION);
        assertThat(connection.identify())
                .isInstanceOfSatisfying(
                        IdentifyResult.Identified.class,
                        identified -> assertThat(identified
                                        .client()
                                        .privileges()
                                        .present()
                                        .has(Privilege.CHANGE_NOTIFY))
                                .as("as it was when the client connected")
                                .isTrue());
    }

    @Test
    void toUseADifferentLevelTheClientMustCreateANewConnection() {
        ClientConnection first = connected(alice, ImpersonationLevel.ANONYMOUS);
        ClientConnection second = connected(alice, ImpersonationLevel.DELEGATION);
        assertThat(first.level()).isEqualTo(ImpersonationLevel.ANONYMOUS);
        assertThat(second.level()).isEqualTo(ImpersonationLevel.DELEGATION);
    }

    @Test
    void anonymousTestsPublicAccessibilityWithoutRevealingYourIdentity() {
        ClientConnection connection = connected(alice, ImpersonationLevel.ANONYMOUS);
        assertThat(connection.identify())
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(RefusalCode.ANONYMOUS_CLIENT));
        Token acting = impersonating(flow, connection).token();
        assertThat(acting.user()).hasToString("S-1-5-7");
        assertThat(Fixtures.sids(acting)).containsExactly(WellKnownSid.EVERYONE.sid());
        assertThat(acting.session()).isNotEqualTo(alice.token().session());
        assertThat(acting.claims()).isEmpty();
        assertThat(acting.integrity()).isEqualTo(IntegrityLevel.UNTRUSTED);
        assertThat(acting.privileges()).isEqualTo(Privileges.NONE);
        SecurityDescriptor open = SecurityDescriptor.of(
                WellKnownSid.SYSTEM.sid(), Ace.allow(AccessMask.GENERIC_READ, WellKnownSid.EVERYONE.sid()));
        SecurityDescriptor closed = SecurityDescriptor.of(
                WellKnownSid.SYSTEM.sid(), Ace.allow(AccessMask.GENERIC_READ, WellKnownSid.AUTHENTICATED_USERS.sid()));
        assertThat(AccessCheck.allows(acting, open, AccessMask.GENERIC_READ)).isTrue();
        assertThat(AccessCheck.allows(acting, closed, AccessMask.GENERIC_READ)).isFalse();
    }

    @Test
    void atAnonymousNothingPrintedSaysWhoTheClientIs() {
        ClientConnection connection = connected(alice, ImpersonationLevel.ANONYMOUS);
        assertThat(connection.toString() + impersonating(flow, connection)).doesNotContain(ALICE.toString());
    }

    @Test
    void identificationIsForAServiceThatOnlyNeedsToKnowWhoYouAre() {
        assertThat(connected(alice, ImpersonationLevel.IDENTIFICATION).identify())
                .isInstanceOf(IdentifyResult.Identified.class);
    }

    @ParameterizedTest
    @CsvSource({"ANONYMOUS, false", "IDENTIFICATION, false", "IMPERSONATION, false", "DELEGATION, true"})
    void onlyDelegationLetsTheServiceForwardYourIdentityToOtherMachines(ImpersonationLevel level, boolean may) {
        ClientConnection connection = connected(alice, level);
        assertThat(connection.forwardable()).isEqualTo(may);
        assertThat(impersonating(flow, connection).token().forwardable()).isEqualTo(may);
    }

    @Test
    void aServiceCannotPassItsClientOnAtAHigherLevelThanItsOwnConnectionHas() {
        var _ = impersonating(flow, connected(alice, ImpersonationLevel.IMPERSONATION));
        assertThat(flow.connect(ImpersonationLevel.DELEGATION, ids()))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(RefusalCode.LEVEL_RAISED));
        var _ = impersonating(flow, connected(alice, ImpersonationLevel.DELEGATION));
        assertThat(connected(flow.connect(ImpersonationLevel.DELEGATION, ids())).forwardable())
                .isTrue();
    }

    @Test
    void aServiceImpersonatingAtIdentificationLevelCannotAccessResourcesAsTheClientEvenIfItTries() {
        SecurityDescriptor hers = SecurityDescriptor.of(ALICE, Ace.allow(AccessMask.GENERIC_ALL, ALICE));
        LiveToken acting = impersonating(flow, connected(alice, ImpersonationLevel.IDENTIFICATION));
        assertThat(AccessCheck.check(acting.token(), hers, AccessMask.MAXIMUM_ALLOWED))
                .isZero();
        assertThat(acting.duplicate(TokenType.PRIMARY, ImpersonationLevel.IDENTIFICATION, ids()))
                .isInstanceOf(Refused.class);
        LiveToken copy = duplicated(acting, TokenType.IMPERSONATION, ImpersonationLevel.IDENTIFICATION);
        assertThat(AccessCheck.check(copy.token(), hers, AccessMask.MAXIMUM_ALLOWED))
                .isZero();
    }
}
