package dev.bailiwick.profiles;

import java.util.Optional;

/** Which arguments a program may be given. In the schema's order. */
public enum ProgramArguments {
    /** None at all. */
    NONE("none"),
    /** Those that one of the rule's patterns matches. */
    LISTED("listed"),
    /** Any, within the rule's bounds. */
    ANY("any");

    private final String text;

    ProgramArguments(String text) {
        this.text = text;
    }

    /** The constant spelt as {@link #text} spells it, if there is one. */
    public static Optional<ProgramArguments> ofText(String text) {
        for (ProgramArguments arguments : values()) {
            if (arguments.text.equals(text)) {
                return Optional.of(arguments);
            }
        }
        return Optional.empty();
    }

    /** The schema's spelling. */
    public String text() {
        return text;
    }
}
