package dev.bailiwick.cli;

import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.daemon.DaemonException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** Says what a command that threw came to, in words and as an exit status. Stateless. */
final class Faults {
    /** What makes a working store out of what is left, with nothing that is not proved to be the newest in force. */
    static final String RECOVER = "account-admin store recover --store DIR --manifest FILE";

    /** What to do about damage. */
    static final String RECOVERY = "keep a copy of the directory; put a backup back, import an export, or: " + RECOVER;

    private Faults() {}

    /** The failure that a thrown exception stands for. What nobody expected is an internal fault. */
    static CommandFailure explain(Throwable problem) {
        return switch (problem) {
            case CommandFailure failure -> failure;
            case RpcException lost -> explain(lost);
            case DaemonException refused -> explain(refused);
            case UncheckedIOException wrapped when wrapped.getCause() != null -> explain(wrapped.getCause());
            case NoSuchFileException missing ->
                CommandFailure.denied("not-found", "there is no file " + missing.getFile(), "");
            case AccessDeniedException denied ->
                CommandFailure.of(
                        ExitStatus.DENIED, "access-denied", "the system denies access to " + denied.getFile(), "");
            case IOException io -> CommandFailure.unavailable("cannot read or write: " + io.getMessage(), "");
            default ->
                CommandFailure.of(
                        ExitStatus.INTERNAL,
                        "internal",
                        "something went wrong inside: " + problem,
                        "run it again with BAILIWICK_TRACE=1 and report what it prints");
        };
    }

    /** A call that failed: the reason starts with a stable code where there is one. */
    private static CommandFailure explain(RpcException problem) {
        String reason = problem.reason();
        int colon = reason.indexOf(':');
        boolean hasCode = colon > 0 && reason.substring(0, colon).matches("[a-z]+(-[a-z]+)*");
        if (hasCode) {
            String code = reason.substring(0, colon);
            return CommandFailure.denied(code, reason.substring(colon + 1).strip(), hintFor(code));
        }
        return switch (problem.type()) {
            case DISCONNECTED ->
                CommandFailure.unavailable(
                        "the daemon ended the connection: " + reason, "see whether it is running, and its log");
            case OVERLOADED ->
                CommandFailure.of(
                        ExitStatus.UNAVAILABLE, "overloaded", "the daemon is busy: " + reason, "try again in a moment");
            case UNIMPLEMENTED ->
                CommandFailure.of(
                        ExitStatus.UNAVAILABLE,
                        "unimplemented",
                        "the daemon does not know this call: " + reason,
                        "run a daemon of the same version as this program");
            case FAILED ->
                CommandFailure.of(
                        ExitStatus.INTERNAL, "internal", "the daemon failed: " + reason, "see the daemon's log");
        };
    }

    /** The code of an error that stands for a finding of the verification. */
    static String codeOfFinding(String code) {
        return switch (code) {
            case "record-replaced", "entries-missing", "store-key", "unreadable" -> code;
            default -> "corrupt";
        };
    }

    private static String hintFor(String code) {
        if (code.equals("corrupt")) {
            return "'account-admin store verify' names what is damaged; then " + RECOVERY;
        }
        return code.equals("revoked") || code.startsWith("session-") ? "log in again with 'bailiwick login'" : "";
    }

