package dev.bailiwick.identity;

import static dev.bailiwick.identity.Fixtures.ALICE;
import static dev.bailiwick.identity.Fixtures.DOMAIN;
import static dev.bailiwick.identity.Fixtures.STAFF;
import static dev.bailiwick.identity.Fixtures.boot;
import static dev.bailiwick.identity.Fixtures.materialised;
import static dev.bailiwick.identity.Fixtures.service;
import static dev.bailiwick.identity.Fixtures.serviceTokens;
import static dev.bailiwick.identity.Fixtures.sids;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Seed 000, service identities and per-service SIDs: one test for each of its sentences that is about tokens. */
class Seed000Test {
    private static final ServiceDefinition FILES =
            ServiceDefinition.of("files").withRequiredPrivileges(PrivilegeSet.of(Privilege.IMPERSONATE));
    private static final ServiceDefinition DNS =
            ServiceDefinition.of("dns").withRequiredPrivileges(PrivilegeSet.of(Privilege.BIND_PRIVILEGED_PORT));

    @Test
    void everyServiceRunsWithItsOwnPurposeBuiltToken() {
        LiveToken one = service("one");
        LiveToken two = service("two");
        assertThat(one.id()).isNotEqualTo(two.id());
        one.adjustPrivileges(List.of(PrivilegeChange.remove(Privilege.IMPERSONATE)));
        assertThat(two.token().holds(Privilege.IMPERSONATE)).isTrue();
    }

    @Test
    void eachTokenHasTheRightIdentityGroupMembershipsAndOnlyThePrivilegesTheServiceNeeds() {
        Fixtures.Directory local = new Fixtures.Directory("local", DOMAIN).knows("files", ALICE, STAFF);
        Token token = materialised(serviceTokens(local)
                        .materialise(
                                ServiceDefinition.of("files")
                                        .withIdentity("files")
                                        .withRequiredPrivileges(PrivilegeSet.of(Privilege.CHANGE_NOTIFY)),
                                new ExecContext.Main(),
                                boot()))
                .token();
        assertThat(token.user()).isEqualTo(ALICE);
        assertThat(sids(token)).contains(STAFF, Sid.service("files"));
        assertThat(token.privileges().present()).isEqualTo(PrivilegeSet.of(Privilege.CHANGE_NOTIFY));
    }

    @Test
    void systemIsS1518() {
        assertThat(user("SYSTEM")).hasToString("S-1-5-18");
    }

    @Test
    void localServiceIsS1519AndHasNoNetworkIdentity() {
        assertThat(user("LocalService")).hasToString("S-1-5-19");
        assertThat(materialised(ServiceDefinition.of("x").withIdentity("LocalService"))
                        .token()
                        .forwardable())
                .isFalse();
    }

    @Test
    void networkServiceIsS1520AndCanAuthenticateToOtherMachines() {
        assertThat(user("NetworkService")).hasToString("S-1-5-20");
        assertThat(materialised(ServiceDefinition.of("x").withIdentity("NetworkService"))
                        .token()
                        .forwardable())
                .isTrue();
    }

    private static Sid user(String identity) {
        return materialised(ServiceDefinition.of("x").withIdentity(identity))
                .token()
                .user();
    }

    @Test
    void twoServicesBothRunningAsLocalServiceShareTheSameUserSid() {
        assertThat(service("one").token().user())
                .isEqualTo(service("two").token().user());
    }

    @Test
    void aResourceThatGrantsToTheSharedUserGrantsToBoth() {
        SecurityDescriptor shared = SecurityDescriptor.of(
                WellKnownSid.SYSTEM.sid(), Ace.allow(AccessMask.GENERIC_READ, WellKnownSid.LOCAL_SERVICE.sid()));
        assertThat(AccessCheck.allows(service("one").token(), shared, AccessMask.GENERIC_READ))
                .isTrue();
        assertThat(AccessCheck.allows(service("two").token(), shared, AccessMask.GENERIC_READ))
                .isTrue();
    }

    @Test
    void eachServiceReceivesAUniqueSidInItsTokensGroupList() {
        assertThat(sids(service("one").token())).contains(Sid.service("one")).doesNotContain(Sid.service("two"));
        assertThat(service("one").token().service()).contains(Sid.service("one"));
    }

