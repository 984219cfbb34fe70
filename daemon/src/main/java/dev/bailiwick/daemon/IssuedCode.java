package dev.bailiwick.daemon;

import java.time.Instant;

/**
 * A one-time code to hand to somebody. Nobody can ask for it again.
 *
 * @param name the account it enrols
 * @param code as it is typed
 * @param expiresAt the first moment at which it no longer works
 */
public record IssuedCode(String name, String code, Instant expiresAt) {
    /** Without the code: this text may end up in a log. */
    @Override
    public String toString() {
        return "enrolment code for \"" + name + "\" until " + expiresAt;
    }
}
