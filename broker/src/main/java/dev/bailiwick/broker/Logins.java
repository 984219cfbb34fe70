package dev.bailiwick.broker;

import dev.bailiwick.accountstore.CorruptStoreException;
import dev.bailiwick.accountstore.OpaqueBytes;
import dev.bailiwick.profiles.PrincipalKind;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.gen.TerminalSession;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The ways into a session. A terminal that a caller brings is the caller's own, stays theirs to close, and is null if they bring
 * none. Each attempt is in the audit chain, durably, before it is answered. Thread-safe; methods wait and are meant for virtual
 * threads.
 */
final class Logins {
    private static final Refusal UNKNOWN =
            new Refusal("session-unknown", "there is no such session of this operating-system user", "log in");

    private final Records records;
    private final Authenticator authenticator;
    private final Minter minter;
    private final Sessions sessions;
    private final AuditTrail audit;
    private final SessionLog log;
    private final Janitor janitor;
    private final Tickets tickets;
    private final InstantSource clock;

    Logins(
            Records records,
            Authenticator authenticator,
            Minter minter,
            Sessions sessions,
            AuditTrail audit,
            SessionLog log,
            Janitor janitor,
            Tickets tickets,
            InstantSource clock) {
        this.records = records;
        this.authenticator = authenticator;
        this.minter = minter;
        this.sessions = sessions;
        this.audit = audit;
        this.log = log;
        this.janitor = janitor;
        this.tickets = tickets;
        this.clock = clock;
    }

    /** A session of a kind whose callers do not say who they are. */
    Minter.Outcome seeded(PrincipalKind kind, Caller caller, TerminalSession.Client terminal) {
        Optional<RecordId> account = records.seededOf(kind);
        if (account.isEmpty()) {
            return denied(
                    caller,
                    new Refusal(
                            kind.text() + "-not-seeded",
                            "no manifest seeded a principal of kind " + kind.text(),
                            "log in with an account"));
        }
        return audited(caller, minter.start(account.get(), caller, AuthStrength.NONE, Optional.empty(), terminal));
    }

    Minter.Outcome password(String name, byte[] password, Caller caller, TerminalSession.Client terminal) {
        return identified(authenticator.password(name, password, caller.uid()), caller, terminal);
    }

    /** By a one-time code, which sets a password, an SSH key or both; see {@link Authenticator#enroll}. */
    Minter.Outcome enroll(
            String name, byte[] code, byte[] password, String sshKey, Caller caller, TerminalSession.Client terminal) {
        return identified(authenticator.enroll(name, code, password, sshKey, caller.uid()), caller, terminal);
    }

    /** Fresh bytes to sign; empty if there is no room for any. */
    Optional<byte[]> sshChallenge(String name, Caller caller) {
        return authenticator.loginChallenge(name, caller.uid());
    }

    /** What challenges are signed for. */
    String sshNamespace() {
        return authenticator.namespace();
    }

    /** By a signature of such a challenge. */
    Minter.Outcome sshKey(
            String name, byte[] challenge, String signature, Caller caller, TerminalSession.Client terminal) {
        try {
            return switch (authenticator.sshKey(name, challenge, signature, caller.uid())) {
                case Authenticator.Identified.As(var account, var strength, var proof) ->
                    switch (minter.start(account, caller, strength, Optional.of(proof), terminal)) {
                        case Minter.Outcome.Started started -> audited(caller, started);
                        case Minter.Outcome.Refused(Refusal refusal) -> denied(caller, SshDenials.of(refusal));
                    };
                case Authenticator.Identified.Not not -> denied(caller, not);
            };
        } catch (CorruptStoreException damage) {
            return denied(caller, SshDenials.LOOKUP_FAILED);
        }
    }

    private Minter.Outcome identified(
            Authenticator.Identified identified, Caller caller, TerminalSession.Client terminal) {
        return switch (identified) {
            case Authenticator.Identified.As(var account, var strength, var proof) ->
                audited(caller, minter.start(account, caller, strength, Optional.of(proof), terminal));
            case Authenticator.Identified.Not not -> denied(caller, not);
        };
    }

    /** Takes a live session up again, with what it should hold now. */
    Minter.Outcome resume(byte[] reference, Caller caller, TerminalSession.Client terminal) {
        Optional<Session> found = sessions.byReference(Hash256.sha256(reference), caller.uid());
        if (found.isEmpty()) {
            return denied(caller, UNKNOWN);
        }
        Session session = found.get();
        Optional<String> ended = session.endedAt(clock.instant());
        if (ended.isPresent()) {
            janitor.end(session, ended.get());
            return denied(caller, new Refusal("session-expired", ended.get(), "log in again"));
        }
        Optional<Refusal> refusal = minter.refresh(session, terminal);
        if (refusal.isPresent()) {
            return denied(caller, refusal.get());
        }
        session.used(clock.instant());
        return new Minter.Outcome.Started(session, OpaqueBytes.of(reference));
    }

    /** Hands a launched program what was left for it. */
    Tickets.Claim claim(byte[] ticket, Caller caller) {
        Tickets.Claim claim = tickets.claim(ticket, caller.pid());
        switch (claim) {
            case Tickets.Claim.Granted _ -> {}
            case Tickets.Claim.Denied(Refusal refusal) -> audit.denied(caller, refusal.code());
        }
        return claim;
    }

    private Minter.Outcome audited(Caller caller, Minter.Outcome outcome) {
        return switch (outcome) {
            case Minter.Outcome.Started started -> {
                boolean noted = false;
                try {
                    // Both at once: they share a sync.
                    CompletableFuture<?> line = log.began(started.session());
                    audit.began(started.session());
                    line.join();
                    noted = true;
                } finally {
                    if (!noted) {
                        janitor.end(started.session(), "its start could not be audited");
                    }
                }
                yield started;
            }
            case Minter.Outcome.Refused(Refusal refusal) -> denied(caller, refusal);
        };
    }

    private Minter.Outcome denied(Caller caller, Refusal refusal) {
        return denied(caller, new Authenticator.Identified.Not(refusal));
    }

    private Minter.Outcome denied(Caller caller, Authenticator.Identified.Not not) {
        audit.denied(caller, not.audited());
        return new Minter.Outcome.Refused(not.refusal());
    }
}
