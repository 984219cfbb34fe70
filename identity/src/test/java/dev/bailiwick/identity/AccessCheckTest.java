package dev.bailiwick.identity;

import static dev.bailiwick.identity.Fixtures.ALICE;
import static dev.bailiwick.identity.Fixtures.STAFF;
import static dev.bailiwick.identity.Fixtures.sddl;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of the access check one by one; {@link AccessModelTest} has them all at once. */
class AccessCheckTest {
    private static final String A = "S-1-5-21-11-22-33-1013";
    private static final String OFF = "S-1-5-21-11-22-33-3001";
    private static final String DENY = "S-1-5-21-11-22-33-3002";

    /** Alice at medium integrity, in Staff and Everyone, in one group that is off and one for denials only. */
    private final Token alice = Fixtures.minted(
                    TokenSpec.of(ALICE, IntegrityLevel.MEDIUM, new LogonSession(1, LogonType.NETWORK), Fixtures.TEST)
                            .withGroups(List.of(
                                    Group.always(STAFF),
                                    Group.always(WellKnownSid.EVERYONE.sid()),
                                    new Group(Sid.parse(OFF), 0),
                                    Group.denyOnly(Sid.parse(DENY)))))
            .token();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // descriptor | asked | granted
                "D:NO_ACCESS_CONTROL | FA | FA",
                "D: | FR | -",
                "D: | 0x2000000 | -",
                "D:(A;;FR;;;WD) | FR | FR",
                "D:(A;;FR;;;WD) | GR | FR",
                "D:(A;;GR;;;WD) | FR | FR",
                "D:(A;;FR;;;WD) | FA | -",
                "D:(A;;FR;;;WD)(A;;FW;;;" + A + ") | 0x2000000 | 0x12019f",
                "D:(D;;CC;;;WD)(A;;CC;;;" + A + ") | CC | -",
                "D:(A;;CC;;;" + A + ")(D;;CC;;;WD) | CC | CC",
                "D:(D;;DC;;;WD)(A;;CCDC;;;" + A + ") | CC | CC",
                "D:(D;;DC;;;WD)(A;;CCDC;;;" + A + ") | CCDC | -",
                "D:(A;IO;FA;;;WD) | FR | -",
                "D:(D;IO;FA;;;WD)(A;OICI;FA;;;WD) | FR | FR",
                "D:(A;;FA;;;CO) | FR | -",
                "D:(A;;FA;;;PS) | FR | -",
                "D:(A;;FA;;;" + OFF + ") | FR | -",
                "D:(D;;FA;;;" + OFF + ")(A;;FA;;;WD) | FR | FR",
                "D:(A;;FA;;;" + DENY + ") | FR | -",
                "D:(D;;FA;;;" + DENY + ")(A;;FA;;;WD) | FR | -",
                "O:" + A + "D: | RCWD | RCWD",
                "O:" + A + "D:(D;;FA;;;WD) | RCWD | RCWD",
                "O:" + A + "D: | WO | -",
                "O:" + DENY + "D: | RC | -",
                "O:" + OFF + "D: | RC | -",
                "O:" + A + "D:(A;;CC;;;OW) | RC | -",
                "O:" + A + "D:(A;;CC;;;OW) | CC | CC",
                "O:" + A + "D:(A;IO;CC;;;OW) | RC | RC",
                "O:" + A + "D:(D;;CC;;;OW)(A;;FA;;;WD) | CC | -",
                "O:SYD:(A;;FA;;;OW) | CC | -",
                "O:" + DENY + "D:(D;;CC;;;OW)(A;;FA;;;WD) | CC | -",
                "D:(A;;FA;;;WD)S:(ML;;NW;;;HI) | FR | FR",
                "D:(A;;FA;;;WD)S:(ML;;NW;;;HI) | DC | -",
                "D:(A;;FA;;;WD)S:(ML;;NW;;;HI) | SD | -",
                "D:(A;;FA;;;WD)S:(ML;;NW;;;HI) | 0x2000000 | 0x1200a9",
                "D:(A;;FA;;;WD)S:(ML;;NR;;;HI) | CC | -",
                "D:(A;;FA;;;WD)S:(ML;;0x0;;;HI) | FA | FA",
                "D:(A;;FA;;;WD)S:(ML;;NWNRNX;;;ME) | FA | FA",
                "D:NO_ACCESS_CONTROLS:(ML;;NW;;;HI) | FW | -",
                "O:" + A + "D:S:(ML;;NW;;;HI) | WD | -",
                "O:" + A + "D:S:(ML;;NW;;;HI) | RC | RC",
                "D:NO_ACCESS_CONTROL | 0x1000000 | -",
                "D:NO_ACCESS_CONTROL | 0x0 | -",
            })
    void eachRuleDecidesAsItSays(String descriptor, String asked, String granted) {
        int expected = granted.equals("-") ? 0 : mask(granted);
        assertThat(AccessMask.text(AccessCheck.check(alice, sddl(descriptor), mask(asked))))
                .isEqualTo(AccessMask.text(expected));
        assertThat(AccessCheck.explain(alice, sddl(descriptor), mask(asked)).allowed())
                .isEqualTo(expected != 0);
    }

    private static int mask(String text) {
        if (text.startsWith("0x")) {
            return Integer.parseUnsignedInt(text.substring(2), 16);
        }
        int mask = 0;
        for (int at = 0; at < text.length(); at += 2) {
            mask |= SddlRights.bits(text.substring(at, at + 2)).orElseThrow();
        }
        return mask;
    }

    @Test
    void withoutALabelATokenBelowMediumMayReadAndNotWrite() {
        Token low =
                Fixtures.minted(alice.spec().withIntegrity(IntegrityLevel.LOW)).token();
        SecurityDescriptor open = sddl("D:(A;;FA;;;WD)");
        assertThat(AccessCheck.allows(low, open, AccessMask.GENERIC_READ)).isTrue();
        assertThat(AccessCheck.allows(low, open, AccessMask.WRITE_DATA)).isFalse();
    }

    @Test
    void anExplanationWalksTheRulesInSentences() {
        Explanation explanation = AccessCheck.explain(
                alice, sddl("O:SYD:(D;;FA;;;SY)(A;;CC;;;WD)"), AccessMask.READ_DATA | AccessMask.WRITE_DATA);
        assertThat(explanation.missing()).isEqualTo(AccessMask.WRITE_DATA);
        assertThat(explanation.steps().stream().map(step -> step.rule().text() + ": " + step.text()))
                .containsExactly(
                        "identity: decided as " + A,
                        "request: asked for CCDC",
                        "label: there is no label, which counts as medium; the token's integrity medium reaches it",
                        "entry: entry 0 denies FA to SYSTEM (S-1-5-18): does not match",
                        "entry: entry 1 allows CC to Everyone (S-1-1-0): grants CC",
                        "result: denied: DC is not granted");
    }

    @Test
    void noPrivilegeStandsInForAnEntry() {
        Token all = Fixtures.minted(alice.spec().withPrivileges(Privileges.of(PrivilegeSet.ALL, PrivilegeSet.ALL)))
                .token();
        assertThat(AccessCheck.check(all, sddl("O:SYD:"), AccessMask.MAXIMUM_ALLOWED))
                .isZero();
    }
}
