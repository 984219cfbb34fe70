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
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.InvalidNameException;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.SessionId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Finds out who a caller is, by password, by SSH key or by one-time code, and sets passwords. It grants nothing: what comes of it
 * is the account that was proved, or a refusal.
 *
 * <p>An unknown name, a wrong password and an account without a password take the same way: the same lookups, one hash with the
 * same parameters, the same answer. What the state of the account forbids is told only to whoever gave the right password, and
 * not here (ARCHITECTURE 6). Of a signature it is told whether it is one, since anybody can tell; whose key made it is not.
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

    /** The one answer to every key that is not one of that account. */
    static final Refusal KEY_FAILED = new Refusal(
            "auth-failed",
            "the name is wrong, or the key is not one of its account",
            "check both; 'bailiwick credential list' shows an account's keys; repeated failures are slowed down");

    private static final Refusal CHALLENGE = new Refusal(
            "ssh-challenge-invalid",
            "the challenge was used, is older than " + Limits.CHALLENGE_LIFE.toSeconds()
                    + " s or was given for something else",
            "try again, and sign within " + Limits.CHALLENGE_LIFE.toSeconds()
                    + " s; an agent ('ssh-add') saves typing a passphrase, and a busy machine takes longer");

    static final Refusal OVERLOADED =
            new Refusal("overloaded", "too many passwords wait to be checked", "try again in a moment");

    private static final Refusal BUSY =
            new Refusal("store-busy", "the account keeps changing", "try again in a moment");

    /** What came of a proof. */
    sealed interface Identified {
        /** It is this account's holder, by this credential. */
        record As(RecordId account, AuthStrength strength, Dossier.Proof proof) implements Identified {}

        /**
         * It is not, or it could not be checked.
         *
         * @param refusal what the caller is told
         * @param audited the code for the audit chain, which may say more
         */
        record Not(Refusal refusal, String audited) implements Identified {
            Not(Refusal refusal) {
                this(refusal, refusal.code());
            }
        }
    }

    /** What became of checking a secret of an account that the caller is known to be in a session of. */
    sealed interface Checked {
        /** It is right. */
        record Right() implements Checked {}

        /** It is wrong. */
        record Wrong() implements Checked {}

        /** It was not looked at. */
        record Refused(Refusal refusal) implements Checked {}
    }

    private final Records records;
    private final AccountStoreManager accounts;
    private final HashPool pool;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Guesses guesses;
    private final SshChallenges challenges;
    private final String namespace;
    private final byte[] decoySalt;
    private final byte[] decoyVerifier;

    /**
     * Over one store.
     *
     * @param namespace what signatures of this store's challenges are made for
     * @param random must be unpredictable: salts and challenges come from it
     */
    Authenticator(
            Records records,
            AccountStoreManager accounts,
            HashPool pool,
            String namespace,
            InstantSource clock,
            RandomGenerator random) {
        this.records = records;
        this.accounts = accounts;
        this.pool = pool;
        this.clock = clock;
        this.random = random;
        this.namespace = namespace;
        this.guesses = new Guesses(clock);
        this.challenges = new SshChallenges(clock, random);
        this.decoySalt = bytes(PasswordHash.SALT_BYTES);
        this.decoyVerifier = bytes(PasswordHash.VERIFIER_BYTES);
    }

    /** Checks a name and a password. The caller wipes the bytes. */
    Identified password(String name, byte[] password, int uid) {
        Optional<NameKey> key = key(name);
        return switch (guesses.take(Guesses.Secret.PASSWORD, counted(key), uid)) {
            case Guesses.Turn.Refused(Refusal refusal) -> new Identified.Not(refusal);
            case Guesses.Turn.Taken(var attempt) -> {
                try (attempt) {
                    Optional<Dossier> dossier = key.flatMap(records::byName);
                    Optional<Stored<Credential>> credential = dossier.flatMap(found -> found.password(clock.instant()));
                    yield switch (checked(credential, password, attempt)) {
                        case Checked.Refused(Refusal refusal) -> new Identified.Not(refusal);
                        case Checked.Wrong() -> new Identified.Not(FAILED);
                        case Checked.Right() ->
                            new Identified.As(
                                    dossier.orElseThrow().account().recordId(),
                                    AuthStrength.PASSWORD,
                                    proof(credential.orElseThrow()));
                    };
                }
            }
        };
    }

    /** Whether the password is the one that the account's credential was made from, where attempts are counted like logins. */
    Checked verify(Dossier dossier, byte[] password, int uid) {
        return switch (guesses.take(Guesses.Secret.PASSWORD, counted(dossier), uid)) {
            case Guesses.Turn.Refused(Refusal refusal) -> new Checked.Refused(refusal);
            case Guesses.Turn.Taken(var attempt) -> {
                try (attempt) {
                    yield checked(dossier.password(clock.instant()), password, attempt);
                }
            }
        };
    }

    private Checked checked(Optional<Stored<Credential>> credential, byte[] password, Guesses.Attempt attempt) {
        try {
            if (matches(credential, password)) {
                attempt.succeeded();
                return new Checked.Right();
            }
            attempt.failed();
            return new Checked.Wrong();
        } catch (HashPool.OverloadedException e) {
            return new Checked.Refused(OVERLOADED);
        }
    }

    private boolean matches(Optional<Stored<Credential>> credential, byte[] password) {
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
            byte[] candidate = hashed(memory ->
                    hash.verifier(prepared.map(PreparedPassword::bytes).orElse(decoySalt), salt, memory));
            return Secrets.same(candidate, verifier) && stored.isPresent() && prepared.isPresent();
        } finally {
            prepared.ifPresent(PreparedPassword::close);
        }
    }

    /** What signatures of this store's challenges are made for. */
    String namespace() {
        return namespace;
    }

    /** Fresh bytes to sign for a login under that name; empty if there is no room for any. Any name gets some. */
    Optional<byte[]> loginChallenge(String name, int uid) {
        return challenges.issue(new SshChallenges.Purpose.Login(key(name)), uid);
    }

    /** Fresh bytes to sign for showing again who holds that session; empty if there is no room for any. */
    Optional<byte[]> sessionChallenge(SessionId session, int uid) {
        return challenges.issue(new SshChallenges.Purpose.Reauthentication(session), uid);
    }

    /** Checks a name and a signature of a challenge that was given out for a login under it. */
    Identified sshKey(String name, byte[] challenge, String signature, int uid) {
        Optional<NameKey> key = key(name);
        return signed(
                new SshChallenges.Purpose.Login(key),
                counted(key),
                challenge,
                signature,
                uid,
                () -> key.flatMap(records::byName));
    }

    /** Checks a signature of a challenge that was given out for that session, by a key of its account. */
    Identified sshKey(SessionId session, Dossier dossier, byte[] challenge, String signature, int uid) {
        return signed(
                new SshChallenges.Purpose.Reauthentication(session),
                counted(dossier),
                challenge,
                signature,
                uid,
                () -> Optional.of(dossier));
    }

    private Identified signed(
            SshChallenges.Purpose purpose,
            String counted,
            byte[] challenge,
            String signature,
            int uid,
            Supplier<Optional<Dossier>> lookup) {
        return switch (guesses.take(Guesses.Secret.SSH_KEY, counted, uid)) {
            case Guesses.Turn.Refused(Refusal refusal) -> new Identified.Not(refusal);
            case Guesses.Turn.Taken(var attempt) -> {
                try (attempt) {
                    if (!challenges.spend(challenge, purpose, uid)) {
                        yield new Identified.Not(CHALLENGE);
                    }
                    SshPublicKey key;
                    try {
                        key = SshSignature.signer(signature, namespace, challenge);
                    } catch (SshFormatException e) {
                        attempt.failed();
                        yield new Identified.Not(new Refusal(
                                "ssh-signature-invalid",
                                "the signature does not count: " + e.message(),
                                "sign the challenge with 'ssh-keygen -Y sign -n " + namespace + "'"));
                    }
                    yield byKey(lookup.get(), key, attempt);
                }
            }
        };
    }

    /** From here on the key is proved, and nothing of the account is told unless it is one of its own. */
    private Identified byKey(Optional<Dossier> dossier, SshPublicKey key, Guesses.Attempt attempt) {
        if (dossier.isEmpty()) {
            attempt.failed();
            return new Identified.Not(KEY_FAILED, "ssh-account-missing");
        }
        Optional<Stored<Credential>> known = dossier.get().sshKey(key, clock.instant());
        if (known.isEmpty()) {
            attempt.failed();
            return new Identified.Not(KEY_FAILED, "ssh-key-unknown");
        }
        attempt.succeeded();
        return new Identified.As(dossier.get().account().recordId(), AuthStrength.PUBLIC_KEY, proof(known.get()));
    }

    /**
     * Spends a one-time code to set a password or to let an SSH key log in, or both, in one transaction: the code is consumed, other
     * codes stop working, and so does the password before if there is a new one. The caller wipes the bytes.
     *
     * @param password the new password; empty for none, if there is a key
     * @param sshKey a line of a public key file; empty for none
     */
    Identified enroll(String name, byte[] code, byte[] password, String sshKey, int uid) {
        Optional<NameKey> key = key(name);
        return switch (guesses.take(Guesses.Secret.CODE, counted(key), uid)) {
            case Guesses.Turn.Refused(Refusal refusal) -> new Identified.Not(refusal);
            case Guesses.Turn.Taken(var attempt) -> {
                try (attempt) {
                    yield enroll(key, code, password, sshKey, attempt);
                } catch (HashPool.OverloadedException e) {
                    yield new Identified.Not(OVERLOADED);
                } catch (RefusedException e) {
                    yield new Identified.Not(e.refusal());
                }
            }
        };
    }

    private Identified enroll(
            Optional<NameKey> key, byte[] code, byte[] password, String sshKey, Guesses.Attempt attempt) {
        List<NewCredential> fresh = new ArrayList<>();
        if (!sshKey.isEmpty()) {
            fresh.add(newSshKey(sshKey, ""));
        }
        if (sshKey.isEmpty() || password.length > 0) {
            // Before the code is looked at: whether it is right must not show in the time taken.
            fresh.add(newPassword(password).orElseThrow(() -> new RefusedException(WEAK)));
        }
        for (int again = 0; again < Limits.REPLANS; again++) {
            Optional<Dossier> dossier = key.flatMap(records::byName);
            Optional<Stored<Credential>> spent = dossier.flatMap(found -> matching(found, code));
            if (spent.isEmpty()) {
                attempt.failed();
                return new Identified.Not(CODE_INVALID);
            }
            attempt.succeeded();
            refusedRecovery(dossier.orElseThrow(), fresh).ifPresent(refusal -> {
                throw new RefusedException(refusal);
            });
            switch (spend(dossier.orElseThrow(), fresh, spent.get())) {
                case CommitResult.Committed(var receipt) -> {
                    return enrolled(dossier.orElseThrow().account().recordId(), fresh.getFirst());
                }
                case CommitResult.Conflict ignored -> {}
                case CommitResult.Rejected(var rejection, String message) ->
                    throw new IllegalStateException("enrolment was rejected: " + rejection.text() + ": " + message);
            }
        }
        return new Identified.Not(BUSY);
    }

    /**
     * Why the right code is not taken, and stays unspent: an account that is disabled or locked has no way back but through an
     * administrator, while one that is restricted to recovery may be given new credentials (seed 002, "Permission Rules").
     */
    private Optional<Refusal> refusedRecovery(Dossier dossier, List<NewCredential> fresh) {
        return switch (dossier.account().content().status()) {
            case DISABLED ->
                Optional.of(new Refusal("account-disabled", "the account is disabled", "ask an account administrator"));
            case LOCKED ->
                Optional.of(new Refusal("account-locked", "the account is locked", "ask an account administrator"));
            case ACTIVE, RECOVERY_ONLY ->
                fresh.stream()
                        .filter(added -> added.kind() == CredentialKind.SSH_PUBLIC_KEY)
                        .flatMap(added -> dossier.obstacleTo(added, clock.instant()).stream())
                        .findFirst();
        };
    }

    private Identified enrolled(RecordId account, NewCredential made) {
        Instant now = clock.instant();
        return records.byId(account)
                .flatMap(dossier -> dossier.usable(made.kind(), now).stream()
                        .filter(credential -> credential.content().verifier().equals(made.verifier()))
                        .findFirst())
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

    private CommitResult spend(Dossier dossier, List<NewCredential> fresh, Stored<Credential> code) {
        Map<RecordId, CredentialState> states = new HashMap<>(disabling(dossier, CredentialKind.ENROLMENT_CODE));
        if (fresh.stream().anyMatch(credential -> credential.kind() == CredentialKind.PASSWORD)) {
            states.putAll(disabling(dossier, CredentialKind.PASSWORD));
        }
        states.put(code.recordId(), CredentialState.CONSUMED);
        return accounts.changeCredentials(
                dossier.account().recordId(),
                fresh,
                states,
                dossier.account().version(),
                Attribution.of(new Actor.Daemon()));
    }

    /** Takes all credentials of that kind out of use. */
    static Map<RecordId, CredentialState> disabling(Dossier dossier, CredentialKind kind) {
        Map<RecordId, CredentialState> states = new HashMap<>();
        for (Stored<Credential> credential : dossier.credentials()) {
            if (credential.content().kind() == kind && credential.content().state() == CredentialState.ACTIVE) {
                states.put(credential.recordId(), CredentialState.DISABLED);
            }
        }
        return states;
    }

    /**
     * A credential for the key of that line.
     *
     * @param label for its owner; if empty, the line's own comment
     * @throws RefusedException if it is no such line
     */
    NewCredential newSshKey(String line, String label) {
        SshPublicKey.Line read;
        try {
            read = SshPublicKey.ofLine(line);
        } catch (SshFormatException e) {
            throw new RefusedException(new Refusal(
                    "ssh-key-invalid",
                    "the public key is not taken: " + e.message(),
                    "give the one line of a .pub file, such as 'ssh-keygen -t ed25519' makes"));
        }
        return new NewCredential(
                CredentialKind.SSH_PUBLIC_KEY,
                label(label.isEmpty() ? read.comment() : label),
                read.key().type().text(),
                OpaqueBytes.NONE,
                read.key().blob(),
                Optional.empty());
    }

    /** What people call a credential: one line, cut to what is kept. */
    private static String label(String text) {
        String line = text.codePoints()
                .filter(point -> !Character.isISOControl(point))
                .limit(Limits.LABEL_CHARS)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip();
        return line.isEmpty() ? "ssh key" : line;
    }

    /**
     * A credential for that password; empty if it is too weak to be set.
     *
     * @throws HashPool.OverloadedException if there is no place in the queue
     */
    Optional<NewCredential> newPassword(byte[] password) {
        Optional<PreparedPassword> prepared = PreparedPassword.of(password);
        try {
            if (prepared.isEmpty() || prepared.get().isTooShort()) {
                return Optional.empty();
            }
            byte[] salt = bytes(PasswordHash.SALT_BYTES);
            byte[] verifier = hashed(
                    memory -> PasswordHash.CURRENT.verifier(prepared.get().bytes(), salt, memory));
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

    private byte[] hashed(Function<HashMemory, byte[]> work) {
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

    /** Names that cannot exist are counted as one: there is nothing to tell them apart by. */
    private static String counted(Optional<NameKey> key) {
        return key.map(NameKey::toString).orElse("");
    }

    private static String counted(Dossier dossier) {
        return counted(Optional.of(dossier.account().content().nameKey()));
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
