package dev.bailiwick.launch;

/** What came of an order. */
public sealed interface LaunchOutcome {
    /** It runs. */
    record Started(RunningProgram program) implements LaunchOutcome {}

    /**
     * It does not run, and nothing of it is left.
     *
     * @param code stable: {@code quota-exceeded}, {@code measurement-mismatch}, {@code program-missing}, {@code sandbox-unavailable}, {@code
     *     revoked} or {@code launch-failed}
     * @param message for people
     * @param hint what to do next; may be empty
     */
    record Refused(String code, String message, String hint) implements LaunchOutcome {}
}
