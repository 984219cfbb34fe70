package dev.bailiwick.cli;

import dev.bailiwick.schema.gen.ImpersonationLevel;
import dev.bailiwick.schema.gen.ServiceConnection;
import dev.bailiwick.schema.gen.ServiceDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** The verbs of {@code bailiwick} by which a session uses services. */
final class ConnectCommands {
    private ConnectCommands() {}

    private static ServiceDirectory.Client services(LiveSession session) {
        return session.held("services", session.bundle().getServices());
    }

    /** Reads what people type. */
    static final class LevelReader implements ITypeConverter<ImpersonationLevel> {
        @Override
        public ImpersonationLevel convert(String text) {
            return switch (text) {
                case "anonymous" -> ImpersonationLevel.ANONYMOUS;
                case "identification" -> ImpersonationLevel.IDENTIFICATION;
                case "impersonation" -> ImpersonationLevel.IMPERSONATION;
                case "delegation" -> ImpersonationLevel.DELEGATION;
                default ->
                    throw new TypeConversionException(
                            "it is one of anonymous, identification, impersonation and delegation, not '" + text + "'");
            };
        }
    }

    /** {@code bailiwick connect}. */
    @Command(
            name = "connect",
            description = {
                "Connect to a service that runs, send it the lines of standard input, and print what it answers to each.",
                "The level says how far the service may go with your identity. It is recorded with the connection and does not change;"
                        + " choose the least that the service needs."
            })
    static final class Connect implements Runnable {
        @Parameters(paramLabel = "SERVICE", description = "Which; 'bailiwick services' lists them.")
        private String service = "";

        @Option(
                names = "--impersonation-level",
                paramLabel = "LEVEL",
                defaultValue = "impersonation",
                converter = LevelReader.class,
                description =
                        "anonymous: it cannot learn who you are. identification: it learns who you are. impersonation (the"
                                + " default): it acts as you on this machine. delegation: it may also forward your identity.")
        private ImpersonationLevel level = ImpersonationLevel.IMPERSONATION;

        private final Context context;

        Connect(Context context) {
            this.context = context;
        }

        @Override
        public void run() {
            try (LiveSession session = context.session();
                    ServiceDirectory.Client directory = services(session)) {
                var request = directory.connectRequest();
                request.params().setName(service);
                request.params().setLevel(level);
                try (var response = request.send().join()) {
                    Json.Obj info = IdentityShapes.connected(response.get().getResult());
                    try (ServiceConnection.Client connection =
                            response.get().getResult().getConnection()) {
                        introduce(info, connection);
                        exchange(connection);
                    }
                }
            }
        }

        /** To standard error, so that standard output has the answers and nothing else. */
        private void introduce(Json.Obj info, ServiceConnection.Client connection) {
            try (var response = connection.infoRequest().send().join()) {
                String level = info.text("level");
                String who = response.get().hasClient()
                        ? " as " + response.get().getClient().getToken().getUserName() + " ("
                                + response.get().getClient().getToken().getUser() + ")"
                        : " as nobody";
                context.output()
                        .remark("connected to " + info.text("service") + who + ", level "
                                + level.toLowerCase(Locale.ROOT));
            }
        }

        private void exchange(ServiceConnection.Client connection) {
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(context.host().in(), StandardCharsets.UTF_8));
            try {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    var request = connection.requestRequest();
                    request.params().setBody(line.getBytes(StandardCharsets.UTF_8));
                    try (var response = request.send().join()) {
                        byte[] answer = IdentityShapes.answer(response.get().getResult());
                        context.output().raw().write(answer, 0, answer.length);
                        context.output().raw().write('\n');
                        context.output().raw().flush();
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** {@code bailiwick services}. */
    @Command(name = "services", description = "List the services that run, and whether they take connections.")
    static final class Services implements Runnable {
        private final Context context;

        Services(Context context) {
            this.context = context;
        }

        @Override
        public void run() {
            try (LiveSession session = context.session();
                    ServiceDirectory.Client directory = services(session);
                    var response = directory.listRequest().send().join()) {
                Json.Arr answer = Shapes.list(response.get().getServices(), IdentityShapes::service);
                context.output().answer(answer, style -> IdentityViews.RUNNING.render(answer.objects(), style));
            }
        }
    }
}
