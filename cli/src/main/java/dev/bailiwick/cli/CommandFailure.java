package dev.bailiwick.cli;

/** A command ended without doing what it was asked; says so with a stable code, and how the program exits. */
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ExitStatus status;
    private final String code;
    private final String hint;
    private final transient Json.Obj details;

    private CommandFailure(ExitStatus status, String code, String message, String hint, Json.Obj details) {
        super(message);
        this.status = status;
        this.code = code;
        this.hint = hint;
        this.details = details;
    }

    /** A failure of that code; the hint says what to do next and may be empty. */
    static CommandFailure of(ExitStatus status, String code, String message, String hint) {
        return new CommandFailure(status, code, message, hint, Json.object());
    }

    /** A refusal as the daemon words it; its code decides how the program exits. */
    static CommandFailure denied(String code, String message, String hint) {
        return of(ExitStatus.ofDenial(code), code, message, hint);
    }

    /** Input that cannot be acted on. */
    static CommandFailure usage(String message, String hint) {
        return of(ExitStatus.USAGE, "usage", message, hint);
    }

    /** What the command needs cannot be reached. */
    static CommandFailure unavailable(String message, String hint) {
        return of(ExitStatus.UNAVAILABLE, "unavailable", message, hint);
    }

    /** The same failure with more fields in its JSON form. */
    CommandFailure with(Json.Obj more) {
        CommandFailure copy = new CommandFailure(status, code, message(), hint, more);
        copy.initCause(this);
        return copy;
    }

    ExitStatus status() {
        return status;
    }

    /** The stable code, lowercase with dashes. */
    String code() {
        return code;
    }

    String message() {
        return String.valueOf(getMessage());
    }

    /** What to do next; empty when there is nothing. */
    String hint() {
        return hint;
    }

    /** As {@code -o json} shows it: {@code code}, {@code message}, {@code hint}, and fields of this kind of failure. */
    Json.Obj toJson() {
        return Json.object()
                .with("code", code)
                .with("message", message())
                .with("hint", hint)
                .with(details);
    }
}
