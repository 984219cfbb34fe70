package dev.bailiwick.accountstore;

import dev.bailiwick.schema.ApprovalId;
import dev.bailiwick.schema.Id128;
import java.time.Instant;
import java.util.Optional;

/**
 * Something to be audited. It holds no secrets; a failed login leaves actor and profiles blank.
 *
 * @param time when, in milliseconds
 * @param kind a stable word such as {@code login} or {@code session.end}
 * @param code {@code ok} or a stable denial code
 * @param actor who; empty when that is not established
 * @param source where from, such as {@code unix}; may be empty
 * @param policyProfile version in force for it
 * @param resourceProfile version in force for it
 * @param policyVersion version in force for it
 * @param journalSequence the journal entry it belongs to, 0 for none
 * @param subject who or what it was done to
 * @param previousValue in words; may be empty
 * @param newValue in words; may be empty
 * @param approval under which approval
 */
public record AuditEvent(
        Instant time,
        String kind,
        String code,
        Optional<Actor> actor,
        String source,
        Optional<Id128> policyProfile,
        Optional<Id128> resourceProfile,
        Optional<Id128> policyVersion,
        long journalSequence,
        Optional<Id128> subject,
        String previousValue,
        String newValue,
        Optional<ApprovalId> approval) {
    /** Characters of each text; longer ones are a bug of the caller. */
    public static final int TEXT_CHARS = 256;

    /** What events of an emergency are called, and those taken over from its log begin with. */
    public static final String EMERGENCY = "emergency";

    /** Refuses overlong text. */
    public AuditEvent {
        if (kind.isEmpty()
                || code.isEmpty()
                || kind.length() > TEXT_CHARS
                || code.length() > TEXT_CHARS
                || source.length() > TEXT_CHARS
                || previousValue.length() > TEXT_CHARS
                || newValue.length() > TEXT_CHARS) {
            throw new IllegalArgumentException("an audit event's texts have at most " + TEXT_CHARS + " characters");
        }
        time = Times.toMilliseconds(time);
    }

    /** The same, belonging to another journal entry. */
    AuditEvent withJournalSequence(long newSequence) {
        return new AuditEvent(
                time,
                kind,
                code,
                actor,
                source,
                policyProfile,
                resourceProfile,
                policyVersion,
                newSequence,
                subject,
                previousValue,
                newValue,
                approval);
    }

    /** The same, saying what was there before and what is now. */
    AuditEvent withValues(String before, String after) {
        return new AuditEvent(
                time,
                kind,
                code,
                actor,
                source,
                policyProfile,
                resourceProfile,
                policyVersion,
                journalSequence,
                subject,
                before,
                after,
                approval);
    }

    /** The same at another time. */
    AuditEvent withTime(Instant newTime) {
        return new AuditEvent(
                newTime,
                kind,
                code,
                actor,
                source,
                policyProfile,
                resourceProfile,
                policyVersion,
                journalSequence,
                subject,
                previousValue,
                newValue,
                approval);
    }

    /** The same saying what came of it. */
    public AuditEvent withNewValue(String text) {
        return new AuditEvent(
                time,
                kind,
                code,
                actor,
                source,
                policyProfile,
                resourceProfile,
                policyVersion,
                journalSequence,
                subject,
                previousValue,
                text,
                approval);
    }

    /** The same as an event of an emergency, told when the store can be written again: it says when it was, and belongs to no entry. */
    AuditEvent ofEmergency() {
        String text = time + (newValue.isEmpty() ? "" : ": " + newValue);
        return new AuditEvent(
                time,
                shortened(EMERGENCY + "." + kind),
                code,
                actor,
                source,
                policyProfile,
                resourceProfile,
                policyVersion,
                0,
                subject,
                previousValue,
                shortened(text),
                approval);
    }

    /** As much of a text as an event holds. */
    public static String shortened(String text) {
        return text.substring(0, Math.min(text.length(), TEXT_CHARS));
    }

    /** An event with nothing but the essentials. */
    public static AuditEvent of(Instant time, String kind, String code, Optional<Actor> actor) {
        return new AuditEvent(
                time,
                kind,
                code,
                actor,
                "",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                Optional.empty(),
                "",
                "",
                Optional.empty());
    }
}
