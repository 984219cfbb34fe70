package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.schema.gen.UserSession;
import java.util.concurrent.CompletionStage;

/** Serves facts about one session, and its end. */
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

    private final Grant grant;
    private final Logout logout;

    UserSessionServer(Grant grant, Logout logout) {
        this.grant = grant;
        this.logout = logout;
    }

    @Override
    public CompletionStage<?> info(CallContext<UserSession.InfoParams.Reader, UserSession.InfoResults.Builder> call) {
        // A logout leaves the calls behind it in this object's queue to find out here that the session is over.
        grant.requireOpen();
        Wire.info(call.results().initInfo(), grant.session());
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> logout(
            CallContext<UserSession.LogoutParams.Reader, UserSession.LogoutResults.Builder> call) {
        grant.requireOpen();
        call.results();
        return logout.logout(grant.session(), grant);
    }
}
