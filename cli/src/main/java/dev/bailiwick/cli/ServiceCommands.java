package dev.bailiwick.cli;

import dev.bailiwick.identity.Sid;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.gen.AccountRecord;
import dev.bailiwick.schema.gen.AccountStoreManager;
import dev.bailiwick.schema.gen.AccountStoreReader;
import dev.bailiwick.schema.gen.ServiceIdentity;
import dev.bailiwick.schema.gen.ServiceProgram;
import dev.bailiwick.schema.gen.ServiceState;
import dev.bailiwick.schema.gen.ServiceSupervisor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.capnproto.StructList;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code account-admin service ...}: definitions of services, and the services that run. */
@Command(
        name = "service",
        description = {
            "Define services, and start and stop them.",
            "Definitions are an account administrator's to make; running services is a service operator's, by a lease of service-control."
        })
final class ServiceCommands {
    private static final int PAGE = 100;

    private final Context context;

    ServiceCommands(Context context) {
        this.context = context;
    }

    @Command(
            name = "define",
            description = {
                "Define a service: its account, the binary that may run as it, as whom it runs, and who may open its data.",
                "The whole definition is replaced; what is not said is the default. A service that runs goes on as it was started."
            })
    void define(
            @Parameters(paramLabel = "NAME", description = "The service's name: lower-case words joined by dashes.")
                    String name,
            @Option(names = "--binary", paramLabel = "PATH", required = true, description = "The program, absolute.")
                    String binary,
            @Option(
                            names = "--sha256",
                            paramLabel = "HEX",
                            description = "What its file must be. Default: what it is now, on this machine.")
                    @Nullable
                    String sha256,
            @Option(
                            names = "--identity",
                            paramLabel = "IDENTITY",
                            defaultValue = "",
                            description =
                                    "As whom it runs: LocalService (the default), NetworkService, SYSTEM, the name of another"
                                            + " service, or what an outside source knows.")
                    String identity,
            @Option(
                            names = "--required-privilege",
                            paramLabel = "PRIVILEGE",
                            description =
                                    "A privilege that its token keeps; may be repeated. All others are removed. Default: none is"
                                            + " removed.")
                    @Nullable
                    List<String> privileges,
            @Option(names = "--no-privileges", description = "Remove all privileges from its token.")
                    boolean noPrivileges,
            @Option(
                            names = "--hook-identity",
                            paramLabel = "IDENTITY",
                            defaultValue = "",
                            description = "As whom the hooks before and after its start run. Default: as the service.")
                    String hookIdentity,
            @Option(
                            names = "--start-pre",
                            paramLabel = "PATH",
                            description = "A program to run before it, to its end; may be repeated, in this order.")
                    @Nullable
                    List<String> startPre,
            @Option(
                            names = "--start-post",
                            paramLabel = "PATH",
                            description = "A program to run after it was started; may be repeated, in this order.")
                    @Nullable
                    List<String> startPost,
            @Option(
                            names = "--health",
                            paramLabel = "PATH",
                            description = "A program that says by its exit code whether the service is well.")
                    @Nullable
                    String health,
            @Option(
                            names = "--reload",
                            paramLabel = "PATH",
                            description = "A program that makes the service read its configuration again.")
                    @Nullable
                    String reload,
            @Option(
                            names = "--descriptor",
                            paramLabel = "SDDL",
                            defaultValue = "",
                            description =
                                    "Who may open its data directory. Default: the service itself, SYSTEM and Administrators.")
                    String descriptor,
            @Option(
                            names = "--read",
                            paramLabel = "PATH",
                            description = "A further path that its programs see, read-only; may be repeated.")
                    @Nullable
                    List<String> reads,
            @Option(names = "--resource-profile", paramLabel = "PROFILE", defaultValue = "", description = "Quotas.")
                    String resourceProfile,
            @Option(names = "--policy-profile", paramLabel = "PROFILE", defaultValue = "", description = "Policy.")
                    String policyProfile,
            @Mixin Expect expect,
            @Mixin Once once) {
        if (noPrivileges && privileges != null) {
            throw CommandFailure.usage(
                    "--no-privileges and --required-privilege exclude each other", "give one of them");
        }
        try (Powers powers = context.powers(Powers.Use.CHANGE);
                AccountStoreManager.Client manager = powers.accountManager()) {
            var request = manager.defineServiceRequest();
            request.params().setName(name);
            ServiceIdentity.Builder to = request.params().initDefinition();
            to.setBinaryPath(binary);
            to.setBinarySha256(sha256 == null ? measured(binary) : hash(sha256).toBytes());
            to.setIdentity(identity);
            to.setHasRequiredPrivileges(noPrivileges || privileges != null);
            if (privileges != null) {
                Texts.write(to::initRequiredPrivileges, List.copyOf(new TreeSet<>(privileges)));
            }
            to.setHookIdentity(hookIdentity);
            if (startPre != null) {
                programs(to.initStartPre(startPre.size()), startPre);
            }
            if (startPost != null) {
                programs(to.initStartPost(startPost.size()), startPost);
            }
            if (health != null) {
                program(to.initHealthCheck(), health);
            }
            if (reload != null) {
                program(to.initReload(), reload);
            }
            to.setDescriptor(descriptor);
            if (reads != null) {
                Texts.write(to::initReads, List.copyOf(new TreeSet<>(reads)));
            }
            request.params().setResourceProfile(resourceProfile);
            request.params().setPolicyProfile(policyProfile);
            request.params().setExpect(expect.version());
            request.params().setTransactionId(once.bytes());
            try (var response = request.send().join()) {
                Json.Obj changed = Shapes.mutation(response.get().getResult());
                Json.Obj answer = changed.with("sid", Sid.service(name).toString());
                context.output().answer(answer, style -> Views.changed(changed) + "sid " + answer.text("sid") + "\n");
            }
        }
    }

