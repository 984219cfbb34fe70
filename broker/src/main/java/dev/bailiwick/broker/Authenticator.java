package dev.bailiwick.broker;

import dev.bailiwick.accountstore.AccountStoreManager;
import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.Attribution;
import dev.bailiwick.accountstore.CommitResult;
import dev.bailiwick.accountstore.Credential;
import dev.bailiwick.accountstore.CredentialKind;
import dev.bailiwick.accountstore.CredentialState;
import dev.bailiwick.accountstore.NewCredential;
import dev.bailiwick.accountstore.OpaqueBytes;
import dev.bailiwick.accountstore.Rejection;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.InvalidNameException;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.RecordId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Finds out who a caller is, by password or by one-time code, and sets passwords. It grants nothing: what comes of it is the
 * account that was proved, or a refusal.
 *
 * <p>An unknown name, a wrong password and an account without a password take the same way: the same lookups, one hash with the
 * same parameters, the same answer. What the state of the account forbids is told only to whoever gave the right password, and
 * not here (ARCHITECTURE 6).
 *
 * <p>Thread-safe. Methods wait for the store and for their turn to hash; they are meant for virtual threads.
 */
final class Authenticator {
    /** The one answer to everything that is not the right password. */
    static final Refusal FAILED = new Refusal(
            "auth-failed", "the name or the password is wrong", "check both; repeated failures are slowed down");

    /** The one answer to everything that is not a code that works. */
    static final Refusal CODE_INVALID = new Refusal(
            "code-invalid",
            "the name or the code is wrong, or the code was used or has expired",
            "ask an account administrator for a new code");

    static final Refusal WEAK = new Refusal(
            "weak-password",
            "a password has " + Limits.PASSWORD_MIN_CHARS + " characters or more, at most " + Limits.PASSWORD_MAX_BYTES
                    + " bytes of UTF-8, and no control characters",
            "choose a longer password, such as a few words");

    static final Refusal OVERLOADED =
            new Refusal("overloaded", "too many passwords wait to be checked", "try again in a moment");

    private static final Refusal BUSY =
            new Refusal("store-busy", "the account keeps changing", "try again in a moment");

    /** What came of a proof. */
    sealed interface Identified {
        /** It is this account's holder, by this credential. */
        record As(RecordId account, AuthStrength strength, Dossier.Proof proof) implements Identified {}

        /** It is not, or it could not be checked. */
        record Not(Refusal refusal) implements Identified {}
    }

    private final Records records;
    private final AccountStoreManager accounts;
    private final HashPool pool;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Backoff backoff = new Backoff();
    private final byte[] decoySalt;
    private final byte[] decoyVerifier;

    /** @param random must be unpredictable: salts come from it */
    Authenticator(
            Records records, AccountStoreManager accounts, HashPool pool, InstantSource clock, RandomGenerator random) {
        this.records = records;
        this.accounts = accounts;
        this.pool = pool;
        this.clock = clock;
        this.random = random;
        this.decoySalt = bytes(PasswordHash.SALT_BYTES);
        this.decoyVerifier = bytes(PasswordHash.VERIFIER_BYTES);
    }

    /** Checks a name and a password. The caller wipes the bytes. */
    Identified password(String name, byte[] password, int uid) {
        Optional<NameKey> key = key(name);
        Optional<Refusal> wait = backedOff(key, uid);
        if (wait.isPresent()) {
            return new Identified.Not(wait.get());
        }
        Optional<Dossier> dossier = key.flatMap(records::byName);
        Optional<Stored<Credential>> credential = dossier.flatMap(found -> found.password(clock.instant()));
        Checked checked = check(credential, password);
        return switch (checked) {
            case OVERLOADED -> new Identified.Not(OVERLOADED);
            case WRONG -> {
                backoff.failed(counted(key), uid, clock.instant());
                yield new Identified.Not(FAILED);
            }
            case RIGHT -> {
                backoff.succeeded(counted(key), uid);
                yield new Identified.As(
                        dossier.orElseThrow().account().recordId(),
                        AuthStrength.PASSWORD,
                        proof(credential.orElseThrow()));
            }
        };
    }

    /** What became of comparing a password with a verifier. */
    enum Checked {
        RIGHT,
        WRONG,
        OVERLOADED
    }

