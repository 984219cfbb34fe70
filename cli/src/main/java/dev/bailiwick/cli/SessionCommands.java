package dev.bailiwick.cli;

import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.schema.gen.SystemStatus;
import dev.bailiwick.schema.gen.UserSession;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** The program {@code bailiwick}, and the verbs of it that start, show and end a session. */
@Command(
        name = "bailiwick",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Version.class,
        description = "Log in, see exactly which live capabilities that gave you, and use them.")
final class SessionCommands {
    /** How to log in. */
    enum Method {
        password,
        guest,
        anonymous
    }

    @Mixin
    private final CommonOptions options = new CommonOptions();

    private final Context context;

    SessionCommands(Host host) {
        this.context = new Context(host, options, Optional::empty);
    }

    /** What the commands share. */
    Context context() {
        return context;
    }

    @Command(
            name = "enroll",
            description = {
                "Set the first password of an account with its one-time code, and log in.",
                "The code comes from 'bailiwick init' or 'account-admin account create'; it works once and not for long."
            })
    void enroll(
            @Parameters(paramLabel = "NAME", description = "The account's name.") String name,
            @Option(
                            names = "--code-stdin",
                            description = "Read two lines from standard input: the code, then the new password.")
                    boolean fromInput) {
        Secrets secrets = context.secrets();
        byte[] code =
                fromInput ? secrets.fromInput("enrolment code") : secrets.fromPerson("enrolment code", "--code-stdin");
        byte[] password = fromInput ? secrets.fromInput("new password") : secrets.newPasswordFromPerson("--code-stdin");
        try (LiveSession session = LiveSession.enroll(context.connect(), name, code, password)) {
            keepAndPrint(session);
        }
    }

    @Command(
            name = "login",
            description = {
                "Log in, print the bundle of capabilities the session holds, and keep the session for later commands.",
                "A session kept before in the same place ends.",
                "An unknown account and a wrong password get the same answer."
            })
    void login(
            @Parameters(paramLabel = "NAME", arity = "0..1", defaultValue = "", description = "The account's name.")
                    String name,
            @Option(
                            names = "--method",
                            paramLabel = "METHOD",
                            defaultValue = "password",
                            description = "password (the default), guest or anonymous; the last two take no NAME."
                                    + " An anonymous session ends with the command.")
                    Method method,
            @Option(
                            names = "--password-stdin",
                            description = "Read the password from the first line of standard input.")
                    boolean passwordFromInput) {
        if ((method == Method.password) == name.isEmpty()) {
            throw CommandFailure.usage(
                    method == Method.password
                            ? "a password login needs a NAME"
                            : "a " + method + " login takes no NAME",
                    "'bailiwick login --help' shows the forms");
        }
        try (LiveSession session = switch (method) {
            case password -> {
                byte[] password = passwordFromInput
                        ? context.secrets().fromInput("password")
                        : context.secrets().fromPerson("password", "--password-stdin");
                yield LiveSession.password(context.connect(), name, password);
            }
            case guest -> LiveSession.guest(context.connect());
            case anonymous -> LiveSession.anonymous(context.connect());
        }) {
            keepAndPrint(session);
        }
    }

    private void keepAndPrint(LiveSession session) {
        session.saved().ifPresent(this::keep);
        printBundle(session);
    }

    /** Keeps the session in place of the one kept before, which ends: nobody has the way back into it any more. */
    private void keep(SessionFile.Saved fresh) {
        SessionFile file = context.sessionFile();
        Optional<SessionFile.Saved> before = file.readIfSound();
        file.write(fresh);
        before.ifPresent(SessionCommands::end);
    }

    private static void end(SessionFile.Saved before) {
        try (LiveSession session = LiveSession.resume(Connection.to(before.socket()), before.reference());
                UserSession.Client self = session.self()) {
            self.logoutRequest().send().await();
        } catch (CommandFailure | RpcException e) {
            // It is over already, or its daemon is gone and it with it.
        }
    }

    @Command(
            name = "status",
            description = {
                "Show whether the daemon is well, and what an operator should look at: damage that its background check found, an anchor that"
                        + " does not follow, or that a rollback cannot be detected."
            })
    void status() {
        try (LiveSession session = context.session();
                SystemStatus.Client system =
                        session.held("status", session.bundle().getStatus());
                var response = system.getRequest().send().join()) {
            Json.Obj status = Shapes.status(response.get().getStatus());
            context.output().answer(status, Views.fields(status));
        }
    }

    @Command(
            name = "logout",
            description = "End the session: its tmp files are deleted and everything it gave out is revoked.")
    void logout() {
        try (LiveSession session = context.session();
                UserSession.Client self = session.self()) {
            String id = session.info().text("sessionId");
            self.logoutRequest().send().await();
            context.sessionFile().delete();
            Json.Obj answer = Json.object().with("sessionId", id).with("ended", true);
            context.output().answer(answer, style -> "logged out\n");
        }
    }

    @Command(name = "whoami", description = "Show whose session this is, how it was started and until when it lasts.")
    void whoami() {
        try (LiveSession session = context.session()) {
            Json.Obj info = session.info();
            context.output().answer(info, Views.fields(info));
        }
    }

    @Command(
            name = "bundle",
            description = {
                "Print the capabilities the session holds: slot, interface, limit, and the rule and records they come from.",
                "With --all also the slots it does not hold, and why."
            })
    void bundle(@Option(names = "--all", description = "Show slots that were not granted, too.") boolean all) {
        try (LiveSession session = context.session()) {
            Json.Obj answer = session.toJson();
            context.output().answer(answer, style -> Views.bundle(answer, all, style));
        }
    }

    private void printBundle(LiveSession session) {
        Json.Obj answer = session.toJson();
        context.output().answer(answer, style -> Views.bundle(answer, false, style));
    }
}
