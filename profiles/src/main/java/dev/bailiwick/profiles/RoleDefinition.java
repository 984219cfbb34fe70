package dev.bailiwick.profiles;

import java.util.Set;
import java.util.SortedSet;

/**
 * One role of the catalogue (seed 002, "Roles"). It selects fragments and eligibility for leases and is never authority.
 *
 * @param name lower-case words joined by dashes
 * @param summary one line for people
 * @param administrative bound and removed by policy-admin only, never by account-admin
 * @param manifestOnly bound by a seed manifest only
 * @param kinds principal kinds that may carry it, at least one
 * @param fragments names of the fragments it adds to a bundle now
 * @param leases names of the fragments a session may ask a lease of
 */
public record RoleDefinition(
        String name,
        String summary,
        boolean administrative,
        boolean manifestOnly,
        Set<PrincipalKind> kinds,
        SortedSet<String> fragments,
        SortedSet<String> leases) {
    public RoleDefinition {
        Checks.token("role name", name);
        Checks.text("role summary", summary, Limits.PROSE_CHARS);
        kinds = Checks.kinds(kinds);
        fragments = Checks.tokens("fragment name", fragments);
        leases = Checks.tokens("lease name", leases);
    }
}
