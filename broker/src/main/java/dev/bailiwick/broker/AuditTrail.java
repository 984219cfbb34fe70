package dev.bailiwick.broker;

/** Where sessions are noted. What was noted is durable when the method returns. */
interface AuditTrail {
    /** Notes that a session began and what it was granted. */
    void began(Session session);

    /** Notes an attempt that gave no session. Nothing in it says who the caller claimed to be. */
    void denied(Caller caller, String code);

    /** Notes something else that was done in a session, or refused. The value holds no secret. */
    void noted(Session session, String kind, String code, String value);

    /** Notes that a session is over. */
    void ended(Session session, String why);
}
