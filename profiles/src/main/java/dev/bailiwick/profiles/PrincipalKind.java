package dev.bailiwick.profiles;

import java.util.Optional;

/** What a principal stands for (seed 002, "Terms"). It selects bundle fragments and is never authority. */
public enum PrincipalKind {
    /** A person with a local account. */
    HUMAN("human"),
    /** A person who administers the machine. */
    OPERATOR("operator"),
    /** A temporary visitor without durable state. */
    GUEST("guest"),
    /** A caller who has not said who they are. */
    ANONYMOUS("anonymous"),
    /** A subject vouched for by an outside identity provider. */
    EXTERNAL("external"),
    /** A non-interactive program bound to a measured binary. */
    SERVICE("service"),
    /** The break-glass identity that a manifest seeds. */
    RECOVERY("recovery");

    private final String text;

    PrincipalKind(String text) {
        this.text = text;
    }

    /** The kind spelt as {@link #text} spells it, if there is one. */
    public static Optional<PrincipalKind> ofText(String text) {
        for (PrincipalKind kind : values()) {
            if (kind.text.equals(text)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /** The schema's spelling, used in manifests and JSON. */
    public String text() {
        return text;
    }
}
