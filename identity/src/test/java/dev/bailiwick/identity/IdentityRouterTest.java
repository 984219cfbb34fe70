package dev.bailiwick.identity;

import static dev.bailiwick.identity.Fixtures.ALICE;
import static dev.bailiwick.identity.Fixtures.BOB;
import static dev.bailiwick.identity.Fixtures.DOMAIN;
import static dev.bailiwick.identity.Fixtures.STAFF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sources only say who somebody is, and only of their own. */
class IdentityRouterTest {
    private static final Sid OTHER = Sid.parse("S-1-5-21-9-9-9");

    private static RefusalCode refusal(IdentityRouter router, String identity) {
        return switch (router.route(identity)) {
            case RouteResult.Routed routed -> throw new AssertionError(routed);
            case Refused(RefusalCode code, String _, String _) -> code;
        };
    }

    private static IdentityRouter over(IdentitySource... sources) {
        return new IdentityRouter(List.of(sources));
    }

    @Test
    void theFirstSourceThatKnowsTheNameSaysWhoItIs() {
        Fixtures.Directory one = new Fixtures.Directory("one", DOMAIN).knows("alice", ALICE, STAFF);
        Fixtures.Directory two = new Fixtures.Directory("two", OTHER).knows("alice", Sid.parse("S-1-5-21-9-9-9-1"));
        assertThat(over(one, two).route("alice")).isEqualTo(new RouteResult.Routed(ALICE, List.of(STAFF), "one"));
        assertThat(two.asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "S-1-5-18",
                "S-1-5-32-544",
                "S-1-5-80-1-2-3-4-5",
                "S-1-16-16384",
                "S-1-5-5-0-1",
                "S-1-5-21-9-9-9-1",
                "S-1-5-21-11-22-33",
                "S-1-3-4"
            })
    void aSidOutsideOfTheSourcesDomainIsRefused(String sid) {
        Sid outside = Sid.parse(sid);
        Fixtures.Directory source =
                new Fixtures.Directory("source", DOMAIN).knows("user", outside).knows("group", ALICE, STAFF, outside);
        assertThat(refusal(over(source), "user")).isEqualTo(RefusalCode.OUTSIDE_DOMAIN);
        assertThat(refusal(over(source), "group")).isEqualTo(RefusalCode.OUTSIDE_DOMAIN);
    }

    @Test
    void aSourceThatCannotSayEndsTheSearchBecauseALaterOneCouldClaimTheName() {
        Fixtures.Directory down =
                new Fixtures.Directory("down", DOMAIN).says("alice", new IdentityAnswer.Unavailable("no route"));
        Fixtures.Directory later = new Fixtures.Directory("later", OTHER).knows("alice", Sid.parse("S-1-5-21-9-9-9-1"));
        assertThat(refusal(over(down, later), "alice")).isEqualTo(RefusalCode.IDENTITY_UNAVAILABLE);
        assertThat(later.asked).isEmpty();
    }

    @Test
    void aSourceThatFailsDenies() {
        IdentitySource failing = new IdentitySource() {
            @Override
            public String name() {
                return "failing";
            }

            @Override
            public Sid domain() {
                return DOMAIN;
            }

            @Override
            public IdentityAnswer ask(String identity) {
                throw new IllegalStateException("broken");
            }
        };
        assertThat(refusal(over(failing), "alice")).isEqualTo(RefusalCode.IDENTITY_UNAVAILABLE);
    }

