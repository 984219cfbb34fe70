package dev.bailiwick.torture;

/** What a store made of what was done to it. */
sealed interface Verdict {
    /**
     * It was not opened.
     *
     * @param code the stable code of the refusal
     */
    record Refused(String code, String message) implements Verdict {}

    /**
     * It was opened; verification says what is wrong, and nothing was read that was not what had been written.
     *
     * @param message the first finding, or what a reader threw
     */
    record Reported(String message) implements Verdict {}

    /** It was opened, and verification and every row say that nothing is changed. */
    record Harmless() implements Verdict {}

    /**
     * What must not happen: something is lost or changed and nobody says so, or it failed in a way that is none of the store's own.
     *
     * @param what happened, for people
     */
    record Wrong(String what) implements Verdict {}
}
