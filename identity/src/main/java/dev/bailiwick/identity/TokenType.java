package dev.bailiwick.identity;

/** What a token is for. */
public enum TokenType {
    /** The identity a process runs under. */
    PRIMARY("primary"),
    /** A client's identity, for a server that acts for it. */
    IMPERSONATION("impersonation");

    private final String text;

    TokenType(String text) {
        this.text = text;
    }

    /** The name, such as {@code primary}. */
    public String text() {
        return text;
    }
}
