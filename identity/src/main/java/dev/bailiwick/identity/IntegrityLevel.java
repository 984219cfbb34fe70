package dev.bailiwick.identity;

import java.util.Arrays;
import java.util.Optional;

/** How far a token is trusted not to damage others, lowest first. Also the label of an object: what is needed to write to it. */
public enum IntegrityLevel {
    UNTRUSTED(WellKnownSid.UNTRUSTED_INTEGRITY, "untrusted"),
    LOW(WellKnownSid.LOW_INTEGRITY, "low"),
    MEDIUM(WellKnownSid.MEDIUM_INTEGRITY, "medium"),
    HIGH(WellKnownSid.HIGH_INTEGRITY, "high"),
    SYSTEM(WellKnownSid.SYSTEM_INTEGRITY, "system");

    private final WellKnownSid known;
    private final String text;

    IntegrityLevel(WellKnownSid known, String text) {
        this.known = known;
        this.text = text;
    }

    /** {@code S-1-16-} and the level. */
    public Sid sid() {
        return known.sid();
    }

    /** The name, such as {@code medium}. */
    public String text() {
        return text;
    }

    /** The lower of the two. */
    public IntegrityLevel min(IntegrityLevel other) {
        return compareTo(other) <= 0 ? this : other;
    }

    /** Whether this is at least the other. */
    public boolean dominates(IntegrityLevel other) {
        return compareTo(other) >= 0;
    }

    /** The level of that SID. */
    public static Optional<IntegrityLevel> of(Sid sid) {
        return Arrays.stream(values()).filter(level -> level.sid().equals(sid)).findFirst();
    }

    /** The level of exactly that name. */
    public static Optional<IntegrityLevel> named(String text) {
        return Arrays.stream(values()).filter(level -> level.text.equals(text)).findFirst();
    }
}
