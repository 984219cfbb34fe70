package dev.bailiwick.broker;

import dev.bailiwick.accountstore.AccountStatus;
import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.PrincipalKind;
import dev.bailiwick.profiles.ResourceProfile;
import dev.bailiwick.profiles.ServiceIdentity;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.VersionId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything stored that a plan is made from, read from one state of the store.
 *
 * @param account whose bundle it is
 * @param resourceProfile the one the account names, if the store has it as named
 * @param policyProfile likewise
 * @param catalogue the policy version in force
 * @param journalSize the state all of this was read from
 */
record Facts(
        Account account,
        Lookup<ResourceProfile> resourceProfile,
        Lookup<PolicyProfile> policyProfile,
        Lookup<PolicyCatalogue> catalogue,
        long journalSize) {

    /** What the store had under a reference. */
    sealed interface Lookup<T> {
        /**
         * The content.
         *
         * @param source the record version it came from
         * @param version its own name for that version
         */
        record Found<T>(T content, Source source, VersionId version) implements Lookup<T> {}

        /** Nothing that may be used. */
        record Missing<T>(PlanCode code, String why) implements Lookup<T> {}
    }

    /**
     * An account as the planner sees it.
     *
     * @param source the record version
     * @param principalId whose account it is
     * @param name as it was given
     * @param displayName for people
     * @param kind what the principal stands for
     * @param status as stored
     * @param bindings active role bindings, expired ones included
     * @param service what a service account is bound to
     */
    record Account(
            Source source,
            PrincipalId principalId,
            String name,
            String displayName,
            PrincipalKind kind,
            AccountStatus status,
            List<Binding> bindings,
            Optional<ServiceIdentity> service) {
        Account {
            bindings = List.copyOf(bindings);
        }

        /** An account that is no service. */
        Account(
                Source source,
                PrincipalId principalId,
                String name,
                String displayName,
                PrincipalKind kind,
                AccountStatus status,
                List<Binding> bindings) {
            this(source, principalId, name, displayName, kind, status, bindings, Optional.empty());
        }
    }

    /**
     * That the principal has a role.
     *
     * @param source the binding's record version
     * @param role its name
     * @param expiresAt the first moment at which it no longer counts; empty if it does not expire
     */
    record Binding(Source source, String role, Optional<Instant> expiresAt) {
        boolean hasExpired(Instant now) {
            return expiresAt.isPresent() && !now.isBefore(expiresAt.get());
        }
    }
}
