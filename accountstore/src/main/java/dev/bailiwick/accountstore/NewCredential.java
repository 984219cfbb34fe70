package dev.bailiwick.accountstore;

import dev.bailiwick.schema.PrincipalId;
import java.time.Instant;
import java.util.Optional;

/** A credential to be made, as {@link Credential}. */
public record NewCredential(
        CredentialKind kind,
        String label,
        String algorithm,
        OpaqueBytes salt,
        OpaqueBytes verifier,
        Optional<Instant> expiresAt) {
    Credential of(PrincipalId principal) {
        return new Credential(principal, kind, CredentialState.ACTIVE, label, algorithm, salt, verifier, expiresAt);
    }
}
