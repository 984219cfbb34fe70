package dev.bailiwick.broker;

/** How well a caller has shown who they are, ascending. Ordinals match the schema's. */
enum AuthStrength {
    NONE,
    /** A session reference or an enrolment code. */
    POSSESSION,
    PASSWORD,
    PUBLIC_KEY,
    MULTI_FACTOR
}
