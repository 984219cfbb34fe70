package dev.bailiwick.accountstore;

import dev.bailiwick.schema.PrincipalId;
import java.time.Instant;
import java.util.Optional;

/**
 * A way to prove to be a principal. The verifier is for the credential service alone: no interface of the account store
 * other than {@link CredentialReader} returns it.
 *
 * @param principalId whose; never changes
 * @param kind what the verifier is; never changes
 * @param state whether it may be used
 * @param label for its owner, such as "laptop"; may be empty
 * @param algorithm how the verifier was made, such as {@code argon2id;v=19;m=19456;t=2;p=1}
 * @param salt may be empty
 * @param verifier what a proof is checked against
 * @param expiresAt after which it proves nothing, in milliseconds; empty for never
 */
public record Credential(
        PrincipalId principalId,
        CredentialKind kind,
        CredentialState state,
        String label,
        String algorithm,
        OpaqueBytes salt,
        OpaqueBytes verifier,
        Optional<Instant> expiresAt)
        implements RecordContent {
    /** Refuses an expiry that would read as never. */
    public Credential {
        expiresAt = Times.expiry(expiresAt);
    }

    /** The same credential in another state. */
    public Credential withState(CredentialState newState) {
        return new Credential(principalId, kind, newState, label, algorithm, salt, verifier, expiresAt);
    }

    @Override
    public RecordKind recordKind() {
        return RecordKind.CREDENTIAL;
    }
}
