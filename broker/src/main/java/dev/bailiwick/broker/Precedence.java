package dev.bailiwick.broker;

import dev.bailiwick.profiles.PolicyCatalogue;
import java.util.Collection;
import java.util.Optional;

/**
 * Who stands above whom: an account administrator may hand out ways into an account, or throw somebody out of it, only if that
 * account has no administrative role which they lack. Stateless.
 */
final class Precedence {
    private Precedence() {}

    /**
     * The first of those roles that puts whoever has it beyond the administrator's reach; empty if none does. A role that the
     * catalogue does not know might be anything, and counts as administrative.
     */
    static Optional<String> beyond(Administrator administrator, PolicyCatalogue catalogue, Collection<String> roles) {
        return roles.stream()
                .filter(role -> catalogue
                        .role(role)
                        .filter(definition -> !definition.administrative() && !definition.manifestOnly())
                        .isEmpty())
                .filter(role -> !administrator.has(role))
                .findFirst();
    }
}
