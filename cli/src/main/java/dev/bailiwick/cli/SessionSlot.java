package dev.bailiwick.cli;

/** A namespace slot of a session bundle that has commands of its own. */
enum SessionSlot {
    home("Files of the account's home: they last, and are private to the account."),
    config("Preferences of the account: they last, and are kept apart from its home."),
    cache("Copies that can be made again: they last until the space is needed."),
    tmp("Scratch files of this session: deleted at logout or expiry.");

    private final String description;

    SessionSlot(String description) {
        this.description = description;
    }

    /** For help texts. */
    String description() {
        return description;
    }
}
