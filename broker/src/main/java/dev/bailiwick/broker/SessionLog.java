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

    void began(Session session) {
        if (session.grant(Slot.LOGS).isPresent()) {
            write(
                    session,
                    "session " + session.identity().id() + " began, from "
                            + session.identity().source().text());
        }
    }

    void ended(Session session, String why) {
        if (session.grant(Slot.LOGS).isPresent()) {
            write(session, "session " + session.identity().id() + " ended: " + why);
        }
    }

    private void write(Session session, String text) {
        switch (logs.appendSession(SlotObjects.log(session), SlotObjects.durability(session), text)) {
            case AppendResult.Appended _ -> {}
            case Denied denied ->
                LOG.log(System.Logger.Level.WARNING, "a session log took no line: " + denied.message());
        }
    }
}
