package dev.bailiwick.broker;

import dev.bailiwick.profiles.PrincipalKind;
import java.util.Optional;

/** What kind of context a session is. Ordinals match the schema's. */
enum SessionKind {
    LOCAL("local"),
    OPERATOR("operator"),
    GUEST("guest"),
    ANONYMOUS("anonymous"),
    EXTERNAL("external"),
    SERVICE("service"),
    RECOVERY("recovery");

    private final String text;

    SessionKind(String text) {
        this.text = text;
    }

    /** The kind spelt as {@link #text} spells it, if there is one. */
    static Optional<SessionKind> ofText(String text) {
        for (SessionKind kind : values()) {
            if (kind.text.equals(text)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /** The kind of session that a principal's own login gives. */
    static SessionKind of(PrincipalKind kind) {
        return switch (kind) {
            case HUMAN -> LOCAL;
            case OPERATOR -> OPERATOR;
            case GUEST -> GUEST;
            case ANONYMOUS -> ANONYMOUS;
            case EXTERNAL -> EXTERNAL;
            case SERVICE -> SERVICE;
            case RECOVERY -> RECOVERY;
        };
    }

    /** Whether a principal of that kind may have a session of this one: its own, or through an outside provider a person's. */
    boolean mayBeOf(PrincipalKind kind) {
        return this == of(kind) || (this == EXTERNAL && kind == PrincipalKind.HUMAN);
    }

    /** The schema's spelling. */
    String text() {
        return text;
    }
}
