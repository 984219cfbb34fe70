package dev.bailiwick.launch;

/** Carries a refusal out of nested steps to the one that answers with it. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient LaunchOutcome.Refused refusal;

    RefusedException(String code, String message, String hint) {
        super(code, null, false, false);
        this.refusal = new LaunchOutcome.Refused(code, message, hint);
    }

    LaunchOutcome.Refused refusal() {
        return refusal;
    }
}