    /**
     * Whether the password is the one that the account's credential was made from, where attempts are counted like logins.
     * Empty if they came too fast.
     */
    Optional<Checked> verify(Dossier dossier, byte[] password, int uid) {
        Optional<NameKey> key = Optional.of(dossier.account().content().nameKey());
        if (backedOff(key, uid).isPresent()) {
            return Optional.empty();
        }
        Checked checked = check(dossier.password(clock.instant()), password);
        switch (checked) {
            case RIGHT -> backoff.succeeded(counted(key), uid);
            case WRONG -> backoff.failed(counted(key), uid, clock.instant());
            case OVERLOADED -> {}
        }
        return Optional.of(checked);
    }

    private Checked check(Optional<Stored<Credential>> credential, byte[] password) {
        Optional<PasswordHash> stored =
                credential.flatMap(found -> PasswordHash.ofText(found.content().algorithm()));
        PasswordHash hash = stored.orElse(PasswordHash.CURRENT);
        byte[] salt =
                stored.isPresent() ? credential.orElseThrow().content().salt().toBytes() : decoySalt;
        byte[] verifier = stored.isPresent()
                ? credential.orElseThrow().content().verifier().toBytes()
                : decoyVerifier;
        Optional<PreparedPassword> prepared = PreparedPassword.of(password);
        try {
            byte[] candidate = hashed(
                    () -> hash.verifier(prepared.map(PreparedPassword::bytes).orElse(decoySalt), salt));
            boolean same = Secrets.same(candidate, verifier);
            return same && stored.isPresent() && prepared.isPresent() ? Checked.RIGHT : Checked.WRONG;
        } catch (HashPool.OverloadedException e) {
            return Checked.OVERLOADED;
        } finally {
            prepared.ifPresent(PreparedPassword::close);
        }
    }

    /**
     * Spends a one-time code to set a password, in one transaction: the code is consumed, other codes and the password before
     * stop working, the new password is there. The caller wipes the bytes.
     */
    Identified enroll(String name, byte[] code, byte[] password, int uid) {
        Optional<NameKey> key = key(name);
        Optional<Refusal> wait = backedOff(key, uid);
        if (wait.isPresent()) {
            return new Identified.Not(wait.get());
        }
        Optional<NewCredential> fresh;
        try {
            // Before the code is looked at: whether it is right must not show in the time taken.
            fresh = newPassword(password);
        } catch (HashPool.OverloadedException e) {
            return new Identified.Not(OVERLOADED);
        }
        if (fresh.isEmpty()) {
            return new Identified.Not(WEAK);
        }
        for (int attempt = 0; attempt < Limits.REPLANS; attempt++) {
            Optional<Dossier> dossier = key.flatMap(records::byName);
            Optional<Stored<Credential>> spent = dossier.flatMap(found -> matching(found, code));
            if (spent.isEmpty()) {
                backoff.failed(counted(key), uid, clock.instant());
                return new Identified.Not(CODE_INVALID);
            }
            switch (replacePassword(dossier.orElseThrow(), fresh.get(), spent)) {
                case CommitResult.Committed(var receipt) -> {
                    backoff.succeeded(counted(key), uid);
                    return enrolled(dossier.orElseThrow().account().recordId());
                }
                case CommitResult.Conflict ignored -> {}
                case CommitResult.Rejected(var rejection, String message) ->
                    throw new IllegalStateException("enrolment was rejected: " + rejection.text() + ": " + message);
            }
        }
        return new Identified.Not(BUSY);
    }

    private Identified enrolled(RecordId account) {
        Instant now = clock.instant();
        return records.byId(account)
                .flatMap(dossier -> dossier.password(now))
                .<Identified>map(credential -> new Identified.As(account, AuthStrength.POSSESSION, proof(credential)))
                .orElseGet(() -> new Identified.Not(BUSY));
    }

    private Optional<Stored<Credential>> matching(Dossier dossier, byte[] code) {
        byte[] hash = EnrolmentCode.verifierOf(code);
        Optional<Stored<Credential>> match = Optional.empty();
        for (Stored<Credential> candidate : dossier.usable(CredentialKind.ENROLMENT_CODE, clock.instant())) {
            if (Secrets.same(hash, candidate.content().verifier().toBytes())) {
                match = Optional.of(candidate);
            }
        }
        return match;
    }

