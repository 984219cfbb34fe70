package dev.bailiwick.broker;

import dev.bailiwick.identity.Group;
import dev.bailiwick.identity.IntegrityLevel;
import dev.bailiwick.identity.LogonSession;
import dev.bailiwick.identity.LogonType;
import dev.bailiwick.identity.Privilege;
import dev.bailiwick.identity.PrivilegeSet;
import dev.bailiwick.identity.Privileges;
import dev.bailiwick.identity.Sid;
import dev.bailiwick.identity.TokenSource;
import dev.bailiwick.identity.TokenSpec;
import dev.bailiwick.identity.WellKnownSid;

/**
 * What the token of a login says: a pure function of what is known of the session. Roles have no part in it. An administrative role makes
 * no group and no privilege, since a token widens nothing and what an administrator may do is a capability.
 *
 * <p>A service's token is made by its start and not here.
 */
final class LogonTokens {
    static final TokenSource SOURCE = new TokenSource("Bailiwck", 0);

    private static final PrivilegeSet OF_USERS = PrivilegeSet.of(Privilege.CHANGE_NOTIFY);

    private LogonTokens() {}

    /** How a session of that source came to be. */
    static LogonType type(SessionKind kind, SessionSource source) {
        return switch (kind) {
            case SERVICE -> LogonType.SERVICE;
            case LOCAL, OPERATOR, GUEST, ANONYMOUS, EXTERNAL, RECOVERY ->
                switch (source) {
                    case CONSOLE, UNIX_SOCKET -> LogonType.INTERACTIVE;
                    case REMOTE, BROWSER -> LogonType.NETWORK;
                };
        };
    }

    /**
     * What the token of such a session says.
     *
     * @param user the SID of the account; of no account where the caller has not said who they are
     */
    static TokenSpec of(SessionKind kind, SessionSource source, Sid user, LogonSession logon) {
        return switch (kind) {
            case LOCAL, OPERATOR, RECOVERY -> member(user, WellKnownSid.USERS, source, IntegrityLevel.MEDIUM, logon);
            // Somebody else vouches for them: not users of this machine, but of what this machine trusts.
            case EXTERNAL -> member(user, WellKnownSid.THIS_ORGANIZATION, source, IntegrityLevel.MEDIUM, logon);
            case GUEST ->
                place(
                        TokenSpec.of(user, IntegrityLevel.LOW, logon, SOURCE)
                                .withGroup(Group.always(WellKnownSid.EVERYONE.sid()))
                                .withGroup(Group.always(WellKnownSid.GUESTS.sid())),
                        source,
                        logon);
            case ANONYMOUS ->
                TokenSpec.of(WellKnownSid.ANONYMOUS.sid(), IntegrityLevel.UNTRUSTED, logon, SOURCE)
                        .withGroup(Group.always(WellKnownSid.EVERYONE.sid()));
            // Until its start has given it another one, it is nobody.
            case SERVICE ->
                TokenSpec.of(WellKnownSid.ANONYMOUS.sid(), IntegrityLevel.UNTRUSTED, logon, SOURCE)
                        .withGroup(Group.always(WellKnownSid.EVERYONE.sid()));
        };
    }

    private static TokenSpec member(
            Sid user, WellKnownSid of, SessionSource source, IntegrityLevel integrity, LogonSession logon) {
        return place(
                        TokenSpec.of(user, integrity, logon, SOURCE)
                                .withGroup(Group.always(WellKnownSid.EVERYONE.sid()))
                                .withGroup(Group.always(of.sid()))
                                .withGroup(Group.always(WellKnownSid.AUTHENTICATED_USERS.sid())),
                        source,
                        logon)
                .withPrivileges(Privileges.of(OF_USERS, OF_USERS));
    }

    /** Where its caller sits, and the logon session. */
    private static TokenSpec place(TokenSpec spec, SessionSource source, LogonSession logon) {
        TokenSpec placed = spec.withGroup(Group.always(logon.type().group()));
        TokenSpec local = switch (source) {
            case CONSOLE ->
                placed.withGroup(Group.always(WellKnownSid.LOCAL.sid()))
                        .withGroup(Group.always(WellKnownSid.CONSOLE.sid()));
            case UNIX_SOCKET -> placed.withGroup(Group.always(WellKnownSid.LOCAL.sid()));
            case REMOTE, BROWSER -> placed;
        };
        return local.withGroup(Group.logon(logon));
    }
}
