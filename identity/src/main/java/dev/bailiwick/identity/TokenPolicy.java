package dev.bailiwick.identity;

import java.util.HashMap;
import java.util.Map;

/**
 * Which privileges and integrity the minter gives to whom. Sources of identities have no say in it. CreateToken, Tcb, AssignPrimaryToken and
 * LoadDriver are never given by policy, and a policy that cannot be read gives nothing ({@link #nothing}). Immutable.
 */
public final class TokenPolicy {
    /** What no policy gives. */
    public static final PrivilegeSet NEVER = PrivilegeSet.of(
            Privilege.CREATE_TOKEN, Privilege.TCB, Privilege.ASSIGN_PRIMARY_TOKEN, Privilege.LOAD_DRIVER);

    private static final PrivilegeSet OF_ALL = PrivilegeSet.of(Privilege.CHANGE_NOTIFY);
    private static final PrivilegeSet OF_SERVICES = PrivilegeSet.of(
            Privilege.CHANGE_NOTIFY,
            Privilege.IMPERSONATE,
            Privilege.CREATE_GLOBAL,
            Privilege.INCREASE_WORKING_SET,
            Privilege.BIND_PRIVILEGED_PORT);
    private static final PrivilegeSet ON_IN_SERVICES =
            PrivilegeSet.of(Privilege.CHANGE_NOTIFY, Privilege.IMPERSONATE, Privilege.CREATE_GLOBAL);

    private final Map<Sid, Grant> grants;
    private final Grant otherwise;

    /**
     * What one principal gets.
     *
     * @param present its privileges; none that policy never gives
     * @param enabled those that are on from the start
     */
    public record Grant(PrivilegeSet present, PrivilegeSet enabled, IntegrityLevel integrity) {
        /** Untrusted, without privileges. */
        public static final Grant NOTHING = new Grant(PrivilegeSet.NONE, PrivilegeSet.NONE, IntegrityLevel.UNTRUSTED);

        /** @throws IllegalArgumentException if policy never gives one of them, or one is enabled that is not present */
        public Grant {
            if (!present.and(NEVER).isEmpty()) {
                throw new IllegalArgumentException("a policy never gives " + present.and(NEVER));
            }
            if (!present.containsAll(enabled)) {
                throw new IllegalArgumentException(
                        "enabled and not present: " + enabled.without(present) + "; give it first");
            }
        }
    }

    private TokenPolicy(Map<Sid, Grant> grants, Grant otherwise) {
        this.grants = Map.copyOf(grants);
        this.otherwise = otherwise;
    }

    /**
     * The built-in one: LocalService and NetworkService get the few that services commonly need, of which those to listen on a privileged port
     * and to grow in memory are off; everybody else may traverse, at medium integrity.
     */
    public static TokenPolicy standard() {
        Grant service = new Grant(OF_SERVICES, ON_IN_SERVICES, IntegrityLevel.SYSTEM);
        return new TokenPolicy(
                Map.of(WellKnownSid.LOCAL_SERVICE.sid(), service, WellKnownSid.NETWORK_SERVICE.sid(), service),
                new Grant(OF_ALL, OF_ALL, IntegrityLevel.MEDIUM));
    }

    /** Nothing for anybody: what a policy is that cannot be read. */
    public static TokenPolicy nothing() {
        return new TokenPolicy(Map.of(), Grant.NOTHING);
    }

    /** This, and that principal gets that instead. */
    public TokenPolicy with(Sid principal, Grant grant) {
        Map<Sid, Grant> more = new HashMap<>(grants);
        more.put(principal, grant);
        return new TokenPolicy(more, otherwise);
    }

    /** What that principal gets. */
    public Grant of(Sid principal) {
        return grants.getOrDefault(principal, otherwise);
    }
}
