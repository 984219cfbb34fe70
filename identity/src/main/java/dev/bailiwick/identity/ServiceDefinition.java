package dev.bailiwick.identity;

import java.util.Optional;

/**
 * What a service's definition says about its identity (seed 004). The identities are kept and sent as they are: no trimming, no change of case.
 *
 * @param name from which the per-service SID is derived; not empty
 * @param identity whom its processes run as; absent or empty means LocalService
 * @param requiredPrivileges what its token may keep; absent means all that the token has, an empty set means none
 * @param hookIdentity whom ExecStartPre and ExecStartPost run as; absent or empty means the identity
 */
public record ServiceDefinition(
        String name,
        Optional<String> identity,
        Optional<PrivilegeSet> requiredPrivileges,
        Optional<String> hookIdentity) {
    /** @throws IllegalArgumentException if the name makes no service SID, or an identity is longer than {@value Limits#IDENTITY_CHARS} */
    public ServiceDefinition {
        var _ = Sid.service(name);
        requireLength(identity);
        requireLength(hookIdentity);
    }

    private static void requireLength(Optional<String> identity) {
        if (identity.isPresent() && identity.get().length() > Limits.IDENTITY_CHARS) {
            throw new IllegalArgumentException("an identity has at most " + Limits.IDENTITY_CHARS
                    + " UTF-16 units, not " + identity.get().length());
        }
    }

    /** A service that says nothing but its name. */
    public static ServiceDefinition of(String name) {
        return new ServiceDefinition(name, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** This with that identity instead. */
    public ServiceDefinition withIdentity(String other) {
        return new ServiceDefinition(name, Optional.of(other), requiredPrivileges, hookIdentity);
    }

    /** This with those required privileges instead. */
    public ServiceDefinition withRequiredPrivileges(PrivilegeSet other) {
        return new ServiceDefinition(name, identity, Optional.of(other), hookIdentity);
    }

    /** This with that hook identity instead. */
    public ServiceDefinition withHookIdentity(String other) {
        return new ServiceDefinition(name, identity, requiredPrivileges, Optional.of(other));
    }

    /** The per-service SID. */
    public Sid sid() {
        return Sid.service(name);
    }
}
