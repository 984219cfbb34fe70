package dev.bailiwick.broker;

import dev.bailiwick.profiles.Slot;
import dev.bailiwick.storage.AppendResult;
import dev.bailiwick.storage.Denied;
import dev.bailiwick.storage.LogStore;

/** What the daemon writes into a principal's own log, for the principal to read. */
final class SessionLog {
    private static final System.Logger LOG = System.getLogger(SessionLog.class.getName());

    private final LogStore logs;

    SessionLog(LogStore logs) {
        this.logs = logs;
    }

    /** Notes that the session began, unless it is over already: its log may be cleared away then. */
    void began(Session session) {
        session.minting().lock();
        try {
            if (session.endedAt(session.now()).isEmpty()) {
                write(
                        session,
                        "session " + session.identity().id() + " began, from "
                                + session.identity().source().text());
            }
        } finally {
            session.minting().unlock();
        }
    }

    /** Notes that the session is over, in a log that outlives it. */
    void ended(Session session, String why) {
        switch (SlotObjects.durability(session)) {
            case DURABLE -> write(session, "session " + session.identity().id() + " ended: " + why);
            case SESSION -> {}
        }
    }

    private void write(Session session, String text) {
        if (session.grant(Slot.LOGS).isEmpty()) {
            return;
        }
        switch (logs.appendSession(SlotObjects.log(session), SlotObjects.durability(session), text)) {
            case AppendResult.Appended _ -> {}
            case Denied denied ->
                LOG.log(System.Logger.Level.WARNING, "a session log took no line: " + denied.message());
        }
    }
}
