package dev.bailiwick.broker;

/** Where a caller sits, as far as the daemon can vouch for it. Ordinals match the schema's. */
public enum SessionSource {
    /** The machine's own console, or the process that embeds the broker. */
    CONSOLE("console"),
    /** A process of this machine, through a Unix socket. */
    UNIX_SOCKET("unixSocket"),
    /** Another machine. */
    REMOTE("remote"),
    /** A browser, through a companion. */
    BROWSER("browser");

    private final String text;

    SessionSource(String text) {
        this.text = text;
    }

    /** The schema's spelling, used in the audit chain. */
    public String text() {
        return text;
    }
}
