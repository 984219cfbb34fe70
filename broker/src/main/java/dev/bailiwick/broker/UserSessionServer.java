package dev.bailiwick.broker;

import dev.bailiwick.accountstore.SignedStatement;
import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.schema.gen.ReauthenticationResult;
import dev.bailiwick.schema.gen.UserSession;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Serves facts about one session, showing again who holds it, and its end. */
final class UserSessionServer implements UserSession.Server {
    /** Ends a session on its holder's wish. */
    interface Logout {
        /**
         * Ends it, and completes when all that ends with it is gone.
         *
         * @param last the grant that the wish came through, which still has to answer
         */
        CompletionStage<?> logout(Session session, Grant last);
    }

    /** Plans a session again and gives it what it should hold now; the reason, if that is nothing. */
    interface Refresh {
        Optional<Refusal> refresh(Session session);
    }

    /** Says what a session holds, signed. */
    interface Receipts {
        SignedStatement of(Session session);
    }

    private final Grant grant;
    private final Logout logout;
    private final Reauthentication reauthentication;
    private final Refresh refresh;
    private final Receipts receipts;

    UserSessionServer(
            Grant grant, Logout logout, Reauthentication reauthentication, Refresh refresh, Receipts receipts) {
        this.receipts = receipts;
        this.grant = grant;
        this.logout = logout;
        this.reauthentication = reauthentication;
        this.refresh = refresh;
    }

    @Override
    public CompletionStage<?> info(CallContext<UserSession.InfoParams.Reader, UserSession.InfoResults.Builder> call) {
        // A logout leaves the calls behind it in this object's queue to find out here that the session is over.
        grant.requireOpen();
        Wire.info(call.results().initInfo(), grant.session());
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> bundle(
            CallContext<UserSession.BundleParams.Reader, UserSession.BundleResults.Builder> call) {
        grant.requireOpen();
        Optional<Refusal> refusal = refresh.refresh(grant.session());
        if (refusal.isPresent()) {
            throw RpcException.failed(
                    refusal.get().code() + ": " + refusal.get().message());
        }
        Bundles.writeThrough(call.results().initBundle(), grant.session());
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> receipts(
            CallContext<UserSession.ReceiptsParams.Reader, UserSession.ReceiptsResults.Builder> call) {
        grant.requireOpen();
        SignedStatement statement = receipts.of(grant.session());
        call.results().setStatement(statement.note());
        call.results().setPublicKey(statement.verifierKey());
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> logout(
            CallContext<UserSession.LogoutParams.Reader, UserSession.LogoutResults.Builder> call) {
        grant.requireOpen();
        call.results();
        return logout.logout(grant.session(), grant);
    }

    @Override
    public CompletionStage<?> reauthenticate(
            CallContext<UserSession.ReauthenticateParams.Reader, UserSession.ReauthenticateResults.Builder> call) {
        grant.requireOpen();
        byte[] password = Secrets.take(call.params().getPassword());
        try {
            answer(call.results().initResult(), reauthentication.password(grant.session(), password));
        } finally {
            Secrets.wipe(password);
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> sshChallenge(
            CallContext<UserSession.SshChallengeParams.Reader, UserSession.SshChallengeResults.Builder> call) {
        grant.requireOpen();
        Wire.challenge(
                call.results().initChallenge(),
                reauthentication.challenge(grant.session()),
                reauthentication.namespace());
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> reauthenticateSshKey(
            CallContext<UserSession.ReauthenticateSshKeyParams.Reader, UserSession.ReauthenticateSshKeyResults.Builder>
                    call) {
        grant.requireOpen();
        UserSession.ReauthenticateSshKeyParams.Reader params = call.params();
        answer(
                call.results().initResult(),
                reauthentication.sshKey(
                        grant.session(),
                        params.getChallenge().toArray(),
                        params.getSignature().toString()));
        return Calls.DONE;
    }

    private void answer(ReauthenticationResult.Builder result, Optional<Refusal> refusal) {
        if (refusal.isPresent()) {
            refusal.get().into(result.initDenied());
        } else {
            result.setAuthTimeMs(grant.session().authentication().at().toEpochMilli());
        }
    }
}