    @Test
    void evenIfTwoServicesShareTheSameUserAccountTheirPerServiceSidsAreDifferent() {
        assertThat(service("one").token().service())
                .isNotEqualTo(service("two").token().service());
    }

    @Test
    void aDescriptorCanGrantAccessToASpecificServiceWithoutGrantingItToEveryServiceUnderTheSameAccount() {
        SecurityDescriptor secured =
                SecurityDescriptor.of(WellKnownSid.SYSTEM.sid(), Ace.allow(AccessMask.GENERIC_ALL, Sid.service("one")));
        assertThat(AccessCheck.allows(service("one").token(), secured, AccessMask.GENERIC_ALL))
                .isTrue();
        assertThat(AccessCheck.check(service("two").token(), secured, AccessMask.MAXIMUM_ALLOWED))
                .isZero();
    }

    @Test
    void aDatabaseServiceHasExclusiveAccessToItsDataDirectoryAndAnotherLocalServiceProcessCannotReachIt() {
        SecurityDescriptor data = SecurityDescriptor.ofServiceData(Sid.service("database"));
        Token database = service("database").token();
        Token other = service("other").token();
        assertThat(database.user()).isEqualTo(other.user());
        assertThat(AccessCheck.allows(database, data, AccessMask.GENERIC_ALL)).isTrue();
        for (int bit = 0; bit < 21; bit++) {
            assertThat(AccessCheck.check(other, data, 1 << bit))
                    .as("bit %d", bit)
                    .isZero();
        }
        assertThat(AccessCheck.check(other, data, AccessMask.MAXIMUM_ALLOWED)).isZero();
    }

    @Test
    void serviceTokensAreBuiltOfUserSidPerServiceSidGroupsAndPrivileges() {
        Token token = materialised(FILES).token();
        assertThat(token.user()).isEqualTo(WellKnownSid.LOCAL_SERVICE.sid());
        assertThat(sids(token))
                .containsExactly(
                        WellKnownSid.EVERYONE.sid(),
                        WellKnownSid.USERS.sid(),
                        WellKnownSid.AUTHENTICATED_USERS.sid(),
                        WellKnownSid.SERVICE.sid(),
                        token.session().sid(),
                        Sid.service("files"));
        assertThat(token.privileges().present()).isEqualTo(PrivilegeSet.of(Privilege.IMPERSONATE));
    }

    @Test
    void aDnsServiceGetsThePrivilegesToBindAPortAndAFileServerThoseToImpersonateAndNeitherGetsTheOthers() {
        assertThat(materialised(DNS).token().privileges().present().toList())
                .containsExactly(Privilege.BIND_PRIVILEGED_PORT);
        assertThat(materialised(FILES).token().privileges().present().toList()).containsExactly(Privilege.IMPERSONATE);
    }

    @Test
    void ifAServiceIsCompromisedTheAttackerGainsNotTheFullAuthorityOfTheAccount() {
        LiveToken system = materialised(ServiceDefinition.of("registry")
                .withIdentity("SYSTEM")
                .withRequiredPrivileges(PrivilegeSet.of(Privilege.AUDIT)));
        for (Privilege privilege : Privilege.values()) {
            assertThat(system.use(privilege)).as(privilege.text()).isEqualTo(privilege == Privilege.AUDIT);
        }
    }

    @Test
    void aServiceCannotEscalateBeyondItsTokenRegardlessOfWhatItAttempts() {
        LiveToken dns = materialised(DNS);
        dns.resetPrivileges();
        assertThat(dns.adjustPrivileges(List.of(PrivilegeChange.enable(Privilege.IMPERSONATE))))
                .isInstanceOf(Refused.class);
        assertThat(TokenMinter.create(dns, dns.token().spec(), Fixtures.ids())).isInstanceOf(Refused.class);
        assertThat(dns.use(Privilege.IMPERSONATE)).isFalse();
        assertThat(dns.token().privileges().present().toList()).containsExactly(Privilege.BIND_PRIVILEGED_PORT);
    }
}
