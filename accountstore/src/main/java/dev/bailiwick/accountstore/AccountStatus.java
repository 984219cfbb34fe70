package dev.bailiwick.accountstore;

import java.util.Optional;

/** Whether an account may be used (seed 002, {@code AccountStatus}). */
public enum AccountStatus {
    /** In use. */
    ACTIVE("active"),
    /** Switched off by an administrator. */
    DISABLED("disabled"),
    /** Switched off until it is unlocked. */
    LOCKED("locked"),
    /** Good for recovery flows only. */
    RECOVERY_ONLY("recoveryOnly");

    private final String text;

    AccountStatus(String text) {
        this.text = text;
    }

    /** The status spelt as {@link #text} spells it, if there is one. */
    public static Optional<AccountStatus> ofText(String text) {
        for (AccountStatus status : values()) {
            if (status.text.equals(text)) {
                return Optional.of(status);
            }
        }
        return Optional.empty();
    }

    /** The schema's spelling, used in JSON. */
    public String text() {
        return text;
    }
}
