package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.Response;
import dev.bailiwick.profiles.ProgramRule;
import dev.bailiwick.schema.gen.ActingIdentity;
import dev.bailiwick.schema.gen.FlowResult;
import dev.bailiwick.schema.gen.IncomingConnection;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.ProgramCaps;
import dev.bailiwick.schema.gen.SecuredDirectories;
import dev.bailiwick.schema.gen.ServiceAcceptor;
import dev.bailiwick.schema.gen.ServiceFront;
import dev.bailiwick.schema.gen.SessionManager;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A test that stands for the binary of a service: it holds what the binary would claim, and takes connections. The real binary runs beside it and
 * does nothing.
 */
final class StandIn implements AutoCloseable {
    private final RunningService service;
    private final Response<SessionManager.ClaimResults.Reader> claimed;
    private final List<IncomingConnection.Client> incoming = new CopyOnWriteArrayList<>();

    StandIn(ServiceStarts starts, String name) {
        service = starts.named(name).orElseThrow();
        ProgramHoldings holdings = new ProgramHoldings(
                service.launcher(),
                ProgramRule.of(service.definition()),
                Optional.empty(),
                starts.programs().heldByBinary(service));
        try (SessionManager.Client manager = SessionManager.client(new Claims(holdings))) {
            claimed = manager.claimRequest().send().join();
        }
    }

    ProgramCaps.Reader caps() {
        return claimed.get().getResult().getCaps();
    }

    RunningService service() {
        return service;
    }

    /** Takes every connection from now on, and answers each request with itself in upper case. */
    StandIn listen() {
        return listen(new Acceptor(incoming, new Shouting()));
    }

    /** Takes every connection from now on, and answers no request. */
    StandIn listenSilently() {
        return listen(new Acceptor(incoming, new Silent()));
    }

    /** Takes no connection from now on, and refuses none. */
    StandIn hesitate() {
        return listen(new Hesitant());
    }

    private StandIn listen(ServiceAcceptor.Server how) {
        try (var listener = caps().getListener()) {
            var request = listener.listenRequest();
            try (ServiceAcceptor.Client acceptor = ServiceAcceptor.client(how)) {
                request.params().setAcceptor(acceptor);
                try (var response = request.send().join()) {
                    assertThat(response.get().getResult().isListening()).isTrue();
                }
            }
        }
        return this;
    }

    /** Takes no connection, and refuses none. */
    private record Hesitant() implements ServiceAcceptor.Server {
        @Override
        public CompletionStage<?> accept(
                CallContext<ServiceAcceptor.AcceptParams.Reader, ServiceAcceptor.AcceptResults.Builder> call) {
            return new CompletableFuture<>();
        }
    }

    /** Answers no request. */
    private record Silent() implements ServiceFront.Server {
        @Override
        public CompletionStage<?> request(
                CallContext<ServiceFront.RequestParams.Reader, ServiceFront.RequestResults.Builder> call) {
            return new CompletableFuture<>();
        }
    }

    /** Takes every connection for that list. */
    static ServiceAcceptor.Client collecting(List<IncomingConnection.Client> incoming) {
        return ServiceAcceptor.client(new Acceptor(incoming, new Silent()));
    }

    private record Acceptor(List<IncomingConnection.Client> incoming, ServiceFront.Server answering)
            implements ServiceAcceptor.Server {
        @Override
        public CompletionStage<?> accept(
                CallContext<ServiceAcceptor.AcceptParams.Reader, ServiceAcceptor.AcceptResults.Builder> call) {
            incoming.add(call.params().getConnection());
            try (ServiceFront.Client front = ServiceFront.client(answering)) {
                call.results().setFront(front);
            }
            return Calls.DONE;
        }
    }

    private record Shouting() implements ServiceFront.Server {
        @Override
        public CompletionStage<?> request(
                CallContext<ServiceFront.RequestParams.Reader, ServiceFront.RequestResults.Builder> call) {
            String text = new String(call.params().getBody().toArray(), UTF_8);
            call.results().setBody(text.toUpperCase(java.util.Locale.ROOT).getBytes(UTF_8));
            return Calls.DONE;
        }
    }

    /** The connection that came last. */
    IncomingConnection.Client last() {
        return incoming.getLast();
    }

    /** Who the client of the connection that came last is, or the denial's code. */
    String identified() {
        try (var response = last().identifyRequest().send().join()) {
            FlowResult.Reader result = response.get().getResult();
            return result.isFlow()
                    ? result.getFlow().getToken().getUserName() + " decides as "
                            + result.getFlow().getDecidesAsName()
                    : Holder.code(result.getDenied());
        }
    }

    /** Acts as the client of the connection that came last; fails with the denial's code. */
    ActingIdentity.Client acting() {
        try (var response = last().impersonateRequest().send().join()) {
            var result = response.get().getResult();
            assertThat(result.isImpersonating())
                    .as(() -> Holder.code(result.getDenied()))
                    .isTrue();
            return result.getActing();
        }
    }

    String actingDenied() {
        try (var response = last().impersonateRequest().send().join()) {
            return Holder.code(response.get().getResult().getDenied());
        }
    }

    /** {@code opened}, or the denial's code. */
    static String opened(SecuredDirectories.Client secured, String service) {
        var request = secured.openRequest();
        request.params().setService(service);
        try (var response = request.send().join()) {
            var result = response.get().getResult();
            if (result.isOpened()) {
                result.getNamespace().close();
                return "opened";
            }
            return Holder.code(result.getDenied());
        }
    }

    /** The data directory of a service; fails with the denial. */
    static Namespace.Client open(SecuredDirectories.Client secured, String service) {
        var request = secured.openRequest();
        request.params().setService(service);
        try (var response = request.send().join()) {
            var result = response.get().getResult();
            assertThat(result.isOpened())
                    .as(() -> Holder.code(result.getDenied()) + ": "
                            + result.getDenied().getMessage())
                    .isTrue();
            return result.getNamespace();
        }
    }

    /** {@code stored}, or the denial's code. */
    static String put(Namespace.Client directory, String path, String text) {
        var request = directory.putRequest();
        request.params().setPath(path);
        request.params().setContent(text.getBytes(UTF_8));
        request.params().initExpectation().setAny(org.capnproto.Void.VOID);
        try (var response = request.send().join()) {
            var result = response.get().getResult();
            return result.isStored() ? "stored" : Holder.code(result.getDenied());
        }
    }

    /** {@code found}, or the denial's code. */
    static String get(Namespace.Client directory, String path) {
        var request = directory.getRequest();
        request.params().setPath(path);
        try (var response = request.send().join()) {
            var result = response.get().getResult();
            return result.isFound() ? "found" : Holder.code(result.getDenied());
        }
    }

    @Override
    public void close() {
        incoming.forEach(IncomingConnection.Client::close);
        claimed.close();
    }
}
