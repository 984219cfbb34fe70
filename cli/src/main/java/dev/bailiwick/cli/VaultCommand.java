package dev.bailiwick.cli;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.schema.gen.ActingIdentity;
import dev.bailiwick.schema.gen.Blob;
import dev.bailiwick.schema.gen.IncomingConnection;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.ProgramCaps;
import dev.bailiwick.schema.gen.SecuredDirectories;
import dev.bailiwick.schema.gen.ServiceAcceptor;
import dev.bailiwick.schema.gen.ServiceConnection;
import dev.bailiwick.schema.gen.ServiceDirectory;
import dev.bailiwick.schema.gen.ServiceFront;
import dev.bailiwick.schema.gen.ServiceListener;
import dev.bailiwick.schema.gen.TokenHolder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import picocli.CommandLine.Command;

/** {@code bailiwick vault}: the demonstration service; run by a supervisor and by nobody else. */
@Command(
        name = "vault",
        description = {
            "The demonstration service: it keeps texts in data directories, as itself or as its client. A supervisor starts it.",
            "It answers one line to each: 'who', 'read SERVICE PATH', 'write SERVICE PATH TEXT', 'own read ...', 'own write ...', and"
                    + " 'on SERVICE LINE', which asks another service as the client. docs/services.md shows it at work."
        })
final class VaultCommand implements Runnable {
    private static final int BYTES = 4096;

    private final Context context;

    VaultCommand(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        Claim.whileHeld(
                context,
                "define it as a service and start that: account-admin service define NAME --binary PATH",
                (connection, caps) -> {
                    serve(caps);
                    // Until the daemon goes, or ends this program.
                    var _ = connection.rpc().ended().toCompletableFuture().join();
                });
    }

    /** Listens; what answers holds what this program holds. */
    private void serve(ProgramCaps.Reader caps) {
        try (ServiceListener.Client listener = caps.getListener()) {
            if (listener.isNull()) {
                throw CommandFailure.of(
                        ExitStatus.DENIED, "no-listener", "only the binary of a service takes connections", "");
            }
            var request = listener.listenRequest();
            try (ServiceAcceptor.Client acceptor =
                    ServiceAcceptor.client(new Acceptor(caps.getSecured(), caps.getIdentity()))) {
                request.params().setAcceptor(acceptor);
                request.send().await();
            }
        }
        context.output().remark("listening");
    }

    /** Takes every connection. */
    private record Acceptor(SecuredDirectories.Client own, TokenHolder.Client identity)
            implements ServiceAcceptor.Server {
        @Override
        public CompletionStage<?> accept(
                CallContext<ServiceAcceptor.AcceptParams.Reader, ServiceAcceptor.AcceptResults.Builder> call) {
            IncomingConnection.Client incoming = call.params().getConnection();
            try (ServiceFront.Client front = ServiceFront.client(new Front(own, identity, incoming))) {
                call.results().setFront(front);
            }
            return Calls.DONE;
        }
    }

    /** Answers one client. Each request is carried out on a thread of its own: it calls the daemon, which may take a while. */
    private static final class Front implements ServiceFront.Server {
        private final SecuredDirectories.Client own;
        private final TokenHolder.Client identity;
        private final IncomingConnection.Client incoming;

        Front(SecuredDirectories.Client own, TokenHolder.Client identity, IncomingConnection.Client incoming) {
            this.own = own;
            this.identity = identity;
            this.incoming = incoming;
        }

        @Override
        public CompletionStage<?> request(
                CallContext<ServiceFront.RequestParams.Reader, ServiceFront.RequestResults.Builder> call) {
            String line = new String(call.params().getBody().toArray(), StandardCharsets.UTF_8);
            return CompletableFuture.runAsync(
                    () -> call.results().setBody(answer(line).getBytes(StandardCharsets.UTF_8)),
                    command -> Thread.ofVirtual().start(command));
        }

