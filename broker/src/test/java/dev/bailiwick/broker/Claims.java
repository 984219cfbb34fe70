package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.schema.gen.SessionManager;
import java.util.concurrent.CompletionStage;
import org.capnproto.Void;

/** Hands out what was left for a launched program to whoever asks, so that a test can stand for the program. */
record Claims(Tickets.Holdings holdings) implements SessionManager.Server {
    @Override
    public CompletionStage<?> claim(
            CallContext<SessionManager.ClaimParams.Reader, SessionManager.ClaimResults.Builder> call) {
        call.results().initResult().setGranted(Void.VOID);
        holdings.into(call.results().getResult().initCaps());
        return Calls.DONE;
    }
}
