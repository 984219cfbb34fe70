package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.schema.gen.ActingIdentity;
import dev.bailiwick.schema.gen.SecuredDirectories;
import dev.bailiwick.schema.gen.ServiceDirectory;
import java.util.concurrent.CompletionStage;

/**
 * Serves a flow that acts as a client. It ends when it is reverted, with its connection, and when nobody holds it any more; all that was opened
 * through it ends with it.
 */
final class ActingServer implements ActingIdentity.Server {
    private final ServiceLink link;
    private final Flows.Entry flow;
    private final Connections connections;
    private final Ending ending;

    ActingServer(ServiceLink link, Flows.Entry flow, Connections connections) {
        this.link = link;
        this.flow = flow;
        this.connections = connections;
        this.ending = Ending.within(link.life());
        ending.onClose(why -> link.server().flows().end(flow));
    }

    private Footing footing() {
        requireOpen();
        return new Footing(link.server().session(), flow, ending);
    }

    private void requireOpen() {
        ending.closed().ifPresent(why -> {
            throw Grant.revoked(why);
        });
    }

    @Override
    public CompletionStage<?> show(
            CallContext<ActingIdentity.ShowParams.Reader, ActingIdentity.ShowResults.Builder> call) {
        requireOpen();
        TokenWire.flow(call.results().initFlow(), flow, connections.identities()::nameOf);
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> secured(
            CallContext<ActingIdentity.SecuredParams.Reader, ActingIdentity.SecuredResults.Builder> call) {
        try (SecuredDirectories.Client secured = ending.guard(
                SecuredDirectories.client(new SecuredDirectoriesServer(footing(), connections.data())),
                SecuredDirectories.factory)) {
            call.results().setSecured(secured);
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> services(
            CallContext<ActingIdentity.ServicesParams.Reader, ActingIdentity.ServicesResults.Builder> call) {
        try (ServiceDirectory.Client services = ending.guard(
                ServiceDirectory.client(new ServiceDirectoryServer(footing(), connections)),
                ServiceDirectory.factory)) {
            call.results().setServices(services);
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> revert(
            CallContext<ActingIdentity.RevertParams.Reader, ActingIdentity.RevertResults.Builder> call) {
        call.results();
        ending.end("the service has reverted");
        return Calls.DONE;
    }

    @Override
    public void released() {
        ending.end("nobody holds it any more");
    }
}