        private String answer(String line) {
            List<String> words = List.of(line.strip().split(" +", 2));
            String rest = words.size() > 1 ? words.get(1) : "";
            try {
                return switch (words.getFirst()) {
                    case "who" -> who();
                    case "me" -> me();
                    case "own" -> data(own, rest);
                    case "on" -> asClient(acting -> on(acting, rest));
                    case "read", "write" ->
                        asClient(acting -> {
                            try (var response = acting.securedRequest().send().join();
                                    SecuredDirectories.Client secured =
                                            response.get().getSecured()) {
                                return data(secured, line.strip());
                            }
                        });
                    default -> "usage: who | me | read S P | write S P T | own read S P | own write S P T | on S LINE";
                };
            } catch (CommandFailure failure) {
                return "denied " + failure.code() + ": " + failure.getMessage();
            } catch (RpcException failure) {
                return "failed " + failure.getMessage();
            }
        }

        /** Who the client is, as far as its level says. */
        private String who() {
            try (var response = incoming.identifyRequest().send().join()) {
                Json.Obj flow = IdentityShapes.flow(response.get().getResult());
                return user(flow) + " decides as " + flow.text("decidesAsName");
            }
        }

        private String me() {
            try (var response = identity.showRequest().send().join()) {
                return user(IdentityShapes.flow(response.get().getResult()));
            }
        }

        private static String user(Json.Obj flow) {
            Json.Obj token = flow.object("token");
            return token.text("user") + (token.text("userName").isEmpty() ? "" : " (" + token.text("userName") + ")");
        }

        /** Acts as the client for as long as that takes, and not longer. */
        private String asClient(Function<ActingIdentity.Client, String> body) {
            try (var response = incoming.impersonateRequest().send().join()) {
                IdentityShapes.requireActing(response.get().getResult());
                try (ActingIdentity.Client acting = response.get().getResult().getActing()) {
                    try {
                        return body.apply(acting);
                    } finally {
                        acting.revertRequest().send().await();
                    }
                }
            }
        }

        private static String on(ActingIdentity.Client acting, String rest) {
            List<String> words = List.of(rest.split(" +", 2));
            try (var response = acting.servicesRequest().send().join();
                    ServiceDirectory.Client services = response.get().getServices()) {
                var request = services.connectRequest();
                request.params().setName(words.getFirst());
                request.params().setLevel(dev.bailiwick.schema.gen.ImpersonationLevel.IMPERSONATION);
                try (var connected = request.send().join()) {
                    var _ = IdentityShapes.connected(connected.get().getResult());
                    try (ServiceConnection.Client connection =
                            connected.get().getResult().getConnection()) {
                        var asking = connection.requestRequest();
                        asking.params()
                                .setBody((words.size() > 1 ? words.get(1) : "").getBytes(StandardCharsets.UTF_8));
                        try (var answer = asking.send().join()) {
                            return new String(IdentityShapes.answer(answer.get().getResult()), StandardCharsets.UTF_8);
                        }
                    }
                }
            }
        }

        private static String data(SecuredDirectories.Client secured, String line) {
            List<String> words = List.of(line.split(" +", 4));
            if (words.size() < 3 || (words.getFirst().equals("write") && words.size() < 4)) {
                return "usage: read SERVICE PATH | write SERVICE PATH TEXT";
            }
            var request = secured.openRequest();
            request.params().setService(words.get(1));
            try (var response = request.send().join()) {
                IdentityShapes.requireOpened(response.get().getResult());
                try (Namespace.Client directory = response.get().getResult().getNamespace()) {
                    return words.getFirst().equals("write")
                            ? write(directory, words.get(2), words.get(3))
                            : read(directory, words.get(2));
                }
            }
        }

        private static String read(Namespace.Client directory, String path) {
            var request = directory.getRequest();
            request.params().setPath(path);
            try (var response = request.send().join()) {
                var _ = Shapes.gotEntry(response.get().getResult());
                try (Blob.Client blob = response.get().getResult().getBlob()) {
                    var read = blob.readRequest();
                    read.params().setLength(BYTES);
                    try (var data = read.send().join()) {
                        return new String(data.get().getData().toArray(), StandardCharsets.UTF_8);
                    }
                }
            }
        }

        private static String write(Namespace.Client directory, String path, String text) {
            var request = directory.putRequest();
            request.params().setPath(path);
            request.params().setContent(text.getBytes(StandardCharsets.UTF_8));
            request.params().initExpectation().setAny(org.capnproto.Void.VOID);
            try (var response = request.send().join()) {
                return "stored version "
                        + Shapes.put(response.get().getResult()).number("version");
            }
        }

        @Override
        public void released() {
            incoming.close();
        }
    }
}
