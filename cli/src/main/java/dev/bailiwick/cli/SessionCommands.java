package dev.bailiwick.cli;

import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.schema.gen.SshChallenge;
import dev.bailiwick.schema.gen.SystemStatus;
import dev.bailiwick.schema.gen.UserSession;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

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
        password("password"),
        sshKey("ssh-key"),
        guest("guest"),
        anonymous("anonymous");

        private final String word;

        Method(String word) {
            this.word = word;
        }

        private boolean takesName() {
            return switch (this) {
                case password, sshKey -> true;
                case guest, anonymous -> false;
            };
        }

        /** As people type it. */
        @Override
        public String toString() {
            return word;
        }

        /** Reads what people type. */
        static final class Reader implements ITypeConverter<Method> {
            @Override
            public Method convert(String text) {
                for (Method method : values()) {
                    if (method.word.equals(text)) {
                        return method;
                    }
                }
                throw new TypeConversionException(
                        "it is one of password, ssh-key, guest and anonymous, not '" + text + "'");
            }
        }
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
                "Set a password or an SSH key of an account with a one-time code, and log in.",
                "The code comes from 'bailiwick init', 'account-admin account create' or 'account new-code', or from 'bailiwick credential"
                        + " recovery-code'; it works once and not for long. A new password takes the place of the one before; a key is one more."
            })
    void enroll(
            @Parameters(paramLabel = "NAME", description = "The account's name.") String name,
            @Option(
                            names = "--code-stdin",
                            description = "Read two lines from standard input: the code, then the new password;"
                                    + " with --ssh-key the code only.")
                    boolean fromInput,
            @Option(
                            names = "--ssh-key",
                            paramLabel = "FILE",
                            description = "Let this public key log in instead of setting a password, such as"
                                    + " ~/.ssh/id_ed25519.pub.")
                    @Nullable
                    Path sshKey) {
        String key = sshKey == null ? "" : PublicKeyFile.read(sshKey);
        Secrets secrets = context.secrets();
        byte[] code =
                fromInput ? secrets.fromInput("enrolment code") : secrets.fromPerson("enrolment code", "--code-stdin");
        byte[] password = {};
        if (key.isEmpty()) {
            password = fromInput ? secrets.fromInput("new password") : secrets.newPasswordFromPerson("--code-stdin");
        }
        try (OfferedTerminal terminal = OfferedTerminal.of(context.host());
                LiveSession session =
                        LiveSession.enroll(context.connect(), name, code, password, key, terminal.client())) {
            keepAndPrint(session);
        }
    }

    @Command(
            name = "login",
            description = {
                "Log in, print the bundle of capabilities the session holds, and keep the session for later commands.",
                "A session kept before in the same place ends.",
                "On a terminal the session is offered that terminal for as long as the command runs.",
                "An unknown account and a wrong password or key get the same answer. After many wrong ones none is looked at for a while."
            })
    void login(
            @Parameters(paramLabel = "NAME", arity = "0..1", defaultValue = "", description = "The account's name.")
                    String name,
            @Option(
                            names = "--method",
                            paramLabel = "METHOD",
                            defaultValue = "password",
                            converter = Method.Reader.class,
                            description =
                                    "password (the default), ssh-key, guest or anonymous; the last two take no NAME."
                                            + " An anonymous session ends with the command.")
                    Method method,
            @Option(
                            names = "--key",
                            paramLabel = "FILE",
                            description =
                                    "With ssh-key: the private key, or the public one of a key that ssh-agent holds."
                                            + " Default: the first of ~/.ssh/id_ed25519, id_ecdsa and id_rsa.")
                    @Nullable
                    Path key,
            @Option(
                            names = "--password-stdin",
                            description = "Read the password from the first line of standard input.")
                    boolean passwordFromInput) {
        requireKeyMethod(method, key);
        if (method.takesName() == name.isEmpty()) {
            throw CommandFailure.usage(
                    method.takesName() ? "a " + method + " login needs a NAME" : "a " + method + " login takes no NAME",
                    "'bailiwick login --help' shows the forms");
        }
        byte[] password = method != Method.password
                ? new byte[0]
                : passwordFromInput
                        ? context.secrets().fromInput("password")
                        : context.secrets().fromPerson("password", "--password-stdin");
        try (OfferedTerminal terminal = OfferedTerminal.of(context.host());
                LiveSession session = switch (method) {
                    case password -> LiveSession.password(context.connect(), name, password, terminal.client());
                    case sshKey -> {
                        SshKeygen keygen = SshKeygen.with(context.host(), Optional.ofNullable(key));
                        yield LiveSession.sshKey(context.connect(), name, keygen::sign, terminal.client());
                    }
                    case guest -> LiveSession.guest(context.connect(), terminal.client());
                    case anonymous -> LiveSession.anonymous(context.connect());
                }) {
            keepAndPrint(session);
        }
    }

    private static void requireKeyMethod(Method method, @Nullable Path key) {
        if (key != null && method != Method.sshKey) {
            throw CommandFailure.usage("--key goes with --method ssh-key", "");
        }
    }

    @Command(
            name = "reauth",
            description = {
                "Show again who you are, so that the session may do what needs a fresh authentication.",
                "It also makes the session as strong as the strongest way you have shown it."
            })
    void reauth(
            @Option(
                            names = "--method",
                            paramLabel = "METHOD",
                            defaultValue = "password",
                            converter = Method.Reader.class,
                            description = "password (the default) or ssh-key.")
                    Method method,
            @Option(
                            names = "--key",
                            paramLabel = "FILE",
                            description =
                                    "With ssh-key: the private key, or the public one of a key that ssh-agent holds."
                                            + " Default: the first of ~/.ssh/id_ed25519, id_ecdsa and id_rsa.")
                    @Nullable
                    Path key,
            @Option(
                            names = "--password-stdin",
                            description = "Read the password from the first line of standard input.")
                    boolean passwordFromInput) {
        requireKeyMethod(method, key);
        if (!method.takesName()) {
            throw CommandFailure.usage("a " + method + " shows nobody who they are", "use password or ssh-key");
        }
        try (LiveSession session = context.session();
                UserSession.Client self = session.self()) {
            long authTime = switch (method) {
                case sshKey -> reauthenticate(self, SshKeygen.with(context.host(), Optional.ofNullable(key)));
                case password, guest, anonymous ->
                    reauthenticate(
                            self,
                            passwordFromInput
                                    ? context.secrets().fromInput("password")
                                    : context.secrets().fromPerson("password", "--password-stdin"));
            };
            Json.Obj answer = Json.object().with("authTimeMs", authTime);
            context.output().answer(answer, style -> "authenticated at " + Printable.time(authTime) + "\n");
        }
    }

    private static long reauthenticate(UserSession.Client self, byte[] password) {
        var request = self.reauthenticateRequest();
        request.params().setPassword(password);
        try (var response = request.send().join()) {
            return Shapes.authTime(response.get().getResult());
        }
    }

    private static long reauthenticate(UserSession.Client self, SshKeygen keygen) {
        var request = self.reauthenticateSshKeyRequest();
        try (var answer = self.sshChallengeRequest().send().join()) {
            SshChallenge.Reader challenge = answer.get().getChallenge();
            byte[] bytes = challenge.getBytes().toArray();
            request.params().setChallenge(bytes);
            request.params()
                    .setSignature(keygen.sign(bytes, challenge.getNamespace().toString()));
        }
        try (var response = request.send().join()) {
            return Shapes.authTime(response.get().getResult());
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
                "Show whether the daemon is well.",
                "A storage-admin also sees how many sessions there are, how far the store reaches, the limits of this session, and what an"
                        + " operator should look at: damage that the background check found, an anchor that does not follow, or that a"
                        + " rollback cannot be detected."
            })
    void status() {
        try (LiveSession session = context.session();
                SystemStatus.Client system =
                        session.held("status", session.bundle().getStatus());
                var response = system.getRequest().send().join()) {
            Json.Obj status = Shapes.status(response.get().getStatus());
            context.output().answer(status, style -> Views.status(status, style));
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
                "With --all also the slots it does not hold, and why.",
                "With --signed, the receipts as a C2SP note that the store's key has signed, for others to check; the verifier key goes to"
                        + " standard error. A receipt shows the state it was decided on, not that nothing is newer."
            })
    void bundle(
            @Option(names = "--all", description = "Show slots that were not granted, too.") boolean all,
            @Option(names = "--signed", description = "Print the receipts of all slots, signed.") boolean signed) {
        if (signed) {
            signedReceipts();
            return;
        }
        try (LiveSession session = context.session()) {
            Json.Obj answer = session.toJson();
            context.output().answer(answer, style -> Views.bundle(answer, all, style));
        }
    }

    private void signedReceipts() {
        try (LiveSession session = context.session();
                UserSession.Client self = session.self();
                var response = self.receiptsRequest().send().join()) {
            Json.Obj answer = Json.object()
                    .with("statement", response.get().getStatement().toString())
                    .with("publicKey", response.get().getPublicKey().toString());
            context.output().remark("verifier key: " + answer.text("publicKey"));
            context.output().answer(answer, style -> answer.text("statement"));
        }
    }

    private void printBundle(LiveSession session) {
        Json.Obj answer = session.toJson();
        context.output().answer(answer, style -> Views.bundle(answer, false, style));
    }
}
