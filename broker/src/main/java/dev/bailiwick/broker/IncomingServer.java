package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.identity.IdentifyResult;
import dev.bailiwick.identity.ImpersonateResult;
import dev.bailiwick.identity.Refused;
import dev.bailiwick.identity.Token;
import dev.bailiwick.schema.gen.ActingIdentity;
import dev.bailiwick.schema.gen.ActingResult;
import dev.bailiwick.schema.gen.FlowResult;
import dev.bailiwick.schema.gen.IncomingConnection;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Serves a service's end of a connection: who the client is, and acting as it. */
final class IncomingServer implements IncomingConnection.Server {
    private final ServiceLink link;
    private final Connections connections;

    IncomingServer(ServiceLink link, Connections connections) {
        this.link = link;
        this.connections = connections;
    }

    @Override
    public CompletionStage<?> info(
            CallContext<IncomingConnection.InfoParams.Reader, IncomingConnection.InfoResults.Builder> call) {
        link.describe(call.results().initInfo());
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> identify(
            CallContext<IncomingConnection.IdentifyParams.Reader, IncomingConnection.IdentifyResults.Builder> call) {
        FlowResult.Builder result = call.results().initResult();
        switch (link.connection().identify()) {
            case IdentifyResult.Identified(Token client) ->
                TokenWire.client(result.initFlow(), client, connections.identities()::nameOf);
            case Refused refused -> TokenHolderServer.refusal(refused).into(result.initDenied());
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> impersonate(
            CallContext<IncomingConnection.ImpersonateParams.Reader, IncomingConnection.ImpersonateResults.Builder>
                    call) {
        ActingResult.Builder result = call.results().initResult();
        RunningService server = link.server();
        Optional<Flows.Entry> flow = server.flows()
                .start(server.flows().main().flow().primary(), "acts for the client of connection " + link.id());
        if (flow.isEmpty()) {
            Flows.TOO_MANY.into(result.initDenied());
            return Calls.DONE;
        }
        switch (flow.get()
                .flow()
                .impersonate(link.connection(), connections.identities().ids())) {
            case Refused refused -> {
                server.flows().end(flow.get());
                connections
                        .audit()
                        .often(
                                server.session(),
                                "service.impersonate",
                                refused.code().text(),
                                server.name(),
                                "service \"" + server.name() + "\"");
                TokenHolderServer.refusal(refused).into(result.initDenied());
            }
            case ImpersonateResult.Impersonating _ -> begin(flow.get(), result);
        }
        return Calls.DONE;
    }

    private void begin(Flows.Entry flow, ActingResult.Builder result) {
        RunningService server = link.server();
        Token client = flow.flow().effective().token();
        connections
                .audit()
                .often(
                        server.session(),
                        "service.impersonate",
                        "ok",
                        server.name() + " as " + client.user(),
                        "service \"" + server.name() + "\" acts as " + client.user() + " at level "
                                + client.level().text());
        ActingServer acting = new ActingServer(link, flow, connections);
        try (ActingIdentity.Client served = ActingIdentity.client(acting)) {
            TokenWire.flow(result.initImpersonating(), flow, connections.identities()::nameOf);
            result.setActing(served);
        }
    }
}
