package dev.bailiwick.identity;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a token is to say, for {@link TokenMinter}. A specification is data and may be wrong; the minter judges it.
 *
 * @param user the principal
 * @param groups with attributes; none twice, and not the user
 * @param service the per-service SID, which is then also one of the groups
 * @param integrity the level
 * @param privileges the four masks
 * @param session the logon session
 * @param source who asks for the token to be made
 * @param claims what else is said about the user
 */
public record TokenSpec(
        Sid user,
        List<Group> groups,
        Optional<Sid> service,
        IntegrityLevel integrity,
        Privileges privileges,
        LogonSession session,
        TokenSource source,
        List<Claim> claims) {
    /** Copies the lists. */
    public TokenSpec {
        groups = List.copyOf(groups);
        claims = List.copyOf(claims);
    }

    /** Of a user in no group, without privileges. */
    public static TokenSpec of(Sid user, IntegrityLevel integrity, LogonSession session, TokenSource source) {
        return new TokenSpec(user, List.of(), Optional.empty(), integrity, Privileges.NONE, session, source, List.of());
    }

    /** This and that group. */
    public TokenSpec withGroup(Group group) {
        List<Group> more = new ArrayList<>(groups);
        more.add(group);
        return withGroups(more);
    }

    /** This with those groups instead. */
    public TokenSpec withGroups(List<Group> other) {
        return new TokenSpec(user, other, service, integrity, privileges, session, source, claims);
    }

    /** This for a service: its SID, and the group of it. */
    public TokenSpec withService(Sid sid) {
        List<Group> more = new ArrayList<>(groups);
        more.add(Group.service(sid));
        return new TokenSpec(user, more, Optional.of(sid), integrity, privileges, session, source, claims);
    }

    /** This with those privileges instead. */
    public TokenSpec withPrivileges(Privileges other) {
        return new TokenSpec(user, groups, service, integrity, other, session, source, claims);
    }

    /** This with that integrity instead. */
    public TokenSpec withIntegrity(IntegrityLevel other) {
        return new TokenSpec(user, groups, service, other, privileges, session, source, claims);
    }

    /** This with those claims instead. */
    public TokenSpec withClaims(List<Claim> other) {
        return new TokenSpec(user, groups, service, integrity, privileges, session, source, other);
    }

    /** What is wrong with it, if anything. */
    Optional<Refused> fault() {
        if (groups.size() > Limits.GROUPS) {
            return Optional.of(tooMany("groups", Limits.GROUPS, groups.size()));
        }
        if (claims.size() > Limits.CLAIMS) {
            return Optional.of(tooMany("claims", Limits.CLAIMS, claims.size()));
        }
        Set<Sid> seen = new HashSet<>();
        seen.add(user);
        for (Group group : groups) {
            if (!seen.add(group.sid())) {
                return Optional.of(new Refused(
                        RefusalCode.DUPLICATE_ENTRY,
                        "the token would name " + group.sid() + " twice",
                        "name every group once, and not the user"));
            }
        }
        if (service.isPresent() && (user.equals(service.get()) || !seen.contains(service.get()))) {
            return Optional.of(new Refused(
                    RefusalCode.INVALID, "the per-service SID " + service.get() + " is not one of the groups", ""));
        }
        Set<String> names = new HashSet<>();
        for (Claim claim : claims) {
            if (!names.add(claim.name())) {
                return Optional.of(new Refused(
                        RefusalCode.DUPLICATE_ENTRY,
                        "the token would have the claim \"" + claim.name() + "\" twice",
                        "put all values into one claim"));
            }
        }
        return Optional.empty();
    }

    private static Refused tooMany(String what, int allowed, int asked) {
        return new Refused(
                RefusalCode.LIMIT_EXCEEDED, "a token has at most " + allowed + " " + what + ", not " + asked, "");
    }
}
