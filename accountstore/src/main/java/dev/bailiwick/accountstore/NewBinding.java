package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.schema.BindingId;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.PrincipalId;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/**
 * An external binding to be made. Its id is drawn when it is proposed.
 *
 * @param provider issuer, cloud provider or certificate authority
 * @param subjectHash of the outside subject
 * @param principalId whom the subject is admitted as
 * @param tenant may be empty
 * @param acceptedClaims names of claims that policy may look at
 * @param expiresAt after which it admits nobody, in milliseconds; empty for never
 * @param policyProfile of sessions so admitted
 * @param resourceProfile of sessions so admitted
 */
public record NewBinding(
        String provider,
        Hash256 subjectHash,
        PrincipalId principalId,
        String tenant,
        SortedSet<String> acceptedClaims,
        Optional<Instant> expiresAt,
        ProfileRef policyProfile,
        ProfileRef resourceProfile) {
    /** Copies the claims. */
    public NewBinding {
        acceptedClaims = Sorted.set(acceptedClaims);
    }

    ExternalBinding of(BindingId id) {
        return new ExternalBinding(
                id,
                provider,
                subjectHash,
                principalId,
                tenant,
                acceptedClaims,
                expiresAt,
                policyProfile,
                resourceProfile,
                BindingState.ACTIVE);
    }
}