    private static Hash256 hash(String hex) {
        try {
            return Hash256.parse(hex);
        } catch (IllegalArgumentException malformed) {
            throw CommandFailure.usage("\"" + hex + "\" is no SHA-256", "give the 64 digits that sha256sum prints");
        }
    }

    private static void programs(StructList.Builder<ServiceProgram.Builder> to, List<String> paths) {
        for (int i = 0; i < paths.size(); i++) {
            program(to.get(i), paths.get(i));
        }
    }

    private static void program(ServiceProgram.Builder to, String path) {
        to.setPath(path);
        to.setSha256(measured(path));
    }

    /** What the file is now. */
    private static byte[] measured(String path) {
        try (InputStream file = Files.newInputStream(Path.of(path))) {
            return Hash256.sha256(file).toBytes();
        } catch (IOException | InvalidPathException unreadable) {
            throw CommandFailure.denied(
                    "unmeasured-binary",
                    "\"" + path + "\" cannot be measured here: " + unreadable.getMessage(),
                    "give --sha256, or run this where the file is");
        }
    }

    @Command(
            name = "list",
            description = "List the services that are defined, and, for whoever holds supervisor, which of them run.")
    void list() {
        try (Powers powers = context.powers(Powers.Use.READ);
                ServiceSupervisor.Client supervisor = powers.supervisorIfHeld()) {
            List<Json> services = supervisor.isNull() ? defined(powers) : supervised(supervisor);
            Json.Arr answer = new Json.Arr(services);
            context.output().answer(answer, style -> IdentityViews.SERVICES.render(answer.objects(), style));
        }
    }

    private static List<Json> supervised(ServiceSupervisor.Client supervisor) {
        List<Json> services = new ArrayList<>();
        String after = "";
        do {
            var request = supervisor.listRequest();
            request.params().setAfter(after);
            request.params().setLimit(PAGE);
            try (var response = request.send().join()) {
                for (ServiceState.Reader state : response.get().getServices()) {
                    services.add(IdentityShapes.state(state));
                }
                after = response.get().getNext().toString();
            }
        } while (!after.isEmpty());
        return services;
    }

    private static List<Json> defined(Powers powers) {
        List<Json> services = new ArrayList<>();
        try (AccountStoreReader.Client reader = powers.accountReader()) {
            String after = "";
            do {
                var request = reader.servicesRequest();
                request.params().setAfter(after);
                request.params().setLimit(PAGE);
                try (var response = request.send().join()) {
                    for (AccountRecord.Reader account : response.get().getAccounts()) {
                        services.add(unobserved(Shapes.account(account)));
                    }
                    after = response.get().getNext().toString();
                }
            } while (!after.isEmpty());
        }
        return services;
    }

