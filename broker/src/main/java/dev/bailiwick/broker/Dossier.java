package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.Credential;
import dev.bailiwick.accountstore.CredentialKind;
import dev.bailiwick.accountstore.CredentialState;
import dev.bailiwick.accountstore.NewCredential;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.schema.RecordId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the store has about one account, read from one state. It holds verifiers, and does not leave this package.
 *
 * @param account the account's newest version
 * @param credentials those it refers to, in any state
 * @param facts what the planner sees
 */
record Dossier(Stored<Account> account, List<Stored<Credential>> credentials, Facts facts) {
    Dossier {
        credentials = List.copyOf(credentials);
    }

    /** The credential that a login was proved with, in the version it was checked against. */
    record Proof(RecordId credential, long version) {}

    /** What a change of the account is compared with. */
    Session.Ground ground() {
        return new Session.Ground(
                account.content().resourceProfile(), account.content().policyProfile());
    }

    /** The password that works now, if there is one. */
    Optional<Stored<Credential>> password(Instant now) {
        return usable(CredentialKind.PASSWORD, now).stream().findFirst();
    }

    /** Credentials of that kind that work now. */
    List<Stored<Credential>> usable(CredentialKind kind, Instant now) {
        return credentials.stream()
                .filter(credential -> credential.content().kind() == kind && works(credential.content(), now))
                .toList();
    }

    /** The credential that lets that key log in now, if there is one. */
    Optional<Stored<Credential>> sshKey(SshPublicKey key, Instant now) {
        return usable(CredentialKind.SSH_PUBLIC_KEY, now).stream()
                .filter(credential -> credential.content().verifier().equals(key.blob()))
                .findFirst();
    }

    /** The credentials that log in by themselves, now: all but one-time codes. */
    List<Stored<Credential>> lasting(Instant now) {
        List<Stored<Credential>> all = new ArrayList<>(usable(CredentialKind.PASSWORD, now));
        all.addAll(usable(CredentialKind.SSH_PUBLIC_KEY, now));
        return all;
    }

    /** Why an SSH key may not be added; empty if it may. */
    Optional<Refusal> obstacleTo(NewCredential key, Instant now) {
        List<Stored<Credential>> keys = usable(CredentialKind.SSH_PUBLIC_KEY, now);
        if (keys.stream().anyMatch(known -> known.content().verifier().equals(key.verifier()))) {
            return Optional.of(new Refusal("key-exists", "that key can log in already", "name another key"));
        }
        return keys.size() >= Limits.SSH_KEYS
                ? Optional.of(new Refusal(
                        "too-many-keys",
                        "an account has at most " + Limits.SSH_KEYS + " SSH keys",
                        "disable one first, with 'bailiwick credential disable ID'"))
                : Optional.empty();
    }

    /** Whether the credential that somebody proved to have is still the account's, unchanged. */
    boolean stillHas(Proof proof, Instant now) {
        return credentials.stream()
                .anyMatch(credential -> credential.recordId().equals(proof.credential())
                        && credential.version() == proof.version()
                        && works(credential.content(), now));
    }

    private static boolean works(Credential credential, Instant now) {
        return credential.state() == CredentialState.ACTIVE
                && credential.expiresAt().map(now::isBefore).orElse(true);
    }
}
