package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.identity.ImpersonationLevel;
import dev.bailiwick.schema.gen.ConnectResult;
import dev.bailiwick.schema.gen.ServiceConnection;
import dev.bailiwick.schema.gen.ServiceDirectory;
import dev.bailiwick.schema.gen.ServiceLine;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Serves the services that run, and connections to them, to one flow of execution. */
final class ServiceDirectoryServer implements ServiceDirectory.Server {
    private final Footing by;
    private final Connections connections;

    ServiceDirectoryServer(Footing by, Connections connections) {
        this.by = by;
        this.connections = connections;
    }

    @Override
    public CompletionStage<?> list(
            CallContext<ServiceDirectory.ListParams.Reader, ServiceDirectory.ListResults.Builder> call) {
        List<RunningService> running = connections.running();
        var list = call.results().initServices(running.size());
        for (int i = 0; i < running.size(); i++) {
            ServiceLine.Builder line = list.get(i);
            line.setName(running.get(i).name());
            line.setSid(running.get(i).sid().toString());
            line.setListening(running.get(i).isListening());
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> connect(
            CallContext<ServiceDirectory.ConnectParams.Reader, ServiceDirectory.ConnectResults.Builder> call) {
        ConnectResult.Builder result = call.results().initResult();
        Optional<ImpersonationLevel> level =
                ImpersonationLevel.named(call.params().getLevel().name().toLowerCase(Locale.ROOT));
        if (level.isEmpty()) {
            new Refusal("invalid-argument", "there is no such impersonation level", "use one of the four there are")
                    .into(result.initDenied());
            return Calls.DONE;
        }
        return connections
                .connect(by, call.params().getName().toString(), level.get())
                .thenAccept(outcome -> {
                    switch (outcome) {
                        case Connections.Outcome.Refused(Refusal refusal) -> refusal.into(result.initDenied());
                        case Connections.Outcome.Connected(ServiceLink link) -> {
                            link.describe(result.initConnected());
                            try (ServiceConnection.Client client = ServiceConnection.client(
                                    new ServiceConnectionServer(link, connections.identities()))) {
                                result.setConnection(client);
                            }
                        }
                    }
                });
    }
}
