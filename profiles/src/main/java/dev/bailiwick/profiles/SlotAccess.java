package dev.bailiwick.profiles;

import java.util.Optional;

/** How much of a slot's interface a grant carries. Ordinals match the schema's. */
public enum SlotAccess {
    /** All of it. */
    FULL("full"),
    /** Only methods of class {@code read}. */
    READ_ONLY("readOnly"),
    /** Only methods of class {@code write}. */
    WRITE_ONLY("writeOnly"),
    /** Only what belongs to the principal itself. */
    OWN_ONLY("ownOnly"),
    /** With sensitive parts left out. */
    REDACTED("redacted"),
    /** All of it, on storage that ends with the session. */
    EPHEMERAL("ephemeral");

    private final String text;

    SlotAccess(String text) {
        this.text = text;
    }

    /** The access spelt as {@link #text} spells it, if there is one. */
    public static Optional<SlotAccess> ofText(String text) {
        for (SlotAccess access : values()) {
            if (access.text.equals(text)) {
                return Optional.of(access);
            }
        }
        return Optional.empty();
    }

    /** The schema's spelling, used in the catalogue and in JSON. */
    public String text() {
        return text;
    }
}
