package dev.bailiwick.accountstore;

/** What sort of provider vouches for an outside subject. The text is part of the subject's hash and never changes. */
public enum ProviderKind {
    OIDC("oidc"),
    PASSKEY("passkey"),
    CLOUD("cloud"),
    CERTIFICATE("certificate");

    private final String text;

    ProviderKind(String text) {
        this.text = text;
    }

    /** The schema's spelling. */
    public String text() {
        return text;
    }
}
