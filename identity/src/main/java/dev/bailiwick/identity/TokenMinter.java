package dev.bailiwick.identity;

import java.util.List;
import java.util.Optional;

/** Makes tokens. All but the first are made by the authority of another one that holds SeCreateTokenPrivilege. */
public final class TokenMinter {
    private TokenMinter() {}

    /**
     * A new primary token that says what is specified. The creator's token must hold SeCreateTokenPrivilege, present and enabled; the use of it is
     * noted there. The new token is separate: nothing done to it is done to the creator's.
     */
    public static MintResult create(LiveToken creator, TokenSpec spec, TokenIds ids) {
        if (!creator.use(Privilege.CREATE_TOKEN)) {
            return new Refused(
                    RefusalCode.PRIVILEGE_NOT_HELD,
                    "to create a token takes " + Privilege.CREATE_TOKEN + ", present and enabled",
                    "the boot token of SYSTEM holds it; enable it there if it was disabled");
        }
        Optional<Refused> fault = spec.fault();
        if (fault.isPresent()) {
            return fault.get();
        }
        return new MintResult.Minted(new LiveToken(
                Token.make(new TokenId(ids.next()), 0, spec, TokenType.PRIMARY, ImpersonationLevel.DELEGATION)));
    }

    /**
     * The first token, which nobody creates: SYSTEM in Administrators, Everyone and Authenticated Users, integrity system, with every privilege
     * present and enabled. Whoever starts the system makes it once and shares it with nobody.
     */
    public static LiveToken boot(TokenIds ids) {
        LogonSession session = new LogonSession(ids.next(), LogonType.SERVICE);
        TokenSpec spec = TokenSpec.of(
                        WellKnownSid.SYSTEM.sid(), IntegrityLevel.SYSTEM, session, new TokenSource("Boot", 0))
                .withGroups(List.of(
                        new Group(
                                WellKnownSid.ADMINISTRATORS.sid(),
                                GroupAttribute.ENABLED_BY_DEFAULT | GroupAttribute.ENABLED | GroupAttribute.OWNER),
                        Group.always(WellKnownSid.EVERYONE.sid()),
                        Group.always(WellKnownSid.AUTHENTICATED_USERS.sid()),
                        Group.logon(session)))
                .withPrivileges(Privileges.of(PrivilegeSet.ALL, PrivilegeSet.ALL));
        return new LiveToken(
                Token.make(new TokenId(ids.next()), 0, spec, TokenType.PRIMARY, ImpersonationLevel.DELEGATION));
    }
}