    /** A service of which nobody here can say whether it runs. */
    private static Json.Obj unobserved(Json.Obj account) {
        return Json.object()
                .with("account", account)
                .with(
                        "sid",
                        Sid.service(account.object("service").text("serviceName"))
                                .toString())
                .with("running", new Json.Null());
    }

    @Command(
            name = "show",
            description = {
                "Show a service's definition and SID.",
                "For whoever holds supervisor also whether it runs, since when, and the token that it runs with."
            })
    void show(@Parameters(paramLabel = "NAME", description = "Which service.") String name) {
        try (Powers powers = context.powers(Powers.Use.READ);
                ServiceSupervisor.Client supervisor = powers.supervisorIfHeld()) {
            Json.Obj state;
            if (supervisor.isNull()) {
                try (AccountStoreReader.Client reader = powers.accountReader()) {
                    var request = reader.serviceRequest();
                    request.params().setName(name);
                    try (var response = request.send().join()) {
                        state = unobserved(Shapes.account(response.get().getResult()));
                    }
                }
            } else {
                var request = supervisor.showRequest();
                request.params().setName(name);
                try (var response = request.send().join()) {
                    state = IdentityShapes.state(response.get().getResult());
                }
            }
            print(state);
        }
    }

    private void print(Json.Obj state) {
        context.output().answer(state, style -> IdentityViews.service(state, style));
    }

    @Command(
            name = "start",
            description = {
                "Start a service: the hooks before it, its binary, and the hooks after it.",
                "It is given a token of its own and a session with the bundle of its account, and its programs claim what they hold."
            })
    void start(@Parameters(paramLabel = "NAME", description = "Which service.") String name) {
        try (Powers powers = context.powers(Powers.Use.CHANGE);
                ServiceSupervisor.Client supervisor = powers.supervisor()) {
            var request = supervisor.startRequest();
            request.params().setName(name);
            try (var response = request.send().join()) {
                print(IdentityShapes.state(response.get().getResult()));
            }
        }
    }

    @Command(
            name = "stop",
            description =
                    "Stop a service: its processes are ended, and what it held and what was opened through it is revoked.")
    void stop(
            @Parameters(paramLabel = "NAME", description = "Which service.") String name,
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            defaultValue = "",
                            description = "Why, in a sentence. It is kept in the audit chain, so no secrets.")
                    String reason) {
        try (Powers powers = context.powers(Powers.Use.CHANGE);
                ServiceSupervisor.Client supervisor = powers.supervisor()) {
            var request = supervisor.stopRequest();
            request.params().setName(name);
            request.params().setReason(reason);
            try (var response = request.send().join()) {
                print(IdentityShapes.state(response.get().getResult()));
            }
        }
    }

    /** {@code account-admin service health}. */
    @Command(name = "health", description = "Run a service's health check, print what it says, and exit as it does.")
    static final class Health extends Running implements Callable<Integer> {
        Health(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            return run(supervisor -> {
                var request = supervisor.healthRequest();
                request.params().setName(name());
                try (var response = request.send().join()) {
                    return IdentityShapes.command(response.get().getResult());
                }
            });
        }
    }

    /** {@code account-admin service reload}. */
    @Command(name = "reload", description = "Run a service's reload, print what it says, and exit as it does.")
    static final class Reload extends Running implements Callable<Integer> {
        Reload(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            return run(supervisor -> {
                var request = supervisor.reloadRequest();
                request.params().setName(name());
                try (var response = request.send().join()) {
                    return IdentityShapes.command(response.get().getResult());
                }
            });
        }
    }

    /** A program of a service that is run on demand. */
    abstract static class Running {
        @Parameters(paramLabel = "NAME", description = "Which service.")
        private String name = "";

        private final Context context;

        Running(Context context) {
            this.context = context;
        }

        String name() {
            return name;
        }

        int run(Function<ServiceSupervisor.Client, Json.Obj> command) {
            try (Powers powers = context.powers(Powers.Use.CHANGE);
                    ServiceSupervisor.Client supervisor = powers.supervisor()) {
                Json.Obj exited = command.apply(supervisor);
                context.output()
                        .answer(
                                exited,
                                style -> lines(exited.text("output")) + "exit code " + exited.number("code") + "\n");
                return (int) exited.number("code");
            }
        }

        /** Whatever a program printed, without what steers a terminal. */
        private static String lines(String output) {
            return output.lines().map(line -> Printable.text(line) + "\n").collect(Collectors.joining());
        }
    }
}
