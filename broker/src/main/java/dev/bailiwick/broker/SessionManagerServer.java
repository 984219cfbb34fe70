package dev.bailiwick.broker;

import dev.bailiwick.accountstore.OpaqueBytes;
import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.profiles.PrincipalKind;
import dev.bailiwick.schema.gen.ClaimResult;
import dev.bailiwick.schema.gen.LoginResult;
import dev.bailiwick.schema.gen.SessionManager;
import dev.bailiwick.schema.gen.TerminalSession;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.capnproto.Void;

/**
 * Serves the login paths to one caller. It is what everybody who connects gets, and all they get.
 */
final class SessionManagerServer implements SessionManager.Server {
    private final Logins logins;
    private final Caller caller;
    private final Optional<Grant> grant;

    /** @param grant the slot of an anonymous session that this is the object of; empty for the bootstrap capability */
    SessionManagerServer(Logins logins, Caller caller, Optional<Grant> grant) {
        this.logins = logins;
        this.caller = caller;
        this.grant = grant;
    }

    @Override
    public CompletionStage<?> anonymous(
            CallContext<SessionManager.AnonymousParams.Reader, SessionManager.AnonymousResults.Builder> call) {
        requireOpen();
        try (TerminalSession.Client none = TerminalSession.factory.nullClient()) {
            write(call.results().initResult(), logins.seeded(PrincipalKind.ANONYMOUS, caller, none));
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> guest(
            CallContext<SessionManager.GuestParams.Reader, SessionManager.GuestResults.Builder> call) {
        requireOpen();
        try (TerminalSession.Client terminal = call.params().getTerminal()) {
            write(call.results().initResult(), logins.seeded(PrincipalKind.GUEST, caller, terminal));
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> password(
            CallContext<SessionManager.PasswordParams.Reader, SessionManager.PasswordResults.Builder> call) {
        requireOpen();
        byte[] password = Secrets.take(call.params().getPassword());
        try (TerminalSession.Client terminal = call.params().getTerminal()) {
            write(
                    call.results().initResult(),
                    logins.password(call.params().getName().toString(), password, caller, terminal));
        } finally {
            Secrets.wipe(password);
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> enroll(
            CallContext<SessionManager.EnrollParams.Reader, SessionManager.EnrollResults.Builder> call) {
        requireOpen();
        byte[] code = Secrets.take(call.params().getCode());
        byte[] password = Secrets.take(call.params().getPassword());
        try (TerminalSession.Client terminal = call.params().getTerminal()) {
            write(
                    call.results().initResult(),
                    logins.enroll(
                            call.params().getName().toString(),
                            code,
                            password,
                            call.params().getSshKey().toString(),
                            caller,
                            terminal));
        } finally {
            Secrets.wipe(code);
            Secrets.wipe(password);
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> resume(
            CallContext<SessionManager.ResumeParams.Reader, SessionManager.ResumeResults.Builder> call) {
        requireOpen();
        byte[] reference = Secrets.take(call.params().getReference());
        try (TerminalSession.Client terminal = call.params().getTerminal()) {
            write(call.results().initResult(), logins.resume(reference, caller, terminal));
        } finally {
            Secrets.wipe(reference);
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> sshChallenge(
            CallContext<SessionManager.SshChallengeParams.Reader, SessionManager.SshChallengeResults.Builder> call) {
        requireOpen();
        Wire.challenge(
                call.results().initChallenge(),
                logins.sshChallenge(call.params().getName().toString(), caller),
                logins.sshNamespace());
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> sshKey(
            CallContext<SessionManager.SshKeyParams.Reader, SessionManager.SshKeyResults.Builder> call) {
        requireOpen();
        SessionManager.SshKeyParams.Reader params = call.params();
        try (TerminalSession.Client terminal = params.getTerminal()) {
            write(
                    call.results().initResult(),
                    logins.sshKey(
                            params.getName().toString(),
                            params.getChallenge().toArray(),
                            params.getSignature().toString(),
                            caller,
                            terminal));
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> claim(
            CallContext<SessionManager.ClaimParams.Reader, SessionManager.ClaimResults.Builder> call) {
        requireOpen();
        byte[] ticket = Secrets.take(call.params().getTicket());
        try {
            ClaimResult.Builder result = call.results().initResult();
            switch (logins.claim(ticket, caller)) {
                case Tickets.Claim.Granted(Tickets.Holdings holdings) -> {
                    result.setGranted(Void.VOID);
                    holdings.into(result.initCaps());
                }
                case Tickets.Claim.Denied(Refusal refusal) -> refusal.into(result.initDenied());
            }
        } finally {
            Secrets.wipe(ticket);
        }
        return Calls.DONE;
    }

    private void requireOpen() {
        grant.ifPresent(slot -> {
            slot.requireOpen();
            slot.session().used(slot.session().now());
        });
    }

    private static void write(LoginResult.Builder result, Minter.Outcome outcome) {
        switch (outcome) {
            case Minter.Outcome.Started(Session session, OpaqueBytes reference) -> {
                result.setGranted(Void.VOID);
                result.setReference(reference.toBytes());
                Wire.info(result.initInfo(), session);
                Bundles.write(result.initBundle(), session);
            }
            case Minter.Outcome.Refused(Refusal refusal) -> refusal.into(result.initDenied());
        }
    }
}
