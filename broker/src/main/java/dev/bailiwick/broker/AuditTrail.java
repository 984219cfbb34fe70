package dev.bailiwick.broker;

import dev.bailiwick.profiles.Slot;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Where sessions are noted. What was noted is durable when the method returns, except where it says that it is only counted. */
interface AuditTrail {
    /** Notes that a session began and what it was granted. */
    void began(Session session);

    /**
     * Notes an attempt that gave no session. Nothing in it says who the caller claimed to be. What costs a caller nothing to repeat is
     * noted the first time, and then counted until {@link #settle}.
     *
     * @param code why; it may say more than the caller is told
     */
    void denied(Caller caller, String code);

    /** Notes something else that was done in a session, or refused. The value holds no secret. */
    void noted(Session session, String kind, String code, String value);

    /**
     * Notes something that a caller can do, or be refused, again and again at no cost: the first time, and then counted until {@link #settle},
     * apart for each subject.
     */
    void often(Session session, String kind, String code, String subject, String value);

    /**
     * Notes that something is being changed in a session by whoever holds it, which costs them nothing to repeat: each change the first time,
     * and then counted until {@link #settle}. What it throws says that the change must not be made.
     *
     * @param where what it was changed in, in words; may be empty
     * @param before what was there, a short text for each thing that is another one now
     * @param after what is there now, in the same order; over as many events as it takes
     */
    void changed(Session session, String kind, String where, List<String> before, List<String> after);

    /** Notes that the caller of a session showed again who they are. */
    void reauthenticated(Session session, AuthStrength strength);

    /** Notes that somebody in a session failed to show again who they are. */
    void reauthenticationDenied(Session session, String code);

    /** Notes that one session's holder is about to end another session. */
    void endedBy(Session administrator, Session target, String reason);

    /** Notes that a session is over, and with it all that it held. */
    void ended(Session session, String why);

    /** Notes that grants were closed in sessions that go on. Each is noted once. */
    void revoked(List<Grant> closed);

    /** Notes that a live session was planned again, and what it holds that it did not hold before. */
    void granted(Session session, List<Slot> added);

    /**
     * Notes a step of a request for a lease.
     *
     * @param step a stable word such as {@code lease.grant}
     * @param by whose session took it; empty if nobody did
     * @param before how it stood, in words
     * @param after how it stands, in words
     */
    void lease(LeaseRequest request, String step, Optional<Session> by, String before, String after);

    /** Notes that somebody was refused a step of a request for a lease; counted like {@link #denied}. */
    void refused(Session session, String step, String code);

    /** Notes what was counted in windows that are over at that time. */
    void settle(Instant now);
}
