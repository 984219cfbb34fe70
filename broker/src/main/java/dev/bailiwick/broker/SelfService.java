package dev.bailiwick.broker;

import dev.bailiwick.accountstore.AccountStoreManager;
import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.Attribution;
import dev.bailiwick.accountstore.CommitResult;
import dev.bailiwick.accountstore.Credential;
import dev.bailiwick.accountstore.CredentialKind;
import dev.bailiwick.accountstore.CredentialState;
import dev.bailiwick.accountstore.NewCredential;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.schema.RecordId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What the holder of a session may do to the credentials of its account. A change asks for fresh authentication, unless what comes
 * with it is one, and goes through the grant's gate: hashing takes long enough for that to be closed meanwhile.
 *
 * <p>Every method throws {@link RefusedException} instead of doing what it may not. Thread-safe; methods wait for the store and for
 * their turn to hash.
 */
final class SelfService {
    private static final String RECOVERY_LABEL = "recovery code";

    /** A one-time code and the last moment before it expires. */
    record Issued(EnrolmentCode code, Instant expiresAt) {}

    private final Grant grant;
    private final Records records;
    private final Authenticator authenticator;
    private final AccountStoreManager accounts;
    private final InstantSource clock;
    private final RandomGenerator random;

    /**
     * For the holder of that grant.
     *
     * @param accounts the store's manager; each change carries the grant's gate
     * @param random must be unpredictable: recovery codes come from it
     */
    SelfService(
            Grant grant,
            Records records,
            Authenticator authenticator,
            AccountStoreManager accounts,
            InstantSource clock,
            RandomGenerator random) {
        this.grant = grant;
        this.records = records;
        this.authenticator = authenticator;
        this.accounts = accounts;
        this.clock = clock;
        this.random = random;
    }

    /** Every credential that the account has now. */
    List<Stored<Credential>> list() {
        return dossier().credentials();
    }

    /** Whether that is the account's password; counted like a login. */
    Authenticator.Checked verify(byte[] password) {
        return authenticator.verify(
                dossier(), password, grant.session().identity().uid());
    }

    /** Sets another password in place of the one given, which proves who asks. */
    void rotatePassword(byte[] current, byte[] replacement) {
        Dossier dossier = dossier();
        switch (authenticator.verify(
                dossier, current, grant.session().identity().uid())) {
            case Authenticator.Checked.Right() -> {}
            case Authenticator.Checked.Wrong() ->
                throw new RefusedException(new Refusal("auth-failed", "the current password is wrong", "check it"));
            case Authenticator.Checked.Refused(Refusal refusal) -> throw new RefusedException(refusal);
        }
        // The version that the password was checked against: if it was set anew meanwhile, this is a conflict.
        change(dossier, List.of(password(replacement)), Authenticator.disabling(dossier, CredentialKind.PASSWORD));
    }

    /** Sets the first password of an account that has none. */
    Stored<Credential> enrollPassword(byte[] password) {
        requireFresh();
        Dossier dossier = dossier();
        if (dossier.password(clock.instant()).isPresent()) {
            throw new RefusedException(new Refusal(
                    "password-exists",
                    "the account has a password",
                    "change it with the current one: 'bailiwick credential password'; or spend a recovery code"));
        }
        NewCredential made = password(password);
        change(dossier, List.of(made), Map.of());
        return made(made);
    }

    /** Lets one more key log in. */
    Stored<Credential> enrollSshKey(String line, String label) {
        requireFresh();
        NewCredential made = authenticator.newSshKey(line, label);
        Dossier dossier = dossier();
        requireNone(dossier.obstacleTo(made, clock.instant()));
        change(dossier, List.of(made), Map.of());
        return made(made);
    }

    /** Puts a key in the place of one that logs in now. */
    Stored<Credential> rotateSshKey(byte[] old, String line, String label) {
        requireFresh();
        Dossier dossier = dossier();
        Stored<Credential> replaced = usable(dossier, old);
        if (replaced.content().kind() != CredentialKind.SSH_PUBLIC_KEY) {
            throw new RefusedException(
                    Refusal.because("not-a-key", "that credential is not an SSH key, and a key cannot replace it"));
        }
        NewCredential made = authenticator.newSshKey(
                line, label.isEmpty() ? replaced.content().label() : label);
        if (dossier.sshKey(keyOf(made), clock.instant()).isPresent()) {
            throw new RefusedException(new Refusal("key-exists", "that key can log in already", "name another key"));
        }
        change(dossier, List.of(made), Map.of(replaced.recordId(), CredentialState.DISABLED));
        return made(made);
    }