    private static CommandFailure explain(DaemonException problem) {
        String message = String.valueOf(problem.getMessage());
        return switch (problem.code()) {
            case BAD_SOCKET -> failure(ExitStatus.USAGE, problem, message, "name another with --socket PATH");
            case SOCKET_TAKEN ->
                failure(
                        ExitStatus.UNAVAILABLE,
                        problem,
                        message,
                        "stop that process, or name another with --socket PATH");
            case STORE_MISSING ->
                failure(ExitStatus.NOT_FOUND, problem, message, "make one: bailiwick init --store DIR --manifest FILE");
            case STORE_EXISTS -> failure(ExitStatus.CONFLICT, problem, message, "name a new directory");
            case STORE_BUSY ->
                failure(
                        ExitStatus.UNAVAILABLE,
                        problem,
                        message,
                        "to act through that daemon, log in ('bailiwick login NAME --socket PATH') and leave --store out;"
                                + " or stop it first");
            case SEEDS_REFUSED -> failure(ExitStatus.USAGE, problem, message, "correct the manifest");
            case OTHER_MANIFEST ->
                failure(
                        ExitStatus.USAGE,
                        problem,
                        message,
                        "'account-admin store manifest --store DIR' prints the one it was made from, if the store can still be read that"
                                + " far");
            case CORRUPT, RECORD_REPLACED, ENTRIES_MISSING, STORE_KEY, FILE_MISSING, FORKED ->
                failure(ExitStatus.CORRUPT, problem, message, RECOVERY);
            case ROLLED_BACK ->
                failure(
                        ExitStatus.CORRUPT,
                        problem,
                        message,
                        "put the newest copy back, the one that extends the anchor; if it is lost: " + RECOVER);
            case ANCHOR_MISSING ->
                failure(
                        ExitStatus.CORRUPT,
                        problem,
                        message,
                        "name its place with --anchor FILE; if it is lost: " + RECOVER);
            case ANCHOR_FOREIGN ->
                failure(
                        ExitStatus.CORRUPT,
                        problem,
                        message,
                        "name this store's own anchor with --anchor FILE; if it is lost, name a new file: " + RECOVER
                                + " --anchor NEW-FILE");
            case ANCHOR_OLDER ->
                failure(
                        ExitStatus.CORRUPT,
                        problem,
                        message,
                        "put the newest anchor back, or name its place with --anchor FILE; if it is lost: " + RECOVER);
            case ANCHOR_CORRUPT ->
                failure(
                        ExitStatus.CORRUPT,
                        problem,
                        message,
                        "put a copy of the anchor back; if there is none: " + RECOVER);
            case CLOCK_SET_BACK ->
                failure(
                        ExitStatus.CORRUPT,
                        problem,
                        message,
                        "set the machine's clock right; if it is right now and was ahead before: " + RECOVER);
            case ANCHOR_EXISTS ->
                failure(
                        ExitStatus.CONFLICT,
                        problem,
                        message,
                        "move it away, or name another place with --anchor FILE");
            case INTERRUPTED ->
                failure(
                        ExitStatus.CORRUPT,
                        problem,
                        message,
                        "run the same 'account-admin store recover' or 'store import' again; it goes on where it was");
            case FILE_EXISTS -> failure(ExitStatus.CONFLICT, problem, message, "name a new file");
            case EXPORT_FORMAT ->
                failure(ExitStatus.USAGE, problem, message, "name a file that 'account-admin store export' wrote");
            case EXPORT_DAMAGED -> failure(ExitStatus.CORRUPT, problem, message, "take another copy of the export");
            case EXPORT_KEY ->
                failure(ExitStatus.CORRUPT, problem, message, "take an export of the store that you trust the key of");
            case EXPORT_OLDER ->
                failure(
                        ExitStatus.CORRUPT,
                        problem,
                        message,
                        "import a newer export; to take this one as it is, name a new anchor with --anchor NEW-FILE");
            case EXPORT_FORKED ->
                failure(
                        ExitStatus.CORRUPT,
                        problem,
                        message,
                        "import an export of the history that the anchor followed; to take this one as it is, name a new anchor with"
                                + " --anchor NEW-FILE");
            case UNREADABLE ->
                failure(
                        ExitStatus.CORRUPT,
                        problem,
                        message,
                        "see that --store names the right directory and its disk is there; put a backup back or import an export; to"
                                + " begin anew from the manifest, add --manifest-alone");
            case EMERGENCY_LOG ->
                failure(
                        ExitStatus.UNAVAILABLE,
                        problem,
                        message,
                        "name a file that can be written, with --emergency-log FILE, and keep it");
            case NO_EMERGENCY ->
                failure(ExitStatus.CONFLICT, problem, message, "emergency mode is for a store that refuses to open");
            case IDENTITY_SOURCE ->
                failure(ExitStatus.USAGE, problem, message, "give every --identity-source a domain of its own");
            case IO -> failure(ExitStatus.UNAVAILABLE, problem, message, "");
        };
    }

    private static CommandFailure failure(ExitStatus status, DaemonException problem, String message, String hint) {
        return CommandFailure.of(status, problem.code().word(), message, hint);
    }
}
