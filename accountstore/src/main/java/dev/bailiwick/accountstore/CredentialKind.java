package dev.bailiwick.accountstore;

/** What a credential's verifier is. */
public enum CredentialKind {
    /** An Argon2id hash; {@code algorithm} holds its parameters. */
    PASSWORD("password"),
    /** A public key in SSH wire form. */
    SSH_PUBLIC_KEY("sshPublicKey"),
    /** SHA-256 of a one-time code. */
    ENROLMENT_CODE("enrolmentCode");

    private final String text;

    CredentialKind(String text) {
        this.text = text;
    }

    /** The schema's spelling, used in JSON. */
    public String text() {
        return text;
    }
}
