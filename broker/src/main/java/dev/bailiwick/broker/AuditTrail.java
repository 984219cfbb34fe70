package dev.bailiwick.broker;

/** Where sessions are noted. What was noted is durable when the method returns. */
interface AuditTrail {
    /** Notes that a session began and what it was granted. */
    void began(Session session);

    /**
     * Notes an attempt that gave no session. Nothing in it says who the caller claimed to be.
     *
     * @param code why; it may say more than the caller is told
     */
    void denied(Caller caller, String code);

    /** Notes something else that was done in a session, or refused. The value holds no secret. */
    void noted(Session session, String kind, String code, String value);

    /** Notes that the caller of a session showed again who they are. */
    void reauthenticated(Session session, AuthStrength strength);

    /** Notes that somebody in a session failed to show again who they are. */
    void reauthenticationDenied(Session session, String code);

    /** Notes that one session's holder is about to end another session. */
    void endedBy(Session administrator, Session target, String reason);

    /** Notes that a session is over. */
    void ended(Session session, String why);
}
