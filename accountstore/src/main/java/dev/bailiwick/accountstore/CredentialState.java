package dev.bailiwick.accountstore;

/** Whether a credential may still be used. */
public enum CredentialState {
    /** Usable. */
    ACTIVE("active"),
    /** A one-time code that was used. */
    CONSUMED("consumed"),
    /** Withdrawn or replaced. */
    DISABLED("disabled");

    private final String text;

    CredentialState(String text) {
        this.text = text;
    }

    /** The schema's spelling, used in JSON. */
    public String text() {
        return text;
    }
}