    /** Takes a credential out of use for good, unless it is the last that can log in. */
    void disable(byte[] recordId) {
        requireFresh();
        Dossier dossier = dossier();
        Stored<Credential> credential = usable(dossier, recordId);
        List<Stored<Credential>> lasting = dossier.lasting(clock.instant());
        if (lasting.size() == 1 && lasting.getFirst().recordId().equals(credential.recordId())) {
            throw new RefusedException(new Refusal(
                    "last-credential",
                    "it is the last credential that can log in to this account",
                    "add another one first, with 'bailiwick credential add-key' or 'credential password'"));
        }
        change(dossier, List.of(), Map.of(credential.recordId(), CredentialState.DISABLED));
    }

    /** A code that sets new credentials without the old ones; earlier unspent codes stop working. */
    Issued issueRecoveryCode() {
        requireFresh();
        Dossier dossier = dossier();
        EnrolmentCode code = EnrolmentCode.draw(random);
        Instant expiresAt = clock.instant().plus(Limits.ENROLMENT_LIFE);
        change(
                dossier,
                List.of(code.credential(RECOVERY_LABEL, expiresAt)),
                Authenticator.disabling(dossier, CredentialKind.ENROLMENT_CODE));
        return new Issued(code, expiresAt);
    }

    private void change(Dossier dossier, List<NewCredential> added, Map<RecordId, CredentialState> states) {
        Session.Identity identity = grant.session().identity();
        CommitResult outcome = accounts.changeCredentials(
                dossier.account().recordId(),
                added,
                states,
                dossier.account().version(),
                Attribution.of(new Actor.Session(identity.principalId(), identity.id()), grant::closed));
        switch (outcome) {
            case CommitResult.Committed _ -> {}
            case CommitResult.Conflict _ ->
                throw new RefusedException(new Refusal("conflict", "the account was changed meanwhile", "try again"));
            case CommitResult.Rejected(var rejection, String message) ->
                throw new RefusedException(Refusal.of(rejection, message));
        }
    }

    private NewCredential password(byte[] password) {
        try {
            return authenticator.newPassword(password).orElseThrow(() -> new RefusedException(Authenticator.WEAK));
        } catch (HashPool.OverloadedException e) {
            throw new RefusedException(Authenticator.OVERLOADED);
        }
    }

    private void requireFresh() {
        requireNone(grant.session().staleness());
    }

    private static void requireNone(Optional<Refusal> refusal) {
        refusal.ifPresent(why -> {
            throw new RefusedException(why);
        });
    }

    private Stored<Credential> usable(Dossier dossier, byte[] recordId) {
        Instant now = clock.instant();
        return dossier.credentials().stream()
                .filter(credential -> Arrays.equals(credential.recordId().toBytes(), recordId))
                .filter(credential ->
                        dossier.usable(credential.content().kind(), now).contains(credential))
                .findFirst()
                .orElseThrow(() -> new RefusedException(new Refusal(
                        "not-found",
                        "the account has no such credential in use",
                        "'bailiwick credential list' shows those it has")));
    }

    private Stored<Credential> made(NewCredential credential) {
        return dossier().credentials().stream()
                .filter(stored -> stored.content().verifier().equals(credential.verifier()))
                .findFirst()
                .orElseThrow(() -> new RefusedException(
                        new Refusal("conflict", "the account was changed meanwhile", "look at its credentials")));
    }

    private static SshPublicKey keyOf(NewCredential credential) {
        try {
            return SshPublicKey.ofBlob(credential.verifier().toBytes());
        } catch (SshFormatException e) {
            throw new IllegalStateException("a key that was just read", e);
        }
    }

    private Dossier dossier() {
        return records.byId(grant.session().identity().account())
                .orElseThrow(() -> new IllegalStateException("the account of a live session is gone"));
    }
}
