package dev.bailiwick.broker;

/** How well a caller has shown who they are, ascending. Ordinals match the schema's. */
enum AuthStrength {
    NONE("none"),
    /** A session reference or an enrolment code. */
    POSSESSION("possession"),
    PASSWORD("password"),
    PUBLIC_KEY("publicKey"),
    MULTI_FACTOR("multiFactor");

    private final String text;

    AuthStrength(String text) {
        this.text = text;
    }

    /** The schema's spelling. */
    String text() {
        return text;
    }
}
