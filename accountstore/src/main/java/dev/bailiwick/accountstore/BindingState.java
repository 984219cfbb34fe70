package dev.bailiwick.accountstore;

/** Whether a role or external binding is in force. Revoked bindings are kept, for history and so that their ids stay taken. */
public enum BindingState {
    ACTIVE("active"),
    REVOKED("revoked");

    private final String text;

    BindingState(String text) {
        this.text = text;
    }

    /** The schema's spelling, used in JSON. */
    public String text() {
        return text;
    }
}
