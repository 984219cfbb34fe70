package dev.bailiwick.identity;

import java.util.Arrays;
import java.util.Optional;

/** How far a service may go with a client's identity, chosen by the client when it connects (seed 003). Lowest first. */
public enum ImpersonationLevel {
    /** The service does not learn who the client is. */
    ANONYMOUS(0, "anonymous"),
    /** The service learns who the client is; access decisions are made as Anonymous. */
    IDENTIFICATION(1, "identification"),
    /** The service may act as the client on this machine. */
    IMPERSONATION(2, "impersonation"),
    /** The service may also forward the client's identity to other machines. */
    DELEGATION(3, "delegation");

    /** What a connection has when its client says nothing. */
    public static final ImpersonationLevel DEFAULT = IMPERSONATION;

    private final int code;
    private final String text;

    ImpersonationLevel(int code, String text) {
        this.code = code;
        this.text = text;
    }

    /** The name, such as {@code impersonation}. */
    public String text() {
        return text;
    }

    /** 0 to 3. */
    public int code() {
        return code;
    }

    /** The lower of the two. */
    public ImpersonationLevel min(ImpersonationLevel other) {
        return compareTo(other) <= 0 ? this : other;
    }

    /** The level of exactly that name. */
    public static Optional<ImpersonationLevel> named(String text) {
        return Arrays.stream(values()).filter(level -> level.text.equals(text)).findFirst();
    }

    /** The level of that code; none for any other number. */
    public static Optional<ImpersonationLevel> ofCode(int code) {
        return Arrays.stream(values()).filter(level -> level.code() == code).findFirst();
    }
}
