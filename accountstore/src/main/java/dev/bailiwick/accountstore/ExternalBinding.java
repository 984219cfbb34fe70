package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.schema.BindingId;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.PrincipalId;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Binds a subject of an outside provider to a local principal (seed 002, {@code ExternalIdentityBinding}).
 *
 * @param bindingId never changes
 * @param provider issuer, cloud provider or certificate authority; never changes
 * @param subjectHash of provider kind, issuer, tenant and subject; unique with the provider; never changes
 * @param principalId whom the subject is admitted as
 * @param tenant may be empty
 * @param acceptedClaims names of claims that policy may look at
 * @param expiresAt after which it admits nobody, in milliseconds; empty for never
 * @param policyProfile of sessions so admitted
 * @param resourceProfile of sessions so admitted
 * @param state whether it is in force
 */
public record ExternalBinding(
        BindingId bindingId,
        String provider,
        Hash256 subjectHash,
        PrincipalId principalId,
        String tenant,
        SortedSet<String> acceptedClaims,
        Optional<Instant> expiresAt,
        ProfileRef policyProfile,
        ProfileRef resourceProfile,
        BindingState state)
        implements RecordContent {
    /** Copies the claims; refuses an expiry that would read as never. */
    public ExternalBinding {
        if (provider.isEmpty() || provider.indexOf(0) >= 0) {
            throw new IllegalArgumentException("an external binding names its provider, without a null character");
        }
        expiresAt = Times.expiry(expiresAt);
        acceptedClaims = Sorted.set(acceptedClaims);
    }

    /** The same, no longer in force. */
    ExternalBinding revoked() {
        return new ExternalBinding(
                bindingId,
                provider,
                subjectHash,
                principalId,
                tenant,
                acceptedClaims,
                expiresAt,
                policyProfile,
                resourceProfile,
                BindingState.REVOKED);
    }

    @Override
    public RecordKind recordKind() {
        return RecordKind.EXTERNAL_BINDING;
    }
}
