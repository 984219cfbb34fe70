package dev.bailiwick.profiles;

import dev.bailiwick.schema.ProfileId;
import java.time.Duration;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * The authorization template (seed 002, "Terms"): which fragments and roles a session of this profile may have, and for
 * how long. The stored record adds the version id, the epoch and the chain fields.
 *
 * @param profileId stays the same through all versions
 * @param name lower-case words joined by dashes
 * @param kinds principal kinds it may serve, at least one
 * @param allowedRoles roles whose fragments a session may receive; the planner ignores others, with a reason
 * @param fragments fragments that every session of this profile gets
 * @param sessionLifetime from login to expiry
 * @param idleTimeout without a call, at most the lifetime
 * @param freshAuth how long an authentication counts as fresh, at most the lifetime
 * @param labels inputs to policy, by name
 */
public record PolicyProfile(
        ProfileId profileId,
        String name,
        Set<PrincipalKind> kinds,
        SortedSet<String> allowedRoles,
        SortedSet<String> fragments,
        Duration sessionLifetime,
        Duration idleTimeout,
        Duration freshAuth,
        SortedMap<String, String> labels) {
    public PolicyProfile {
        Checks.token("policy profile name", name);
        kinds = Checks.kinds(kinds);
        allowedRoles = Checks.tokens("role name", allowedRoles);
        fragments = Checks.tokens("fragment name", fragments);
        Checks.duration("session lifetime", sessionLifetime, Limits.SESSION_LIFETIME);
        Checks.duration("idle timeout", idleTimeout, sessionLifetime);
        Checks.duration("fresh authentication", freshAuth, sessionLifetime);
        labels = Checks.attributes(labels);
    }
}
