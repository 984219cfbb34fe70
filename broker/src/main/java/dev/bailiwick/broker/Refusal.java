package dev.bailiwick.broker;

import dev.bailiwick.accountstore.CorruptStoreException;
import dev.bailiwick.accountstore.Rejection;
import dev.bailiwick.schema.gen.Denial;
import dev.bailiwick.storage.CorruptStorageException;
import dev.bailiwick.storage.DenialCode;
import dev.bailiwick.storage.Denied;

/**
 * A typed refusal on its way to a caller.
 *
 * @param code stable
 * @param message for people: what was refused and why
 * @param hint for people: what to do next; may be empty
 */
record Refusal(String code, String message, String hint) {
    private static final int QUOTED_CHARS = 64;

    static Refusal because(String code, String message) {
        return new Refusal(code, message, "");
    }

    /** What storage refused. A closed gate is no refusal but a revocation, and thrown as one. */
    static Refusal of(Denied denied) {
        if (denied.code() == DenialCode.REVOKED) {
            throw Grant.revoked(denied.message());
        }
        return new Refusal(denied.code().text(), denied.message(), denied.hint());
    }

    /** Stored bytes are not what was written. */
    static Refusal of(CorruptStorageException damage) {
        return new Refusal(
                "corrupt",
                damage.owner() + " is damaged at " + damage.path(),
                "run a store verification and tell an administrator");
    }

    /** A stored record is not what was written. */
    static Refusal of(CorruptStoreException damage) {
        return new Refusal(
                "corrupt",
                damage.what() + " is damaged",
                "run 'account-admin store verify', and tell an administrator; docs/recovery.md says what to do");
    }

    /** What the store rejected. A closed gate is no refusal but a revocation, and thrown as one. */
    static Refusal of(Rejection rejection, String message) {
        if (rejection == Rejection.REVOKED) {
            throw Grant.revoked(message);
        }
        return new Refusal(
                rejection.text(),
                message,
                rejection == Rejection.LAST_ACCOUNT_ADMIN ? "make another account administrator first" : "");
    }

    /** What a caller wrote, in quotes, and no more of it than fits into a line. */
    static String quoted(String text) {
        return "\"" + (text.length() <= QUOTED_CHARS ? text : text.substring(0, QUOTED_CHARS) + "...") + "\"";
    }

    void into(Denial.Builder denial) {
        denial.setCode(code);
        denial.setMessage(message);
        denial.setHint(hint);
    }
}
