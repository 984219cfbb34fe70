package dev.bailiwick.broker;

import dev.bailiwick.accountstore.CorruptStoreException;
import java.util.Optional;

/**
 * Lets the holder of a session show again who they are. What a session may do while its authentication is fresh counts from then
 * on. Each attempt is in the audit chain before it is answered. Thread-safe; methods wait and are meant for virtual threads.
 */
final class Reauthentication {
    private static final Refusal WRONG =
            new Refusal("auth-failed", "the password is wrong", "check it; repeated failures are slowed down");

    private final Records records;
    private final Authenticator authenticator;
    private final AuditTrail audit;

    Reauthentication(Records records, Authenticator authenticator, AuditTrail audit) {
        this.records = records;
        this.authenticator = authenticator;
        this.audit = audit;
    }

    /** By the account's password. The caller wipes the bytes. Empty if it is shown. */
    Optional<Refusal> password(Session session, byte[] password) {
        Optional<Dossier> dossier = dossier(session);
        if (dossier.isEmpty()) {
            return denied(session, Authenticator.FAILED, Authenticator.FAILED.code());
        }
        return switch (authenticator.verify(
                dossier.get(), password, session.identity().uid())) {
            case Authenticator.Checked.Right() -> shown(session, AuthStrength.PASSWORD);
            case Authenticator.Checked.Wrong() -> denied(session, WRONG, WRONG.code());
            case Authenticator.Checked.Refused(Refusal refusal) -> denied(session, refusal, refusal.code());
        };
    }

    /** Fresh bytes for {@link #sshKey}; empty if there is no room for any. */
    Optional<byte[]> challenge(Session session) {
        return authenticator.sessionChallenge(
                session.identity().id(), session.identity().uid());
    }

    /** What the challenge is signed for. */
    String namespace() {
        return authenticator.namespace();
    }

    /** By a signature of a challenge with a key of the account. Empty if it is shown. */
    Optional<Refusal> sshKey(Session session, byte[] challenge, String signature) {
        Optional<Dossier> dossier;
        try {
            dossier = dossier(session);
        } catch (CorruptStoreException damage) {
            return denied(session, SshDenials.LOOKUP_FAILED, SshDenials.LOOKUP_FAILED.code());
        }
        if (dossier.isEmpty()) {
            return denied(session, Authenticator.KEY_FAILED, "ssh-account-missing");
        }
        return switch (authenticator.sshKey(
                session.identity().id(),
                dossier.get(),
                challenge,
                signature,
                session.identity().uid())) {
            case Authenticator.Identified.As as -> shown(session, as.strength());
            case Authenticator.Identified.Not(Refusal refusal, String code) -> denied(session, refusal, code);
        };
    }

    private Optional<Dossier> dossier(Session session) {
        return records.byId(session.identity().account());
    }

    private Optional<Refusal> shown(Session session, AuthStrength strength) {
        // Noted first: what cannot be audited does not happen.
        audit.reauthenticated(session, strength);
        session.authenticated(strength);
        return Optional.empty();
    }

    private Optional<Refusal> denied(Session session, Refusal refusal, String code) {
        audit.reauthenticationDenied(session, code);
        return Optional.of(refusal);
    }
}
