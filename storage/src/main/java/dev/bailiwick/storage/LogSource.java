package dev.bailiwick.storage;

/** Where a log line came from. */
public enum LogSource {
    /** What the daemon recorded. */
    SESSION(1, "session"),
    /** What an application wrote through a sink. */
    APP(2, "app");

    private final int code;
    private final String text;

    LogSource(int code, String text) {
        this.code = code;
        this.text = text;
    }

    /** The stored byte; part of the format. */
    int code() {
        return code;
    }

    /** The source as readers see it. */
    public String text() {
        return text;
    }
}
