package dev.bailiwick.broker;

import java.util.Optional;

/**
 * How a denial is called when it meets somebody who has proved to have a key of the account (seed 002, Gate 2): the stable code for
 * the audit chain, which is told to them as well. Stateless.
 */
final class SshDenials {
    /** The account's records could not be read: nobody gets in. */
    static final Refusal LOOKUP_FAILED = told(
            "ssh-account-lookup-failed",
            "the account cannot be read",
            "tell an administrator; 'account-admin store verify' names what is damaged");

    private SshDenials() {}

    /** That refusal of a session, as an SSH login words it. */
    static Authenticator.Identified.Not of(Refusal refusal) {
        if (refusal.equals(Authenticator.FAILED)) {
            // Disabled between the proof and the session.
            return new Authenticator.Identified.Not(Authenticator.KEY_FAILED, "ssh-key-unknown");
        }
        return new Authenticator.Identified.Not(codeOf(refusal.code())
                .map(code -> told(code, refusal.message(), refusal.hint()))
                .orElse(refusal));
    }

    /** The codes that concern the account and its profiles; others mean the same however somebody logs in. */
    private static Optional<String> codeOf(String code) {
        return switch (code) {
            case "not-found" -> Optional.of("ssh-account-missing");
            case "account-disabled", "account-locked", "account-recovery-only" -> Optional.of("ssh-" + code);
            case "unknown-profile" -> Optional.of("ssh-profile-unknown");
            case "stale-profile" -> Optional.of("ssh-profile-stale");
            case "profile-kind" -> Optional.of("ssh-profile-kind");
            case "unknown-fragment" -> Optional.of("ssh-profile-fragment");
            case "unknown-policy" -> Optional.of("ssh-profile-policy");
            default -> Optional.empty();
        };
    }

    private static Refusal told(String code, String message, String hint) {
        return new Refusal(code, message + " (" + StoreAudit.auth(code) + ")", hint);
    }
}
