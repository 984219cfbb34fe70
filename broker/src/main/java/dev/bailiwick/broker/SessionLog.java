package dev.bailiwick.broker;

import dev.bailiwick.profiles.Slot;
import dev.bailiwick.storage.AppendResult;
import dev.bailiwick.storage.DenialCode;
import dev.bailiwick.storage.Denied;
import dev.bailiwick.storage.Durability;
import dev.bailiwick.storage.LogStore;
import java.util.concurrent.CompletableFuture;

/** What the daemon writes into a principal's own log, for the principal to read. */
final class SessionLog {
    private static final System.Logger LOG = System.getLogger(SessionLog.class.getName());

    private static final CompletableFuture<?> NOTHING = CompletableFuture.completedFuture(true);

    private final LogStore logs;

    SessionLog(LogStore logs) {
        this.logs = logs;
    }

    /**
     * Notes that the session began, in a log that outlives it; a log that ends with the session is begun when it is
     * {@linkplain #firstUsed first used}. Does not wait: what is returned completes when it is durable, and never fails.
     */
    CompletableFuture<?> began(Session session) {
        return switch (SlotObjects.durability(session)) {
            case DURABLE -> write(session, beginning(session));
            case SESSION -> NOTHING;
        };
    }

    /** Somebody reads or writes the session's log for the first time: what ends with the session begins with a note of its start. */
    void firstUsed(Grant grant) {
        Session session = grant.session();
        switch (SlotObjects.durability(session)) {
            case DURABLE -> {}
            case SESSION -> {
                if (session.ownsLog()) {
                    note(logs.appendSession(
                            SlotObjects.log(session),
                            Durability.SESSION,
                            beginning(session) + ", at " + session.identity().startedAt(),
                            grant));
                }
            }
        }
    }

    private static String beginning(Session session) {
        return "session " + session.identity().id() + " began, from "
                + session.identity().source().text();
    }

    /** Notes that the session is over, in a log that outlives it. Does not wait, as {@link #began}. */
    CompletableFuture<?> ended(Session session, String why) {
        return switch (SlotObjects.durability(session)) {
            case DURABLE -> write(session, "session " + session.identity().id() + " ended: " + why);
            case SESSION -> NOTHING;
        };
    }

    /** Notes something that was done in the session, unless it is over already. */
    void noted(Session session, String text) {
        session.minting().lock();
        try {
            if (session.endedAt(session.now()).isPresent()) {
                return;
            }
            switch (SlotObjects.durability(session)) {
                case DURABLE -> {
                    var _ = write(session, text).join();
                }
                case SESSION -> {
                    if (session.grant(Slot.LOGS).isPresent()) {
                        var _ = session.ownsLog();
                        note(logs.appendSession(SlotObjects.log(session), Durability.SESSION, text));
                    }
                }
            }
        } finally {
            session.minting().unlock();
        }
    }

    private CompletableFuture<?> write(Session session, String text) {
        if (session.grant(Slot.LOGS).isEmpty()) {
            return NOTHING;
        }
        return logs.submitSession(SlotObjects.log(session), Durability.DURABLE, text)
                .toCompletableFuture()
                .handle((result, failure) -> {
                    if (failure != null) {
                        LOG.log(System.Logger.Level.WARNING, "a session log took no line", failure);
                    } else {
                        note(result);
                    }
                    return true;
                });
    }

    private static void note(AppendResult result) {
        switch (result) {
            case AppendResult.Appended _ -> {}
            case Denied denied -> {
                if (denied.code() == DenialCode.REVOKED) {
                    throw Grant.revoked(denied.message());
                }
                LOG.log(System.Logger.Level.WARNING, "a session log took no line: " + denied.message());
            }
        }
    }
}