    @Test
    void tooManyGroupsOrOneTwiceIsRefused() {
        List<Sid> many = new ArrayList<>();
        for (int rid = 0; rid <= Limits.ASSERTED_GROUPS; rid++) {
            many.add(Sid.of(5, 21, 11, 22, 33, 5000 + rid));
        }
        Fixtures.Directory source = new Fixtures.Directory("source", DOMAIN)
                .says("many", new IdentityAnswer.Asserted(ALICE, many))
                .says("most", new IdentityAnswer.Asserted(ALICE, many.subList(0, Limits.ASSERTED_GROUPS)))
                .knows("twice", ALICE, STAFF, STAFF)
                .knows("self", ALICE, ALICE);
        assertThat(refusal(over(source), "many")).isEqualTo(RefusalCode.LIMIT_EXCEEDED);
        assertThat(refusal(over(source), "twice")).isEqualTo(RefusalCode.DUPLICATE_ENTRY);
        assertThat(refusal(over(source), "self")).isEqualTo(RefusalCode.DUPLICATE_ENTRY);
        assertThat(Fixtures.materialised(Fixtures.serviceTokens(source)
                                .materialise(
                                        ServiceDefinition.of("x").withIdentity("most"),
                                        new ExecContext.Main(),
                                        Fixtures.boot()))
                        .token()
                        .user())
                .isEqualTo(ALICE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"S-1-5", "S-1-5-21", "S-1-5-32", "S-1-5-80", "S-1-5-5", "S-1-16", "S-1-1", "S-1-3", "S-1-0"})
    void noSourceMayHaveADomainThatReachesIntoWhatIsNobodysToAssert(String domain) {
        assertThatThrownBy(() -> over(new Fixtures.Directory("greedy", Sid.parse(domain))))
                .isInstanceOf(SourcesRefusedException.class)
                .hasMessageContaining("greedy");
    }

    @Test
    void domainsMayNotOverlapAndSourcesHaveALimit() {
        assertThatThrownBy(() -> over(
                        new Fixtures.Directory("a", DOMAIN),
                        new Fixtures.Directory("b", Sid.of(5, 21, 11, 22, 33, 44))))
                .isInstanceOf(SourcesRefusedException.class);
        assertThatThrownBy(() -> over(new Fixtures.Directory("a", DOMAIN), new Fixtures.Directory("b", DOMAIN)))
                .isInstanceOf(SourcesRefusedException.class);
        List<IdentitySource> many = new ArrayList<>();
        for (int number = 0; number <= Limits.SOURCES; number++) {
            many.add(new Fixtures.Directory("s" + number, Sid.of(5, 21, number, 1, 1)));
        }
        assertThatThrownBy(() -> new IdentityRouter(many)).isInstanceOf(SourcesRefusedException.class);
    }

    @Test
    void whatASourceSaysGivesNoPrivilegeBeyondThePolicy() {
        Fixtures.Directory source = new Fixtures.Directory("source", DOMAIN).knows("bob", BOB, STAFF);
        Token token = Fixtures.materialised(Fixtures.serviceTokens(source)
                        .materialise(
                                ServiceDefinition.of("x").withIdentity("bob").withRequiredPrivileges(PrivilegeSet.ALL),
                                new ExecContext.Main(),
                                Fixtures.boot()))
                .token();
        assertThat(token.privileges().present()).isEqualTo(PrivilegeSet.of(Privilege.CHANGE_NOTIFY));
        assertThat(token.integrity()).isEqualTo(IntegrityLevel.MEDIUM);
    }

    @Test
    void fourPrivilegesAreNeverAssignedByPolicyAndAnUnreadablePolicyGrantsNothing() {
        for (Privilege never : TokenPolicy.NEVER.toList()) {
            assertThatThrownBy(() ->
                            new TokenPolicy.Grant(PrivilegeSet.of(never), PrivilegeSet.NONE, IntegrityLevel.MEDIUM))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(TokenPolicy.NEVER.toList())
                .containsExactly(
                        Privilege.CREATE_TOKEN, Privilege.ASSIGN_PRIMARY_TOKEN, Privilege.TCB, Privilege.LOAD_DRIVER);
        TokenPolicy.Grant nothing = TokenPolicy.nothing().of(WellKnownSid.LOCAL_SERVICE.sid());
        assertThat(nothing.present()).isEqualTo(PrivilegeSet.NONE);
        assertThat(nothing.integrity()).isEqualTo(IntegrityLevel.UNTRUSTED);
    }
}
