package dev.bailiwick.cli;

/** What a program's exit says; scripts depend on the numbers. Any thread may use it. */
enum ExitStatus {
    /** Done. */
    OK(0, "done"),
    /** Something went wrong inside; trying again will not help. */
    INTERNAL(1, "something went wrong inside"),
    /** The command line or its input is not valid. */
    USAGE(2, "the command line or its input is not valid"),
    /** Refused, or the capability that was used is revoked. */
    DENIED(3, "denied, or the capability is revoked"),
    /** What was named does not exist. */
    NOT_FOUND(4, "what was named does not exist"),
    /** Something changed in between, or is in the way; nothing was written. */
    CONFLICT(5, "something changed in between, or is in the way; nothing was written"),
    /** The store is damaged or older than its anchor. */
    CORRUPT(6, "the store is damaged or was rolled back"),
    /** The daemon, the store or the network is out of reach, or busy. */
    UNAVAILABLE(7, "the daemon or the store is out of reach, or busy");

    private final int number;
    private final String meaning;

    ExitStatus(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    /** What it says, for help texts. */
    String meaning() {
        return meaning;
    }

    /** The process's exit status, 0 to 7. */
    int number() {
        return number;
    }

    /** The exit status of a denial with that stable code. A code this build does not know is a denial all the same. */
    static ExitStatus ofDenial(String code) {
        return switch (code) {
            case "not-found", "unknown-profile", "unknown-role", "unknown-program", "program-missing" -> NOT_FOUND;
            case "conflict",
                    "name-taken",
                    "name-confusable",
                    "duplicate-binding",
                    "key-exists",
                    "password-exists",
                    "not-empty",
                    "transaction-id-taken",
                    "already-decided",
                    "already-running",
                    "already-requested" -> CONFLICT;
            case "corrupt", "rolled-back" -> CORRUPT;
            case "store-busy",
                    "overloaded",
                    "unavailable",
                    "keyring-unavailable",
                    "identity-unavailable",
                    "not-listening",
                    "not-started",
                    "timed-out" -> UNAVAILABLE;
            case "invalid-name",
                    "invalid-argument",
                    "too-many-arguments",
                    "argument-too-long",
                    "argument-not-allowed",
                    "invalid-path",
                    "invalid-profile",
                    "unknown-fragment",
                    "invalid-sequence",
                    "invalid-kind",
                    "invalid-text",
                    "invalid-data-class",
                    "invalid-passphrase",
                    "is-a-namespace",
                    "not-a-namespace",
                    "unknown-kind",
                    "profile-kind",
                    "ssh-key-invalid",
                    "too-large",
                    "weak-password",
                    "lease-too-long",
                    "invalid-policy",
                    "invalid-descriptor",
                    "unknown-privilege",
                    "unmeasured-binary" -> USAGE;
            default -> DENIED;
        };
    }
}
