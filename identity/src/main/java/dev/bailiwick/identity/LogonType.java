package dev.bailiwick.identity;

import java.util.Arrays;
import java.util.Optional;

/** How a logon session came to be. Source: IDENTITY-FACTS. */
public enum LogonType {
    INTERACTIVE(2, "interactive"),
    NETWORK(3, "network"),
    BATCH(4, "batch"),
    SERVICE(5, "service"),
    NETWORK_CLEARTEXT(8, "network-cleartext"),
    NEW_CREDENTIALS(9, "new-credentials");

    private final int code;
    private final String text;

    LogonType(int code, String text) {
        this.code = code;
        this.text = text;
    }

    /** 2, 3, 4, 5, 8 or 9. */
    public int code() {
        return code;
    }

    /** The name, such as {@code service}. */
    public String text() {
        return text;
    }

    /** The group whose members came in this way. */
    public Sid group() {
        return switch (this) {
            case INTERACTIVE, NEW_CREDENTIALS -> WellKnownSid.INTERACTIVE.sid();
            case NETWORK, NETWORK_CLEARTEXT -> WellKnownSid.NETWORK.sid();
            case BATCH -> WellKnownSid.BATCH.sid();
            case SERVICE -> WellKnownSid.SERVICE.sid();
        };
    }

    /** The type of that code; none for any other number. */
    public static Optional<LogonType> ofCode(int code) {
        return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
    }
}
