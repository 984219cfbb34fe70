package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.schema.gen.ListenResult;
import dev.bailiwick.schema.gen.ServiceAcceptor;
import dev.bailiwick.schema.gen.ServiceListener;
import java.util.concurrent.CompletionStage;
import org.capnproto.Void;

/** Lets the binary of a service say what takes its connections. */
final class ListenerServer implements ServiceListener.Server {
    private final RunningService service;

    ListenerServer(RunningService service) {
        this.service = service;
    }

    @Override
    public CompletionStage<?> listen(
            CallContext<ServiceListener.ListenParams.Reader, ServiceListener.ListenResults.Builder> call) {
        ListenResult.Builder result = call.results().initResult();
        ServiceAcceptor.Client acceptor = call.params().getAcceptor();
        if (acceptor.isNull()) {
            acceptor.close();
            new Refusal("invalid-argument", "an acceptor is needed", "give one that takes connections")
                    .into(result.initDenied());
            return Calls.DONE;
        }
        service.listen(acceptor);
        result.setListening(Void.VOID);
        return Calls.DONE;
    }
}