    /**
     * Replaces the password by one that the caller just proved to be entitled to set; the refusal, if it cannot be.
     *
     * @param attribution who asks, and the gate of what they ask through: hashing takes long enough for it to be closed meanwhile
     */
    Optional<Refusal> rotate(
            Dossier dossier, byte[] replacement, Attribution attribution, AccountStoreManager through) {
        Optional<NewCredential> fresh;
        try {
            fresh = newPassword(replacement);
        } catch (HashPool.OverloadedException e) {
            return Optional.of(OVERLOADED);
        }
        if (fresh.isEmpty()) {
            return Optional.of(WEAK);
        }
        return switch (through.changeCredentials(
                dossier.account().recordId(),
                List.of(fresh.get()),
                disabling(dossier, CredentialKind.PASSWORD),
                dossier.account().version(),
                attribution)) {
            case CommitResult.Committed ignored -> Optional.empty();
            case CommitResult.Conflict ignored ->
                Optional.of(new Refusal("conflict", "the account was changed meanwhile", "try again"));
            case CommitResult.Rejected(var rejection, String message) -> {
                if (rejection == Rejection.REVOKED) {
                    throw Grant.revoked(message);
                }
                yield Optional.of(Refusal.because(rejection.text(), message));
            }
        };
    }

    private CommitResult replacePassword(Dossier dossier, NewCredential fresh, Optional<Stored<Credential>> spentCode) {
        Map<RecordId, CredentialState> states = new HashMap<>(disabling(dossier, CredentialKind.PASSWORD));
        states.putAll(disabling(dossier, CredentialKind.ENROLMENT_CODE));
        spentCode.ifPresent(code -> states.put(code.recordId(), CredentialState.CONSUMED));
        return accounts.changeCredentials(
                dossier.account().recordId(),
                List.of(fresh),
                states,
                dossier.account().version(),
                Attribution.of(new Actor.Daemon()));
    }

    private static Map<RecordId, CredentialState> disabling(Dossier dossier, CredentialKind kind) {
        Map<RecordId, CredentialState> states = new HashMap<>();
        for (Stored<Credential> credential : dossier.credentials()) {
            if (credential.content().kind() == kind && credential.content().state() == CredentialState.ACTIVE) {
                states.put(credential.recordId(), CredentialState.DISABLED);
            }
        }
        return states;
    }

    private Optional<NewCredential> newPassword(byte[] password) {
        Optional<PreparedPassword> prepared = PreparedPassword.of(password);
        try {
            if (prepared.isEmpty() || prepared.get().isTooShort()) {
                return Optional.empty();
            }
            byte[] salt = bytes(PasswordHash.SALT_BYTES);
            byte[] verifier =
                    hashed(() -> PasswordHash.CURRENT.verifier(prepared.get().bytes(), salt));
            return Optional.of(new NewCredential(
                    CredentialKind.PASSWORD,
                    "password",
                    PasswordHash.CURRENT.text(),
                    OpaqueBytes.of(salt),
                    OpaqueBytes.of(verifier),
                    Optional.empty()));
        } finally {
            prepared.ifPresent(PreparedPassword::close);
        }
    }

    private byte[] hashed(Supplier<byte[]> work) {
        CompletionStage<byte[]> stage = pool.run(work);
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof HashPool.OverloadedException overloaded) {
                throw overloaded;
            }
            throw e;
        } catch (CancellationException e) {
            throw new HashPool.OverloadedException(e); // The daemon stops: nobody will hash this.
        }
    }

    private Optional<Refusal> backedOff(Optional<NameKey> key, int uid) {
        Duration wait = backoff.remaining(counted(key), uid, clock.instant());
        return wait.isZero()
                ? Optional.empty()
                : Optional.of(new Refusal(
                        "auth-backoff",
                        "too many failed attempts",
                        "wait " + Math.max(1, wait.plusMillis(999).toSeconds()) + " s and try again"));
    }

    /** Names that cannot exist are counted as one: there is nothing to tell them apart by. */
    private static String counted(Optional<NameKey> key) {
        return key.map(NameKey::toString).orElse("");
    }

    private static Optional<NameKey> key(String name) {
        try {
            return Optional.of(AccountName.parse(name).key());
        } catch (InvalidNameException e) {
            return Optional.empty();
        }
    }

    private static Dossier.Proof proof(Stored<Credential> credential) {
        return new Dossier.Proof(credential.recordId(), credential.version());
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
