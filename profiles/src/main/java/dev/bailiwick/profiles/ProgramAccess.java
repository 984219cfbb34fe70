package dev.bailiwick.profiles;

import java.util.Optional;

/** How much of a namespace of the session a launched program may claim; never all of it to write. In the schema's order. */
public enum ProgramAccess {
    /** The namespace {@code apps/NAME} in it, to read and write. */
    OWN("own"),
    /** All of it, to read. */
    READ_ONLY("readOnly");

    private final String text;

    ProgramAccess(String text) {
        this.text = text;
    }

    /** The access spelt as {@link #text} spells it, if there is one. */
    public static Optional<ProgramAccess> ofText(String text) {
        for (ProgramAccess access : values()) {
            if (access.text.equals(text)) {
                return Optional.of(access);
            }
        }
        return Optional.empty();
    }

    /** The schema's spelling. */
    public String text() {
        return text;
    }
}
