package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.identity.ClientConnection;
import dev.bailiwick.identity.ConnectResult;
import dev.bailiwick.identity.ImpersonationLevel;
import dev.bailiwick.identity.Refused;
import dev.bailiwick.schema.SessionId;
import dev.bailiwick.schema.gen.IncomingConnection;
import dev.bailiwick.schema.gen.ServiceAcceptor;
import dev.bailiwick.schema.gen.ServiceFront;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Connects clients to services that run. Thread-safe; nothing here waits. */
final class Connections {
    /** What came of connecting. */
    sealed interface Outcome {
        record Connected(ServiceLink link) implements Outcome {}

        record Refused(Refusal refusal) implements Outcome {}
    }

    /** The services that run. */
    interface Running {
        Optional<RunningService> named(String name);

        /** In the order of their names. */
        List<RunningService> all();
    }

    private final Running running;
    private final Identities identities;
    private final SecuredData data;
    private final AuditTrail audit;
    private final AtomicLong last = new AtomicLong();
    private final Map<SessionId, Integer> bySession = new ConcurrentHashMap<>();

    Connections(Running running, Identities identities, SecuredData data, AuditTrail audit) {
        this.running = running;
        this.identities = identities;
        this.data = data;
        this.audit = audit;
    }

    List<RunningService> running() {
        return running.all();
    }

    Identities identities() {
        return identities;
    }

    SecuredData data() {
        return data;
    }

    AuditTrail audit() {
        return audit;
    }

    /** Connects whoever that is to a service, at that level and for good. */
    CompletionStage<Outcome> connect(Footing client, String name, ImpersonationLevel level) {
        Optional<RunningService> found = running.named(name);
        if (found.isEmpty()) {
            return refused(notListening(name, "does not run"));
        }
        RunningService server = found.get();
        return switch (client.flow().flow().connect(level, identities.ids())) {
            case Refused refused -> refused(TokenHolderServer.refusal(refused));
            case ConnectResult.Connected(ClientConnection connection) -> connect(client, server, connection);
        };
    }

    private CompletionStage<Outcome> connect(Footing client, RunningService server, ClientConnection connection) {
        SessionId session = client.session().identity().id();
        if (!enter(session)) {
            return refused(new Refusal(
                    "too-many-connections",
                    "a session has at most " + Limits.CONNECTIONS_PER_SESSION + " connections to services",
                    "close some first"));
        }
        if (!server.enter()) {
            leave(session);
            return refused(new Refusal(
                    "too-many-connections",
                    "service \"" + server.name() + "\" has " + Limits.CONNECTIONS_PER_SERVICE
                            + " connections, which is as many as it may have",
                    "try again later"));
        }
        ServiceLink link = new ServiceLink(last.incrementAndGet(), server, connection, client.life(), () -> {
            server.leave();
            leave(session);
        });
        server.connected(link);
        if (!server.mayWait()) {
            link.close("it was refused");
            return refused(new Refusal(
                    "too-many-connections",
                    Limits.WAITING_CONNECTIONS + " connections wait for service \"" + server.name() + "\" already",
                    "try again later"));
        }
        Optional<ServiceAcceptor.Client> acceptor = server.acceptor();
        if (acceptor.isEmpty()) {
            server.waited();
            link.close("it was refused");
            return refused(notListening(server.name(), "takes no connections"));
        }
        return accept(link, acceptor.get())
                .whenComplete((front, failure) -> server.waited())
                .handle((front, failure) -> answered(client, link, front, failure));
    }

    /** Asks the service, which is a program of its own and may say anything, or nothing. */
    private CompletionStage<ServiceFront.Client> accept(ServiceLink link, ServiceAcceptor.Client acceptor) {
        try (acceptor;
                IncomingConnection.Client incoming = link.guard(
                        IncomingConnection.client(new IncomingServer(link, this)), IncomingConnection.factory)) {
            var request = acceptor.acceptRequest();
            request.params().setConnection(incoming);
            CompletableFuture<ServiceFront.Client> taken = new CompletableFuture<>();
            var call = request.send();
            call.stage().whenComplete((response, failure) -> {
                if (failure != null) {
                    taken.completeExceptionally(failure);
                    return;
                }
                try (response) {
                    ServiceFront.Client front = response.get().getFront();
                    if (!taken.complete(front)) {
                        front.close();
                    }
                }
            });
            return taken.orTimeout(Limits.ACCEPT.toMillis(), TimeUnit.MILLISECONDS)
                    .handle((front, failure) -> {
                        if (failure instanceof TimeoutException) {
                            call.cancel();
                            throw RpcException.failed(
                                    "did not take the connection within " + Limits.ACCEPT.toSeconds() + " s");
                        }
                        if (failure != null) {
                            throw RpcException.failed("failed to take the connection: "
                                    + RpcException.of(failure).reason());
                        }
                        return front;
                    });
        }
    }

    private Outcome answered(
            Footing client, ServiceLink link, ServiceFront.@Nullable Client front, @Nullable Throwable failure) {
        String name = link.server().name();
        if (failure != null || front == null || front.isNull()) {
            link.close("the service did not take it");
            if (front != null) {
                front.close();
            }
            return new Outcome.Refused(new Refusal(
                    "connection-refused",
                    "service \"" + name + "\" "
                            + (failure == null
                                    ? "refused the connection"
                                    : RpcException.of(failure).reason()),
                    "ask whoever runs it"));
        }
        link.answeredBy(front);
        Optional<String> over = link.life().closed();
        if (over.isPresent()) {
            throw Grant.revoked(over.get());
        }
        audit.often(
                client.session(),
                "service.connect",
                "ok",
                name,
                "service \"" + name + "\" at level " + link.connection().level().text());
        return new Outcome.Connected(link);
    }

    private static Refusal notListening(String name, String how) {
        return new Refusal(
                "not-listening",
                "service " + Refusal.quoted(name) + " " + how,
                "'bailiwick services' lists those that do");
    }

    private static CompletionStage<Outcome> refused(Refusal refusal) {
        return CompletableFuture.completedStage(new Outcome.Refused(refusal));
    }

    private boolean enter(SessionId session) {
        boolean[] entered = new boolean[1];
        bySession.compute(session, (id, count) -> {
            int now = count == null ? 0 : count;
            entered[0] = now < Limits.CONNECTIONS_PER_SESSION;
            return entered[0] ? Integer.valueOf(now + 1) : count;
        });
        return entered[0];
    }

    private void leave(SessionId session) {
        bySession.computeIfPresent(session, (id, count) -> count == 1 ? null : count - 1);
    }
}
