package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.CorruptStoreException;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.identity.ExecContext;
import dev.bailiwick.identity.LiveToken;
import dev.bailiwick.identity.MaterialiseResult;
import dev.bailiwick.identity.Refused;
import dev.bailiwick.launch.Launchpad;
import dev.bailiwick.launch.ProgramExit;
import dev.bailiwick.launch.RunningProgram;
import dev.bailiwick.profiles.ProgramRule;
import dev.bailiwick.profiles.ServiceIdentity;
import dev.bailiwick.profiles.ServiceProgram;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.TerminalSession;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Starts services and looks after them: tokens, then the plan of the {@code service} bundle, then the launcher, then the tickets by which its
 * programs claim what they hold. A service's session begins with its start and ends with its binary, and the other way round.
 *
 * <p>Tokens are made before there is a session, and the planner never sees one: what a service holds is decided as for any account. Thread-safe;
 * methods wait and are meant for virtual threads.
 */
final class ServiceStarts implements Connections.Running {
    private static final System.Logger LOG = System.getLogger(ServiceStarts.class.getName());

    /** What a hook's, a health check's and a reload's programs are called. */
    private static final String START_PRE = "start-pre";

    private static final String START_POST = "start-post";
    private static final String HEALTH = "health check";
    private static final String RELOAD = "reload";

    /** What came of starting or stopping. */
    sealed interface Outcome {
        record Done(Optional<RunningService> running) implements Outcome {}

        record Refused(Refusal refusal) implements Outcome {}
    }

    /** What came of a health check or a reload. */
    sealed interface Command {
        record Exited(int code, String output) implements Command {}

        record Refused(Refusal refusal) implements Command {}
    }

    private final StoreRecords.Snapshots snapshots;
    private final Identities identities;
    private final Minter minter;
    private final Janitor janitor;
    private final Optional<Launchpad> launchpad;
    private final AuditTrail audit;
    private final SessionLog log;
    private final InstantSource clock;
    private final int uid;
    private final Connections connections;
    private final TokenHoldings tokens;
    private final ServicePrograms programs;

    private final Map<String, RunningService> running = new ConcurrentHashMap<>();
    private final Set<String> starting = ConcurrentHashMap.newKeySet();
    private final Map<String, String> lastEnds = new ConcurrentHashMap<>();

    /** @param uid the operating-system user that services run as: the daemon's own, of which the launcher makes nobody if it is root */
    ServiceStarts(
            StoreRecords.Snapshots snapshots,
            Identities identities,
            SecuredData data,
            Minter minter,
            Janitor janitor,
            Optional<Launchpad> launchpad,
            Tickets tickets,
            AuditTrail audit,
            SessionLog log,
            InstantSource clock,
            int uid) {
        this.snapshots = snapshots;
        this.identities = identities;
        this.minter = minter;
        this.janitor = janitor;
        this.launchpad = launchpad;
        this.audit = audit;
        this.log = log;
        this.clock = clock;
        this.uid = uid;
        this.connections = new Connections(this, identities, data, audit);
        this.tokens = new TokenHoldings(identities, data, connections);
        this.programs = new ServicePrograms(tickets, tokens, uid);
    }

    /** What programs hold by tokens: theirs, and others'. */
    TokenHoldings tokens() {
        return tokens;
    }

    /** How their programs are launched. */
    ServicePrograms programs() {
        return programs;
    }

    /** How others are connected to them. */
    Connections connections() {
        return connections;
    }

    @Override
    public Optional<RunningService> named(String name) {
        return Optional.ofNullable(running.get(name))
                .filter(service -> service.program().isPresent());
    }

    @Override
    public List<RunningService> all() {
        return running.values().stream()
                .filter(service -> service.program().isPresent())
                .sorted(Comparator.comparing(RunningService::name))
                .toList();
    }

    /** How the service ended when it last ran; empty if it has not since the daemon started. */
    String lastEnd(String name) {
        return lastEnds.getOrDefault(name, "");
    }

    // ---- starting ----

    /** Starts a service. When this returns, what runs before it has run, it runs, and what runs after its start has run. */
    Outcome start(Grant by, String name) {
        Optional<Stored<Account>> account;
        try {
            account = snapshots.read(snapshot -> snapshot.accounts().service(name));
        } catch (CorruptStoreException damage) {
            return new Outcome.Refused(Refusal.of(damage));
        }
        if (account.isEmpty()) {
            return new Outcome.Refused(SecuredData.unknown(name));
        }
        if (!starting.add(name)) {
            return new Outcome.Refused(already(name, "is being started"));
        }
        try {
            Outcome outcome =
                    running.containsKey(name) ? new Outcome.Refused(already(name, "runs")) : start(by, account.get());
            audit.noted(
                    by.session(),
                    "service.start",
                    switch (outcome) {
                        case Outcome.Done _ -> "ok";
                        case Outcome.Refused(Refusal refusal) -> refusal.code();
                    },
                    "service \"" + name + "\"" + as(outcome));
            return outcome;
        } finally {
            starting.remove(name);
        }
    }

    /** As whom it was started: its SID says which source knows it. */
    private static String as(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done(Optional<RunningService> started) ->
                started.map(service -> " as "
                                + service.flows()
                                        .main()
                                        .flow()
                                        .primary()
                                        .token()
                                        .user())
                        .orElse("");
            case Outcome.Refused _ -> "";
        };
    }

    private static Refusal already(String name, String how) {
        return new Refusal("already-running", "service \"" + name + "\" " + how, "stop it first");
    }

    private Outcome start(Grant by, Stored<Account> account) {
        ServiceIdentity definition = account.content().service().orElseThrow();
        if (launchpad.isEmpty()) {
            return new Outcome.Refused(
                    new Refusal("launcher-unavailable", "nothing starts programs here", "use a session of a daemon"));
        }
        LiveToken token;
        switch (identities.materialise(definition, new ExecContext.Main())) {
            case Refused refused -> {
                return new Outcome.Refused(TokenHolderServer.refusal(refused));
            }
            case MaterialiseResult.Materialised(LiveToken made, var _) -> token = made;
        }
        switch (minter.start(
                account.recordId(),
                new Caller(uid, SessionSource.UNIX_SOCKET),
                // The supervisor vouches for it: it measured the binary.
                AuthStrength.POSSESSION,
                Optional.empty(),
                TerminalSession.factory.nullClient())) {
            case Minter.Outcome.Refused(Refusal refusal) -> {
                return new Outcome.Refused(refusal);
            }
            case Minter.Outcome.Started(Session session, var _) -> {
                boolean runs = false;
                try {
                    session.actAs(new Flows(token, "service " + definition.serviceName()));
                    Outcome outcome = run(by, account, definition, session);
                    runs = outcome instanceof Outcome.Done;
                    return outcome;
                } finally {
                    if (!runs) {
                        janitor.end(session, "the service could not be started");
                    }
                }
            }
        }
    }

    private Outcome run(Grant by, Stored<Account> account, ServiceIdentity definition, Session session) {
        CompletableFuture<?> line = log.began(session);
        audit.began(session);
        line.join();
        Optional<Grant> launcher = session.grant(Slot.LAUNCHER);
        Optional<LaunchTerms> terms = launcher.flatMap(grant -> grant.decision().launch());
        if (launcher.isEmpty() || terms.isEmpty()) {
            return new Outcome.Refused(new Refusal(
                    "launcher-not-granted",
                    "the bundle of service \"" + definition.serviceName() + "\" has no launcher",
                    "'account-admin explain " + account.content().name() + " launcher' says why"));
        }
        if (!terms.get().program(definition.serviceName()).equals(Optional.of(ProgramRule.of(definition)))) {
            return new Outcome.Refused(
                    new Refusal("store-busy", "the service was defined anew meanwhile", "try again"));
        }
        RunningService service = new RunningService(
                definition,
                account.recordId(),
                account.version(),
                session,
                launcher.get(),
                launchpad.orElseThrow().group(terms.get().limits(), terms.get().networked()),
                session.flows(identities::logon),
                clock.instant());
        launcher.get().onClose(service.group()::close);
        running.put(service.name(), service);
        try {
            provide(session);
            return hooks(service, START_PRE, definition.startPre(), new ExecContext.StartPre())
                    .or(() -> main(by, service))
                    .or(() -> hooks(service, START_POST, definition.startPost(), new ExecContext.StartPost()))
                    .<Outcome>map(Outcome.Refused::new)
                    .orElseGet(() -> new Outcome.Done(Optional.of(service)));
        } catch (RpcException failed) {
            return new Outcome.Refused(Refusal.because("start-failed", String.valueOf(failed.getMessage())));
        } finally {
            if (service.program().isEmpty()) {
                running.remove(service.name(), service);
                service.ended().complete("it was not started");
            }
        }
    }

    /** The data directory is there before anybody may open it. */
    private static void provide(Session session) {
        session.grant(Slot.HOME).ifPresent(grant -> {
            try (Namespace.Client state = grant.capability(Namespace.factory)) {
                ProgramHoldings.make(state, SecuredData.DIRECTORY);
            }
        });
    }

    private Optional<Refusal> hooks(
            RunningService service, String what, List<ServiceProgram> programs, ExecContext context) {
        for (int i = 0; i < programs.size(); i++) {
            String called = programs.size() == 1 ? what : what + " " + (i + 1);
            switch (command(service, called, programs.get(i), context)) {
                case Command.Refused(Refusal refusal) -> {
                    return Optional.of(refusal);
                }
                case Command.Exited(int code, String output) -> {
                    if (code != 0) {
                        return Optional.of(new Refusal(
                                "hook-failed",
                                called + " of service \"" + service.name() + "\" ended with " + code
                                        + (output.isBlank() ? "" : ": " + firstLine(output)),
                                "correct it, and start the service again"));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static String firstLine(String output) {
        return output.strip().lines().findFirst().orElse("");
    }

    private Optional<Refusal> main(Grant by, RunningService service) {
        by.requireOpen(); // Hooks took a while, and starting cannot be asked again in the commit lane.
        ServiceIdentity definition = service.definition();
        return switch (programs.launch(
                service,
                service.name(),
                new ServiceProgram(definition.binaryPath(), definition.binarySha256()),
                programs.heldByBinary(service))) {
            case ServicePrograms.Launched.Not(Refusal refusal) -> Optional.of(refusal);
            case ServicePrograms.Launched.Runs(RunningProgram program) -> {
                service.runs(program);
                Thread.ofVirtual().name("service-output").start(() -> ServiceOutput.keep(service, program));
                var _ = program.exit()
                        .whenComplete((exit, failure) ->
                                Thread.ofVirtual().name("service-end").start(() -> over(service, exit, failure)));
                log.noted(service.session(), "started service \"" + service.name() + "\"");
                yield Optional.empty();
            }
        };
    }

    // ---- commands ----

    /** Runs the health check of a service that runs, by the token that the service has, whatever its hooks have. */
    Command health(String name) {
        return command(name, HEALTH, ServiceIdentity::healthCheck, new ExecContext.HealthCheck());
    }

    /** Runs the reload of a service that runs, likewise. */
    Command reload(Grant by, String name) {
        Command command = command(name, RELOAD, ServiceIdentity::reload, new ExecContext.Reload());
        audit.noted(
                by.session(),
                "service.reload",
                switch (command) {
                    case Command.Exited(int code, var _) -> code == 0 ? "ok" : "failed";
                    case Command.Refused(Refusal refusal) -> refusal.code();
                },
                "service " + Refusal.quoted(name));
        return command;
    }

    private Command command(
            String name,
            String what,
            Function<ServiceIdentity, Optional<ServiceProgram>> defined,
            ExecContext context) {
        Optional<RunningService> service = named(name);
        if (service.isEmpty()) {
            return new Command.Refused(notRunning(name));
        }
        Optional<ServiceProgram> program = defined.apply(service.get().definition());
        if (program.isEmpty()) {
            return new Command.Refused(new Refusal(
                    "not-defined",
                    "service \"" + name + "\" was started without a " + what,
                    "define one, and start it again"));
        }
        return command(service.get(), what, program.get(), context);
    }

    /** Runs one program of a service to its end, in a flow of its own. */
    private Command command(RunningService service, String what, ServiceProgram program, ExecContext context) {
        LiveToken token;
        switch (identities.materialise(service.definition(), context)) {
            case Refused refused -> {
                return new Command.Refused(TokenHolderServer.refusal(refused));
            }
            case MaterialiseResult.Materialised(LiveToken made, var _) -> token = made;
        }
        Optional<Flows.Entry> flow = service.flows().start(token, what);
        if (flow.isEmpty()) {
            return new Command.Refused(Flows.TOO_MANY);
        }
        try {
            return switch (programs.launch(
                    service, service.name() + "/" + what, program, programs.held(service, flow.get()))) {
                case ServicePrograms.Launched.Not(Refusal refusal) -> new Command.Refused(refusal);
                case ServicePrograms.Launched.Runs(RunningProgram started) -> await(service, what, started);
            };
        } finally {
            service.flows().end(flow.get());
        }
    }

    private static Command await(RunningService service, String what, RunningProgram program) {
        program.endInput();
        CompletableFuture<String> output = new CompletableFuture<>();
        Thread.ofVirtual().name("service-output").start(() -> output.complete(ServiceOutput.shown(program)));
        try {
            ProgramExit exit = program.exit().get(Limits.SERVICE_COMMAND.toMillis(), TimeUnit.MILLISECONDS);
            return new Command.Exited(
                    exit.code(), output.join() + (exit.reason().isEmpty() ? "" : exit.reason()));
        } catch (TimeoutException e) {
            program.end("it took longer than " + Limits.SERVICE_COMMAND.toSeconds() + " s");
            return new Command.Refused(new Refusal(
                    "timed-out",
                    what + " of service \"" + service.name() + "\" took longer than "
                            + Limits.SERVICE_COMMAND.toSeconds() + " s and was ended",
                    ""));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            program.end("the daemon stops");
            return new Command.Refused(Refusal.because("interrupted", "the daemon stops"));
        } catch (ExecutionException e) {
            return new Command.Refused(Refusal.because("launch-failed", what + " could not be watched"));
        }
    }

    // ---- ending ----

    private static Refusal notRunning(String name) {
        return new Refusal("not-started", "service " + Refusal.quoted(name) + " does not run", "start it first");
    }

    /** Stops a service. When this returns its processes have ended, and what it held is revoked. */
    Outcome stop(Grant by, String name, String reason) {
        Optional<RunningService> found = named(name);
        if (found.isEmpty()) {
            return new Outcome.Refused(notRunning(name));
        }
        by.requireOpen();
        audit.noted(
                by.session(),
                "service.stop",
                "ok",
                "service \"" + name + "\"" + (reason.isEmpty() ? "" : ": " + reason));
        RunningService service = found.get();
        janitor.end(service.session(), "the service was stopped" + (reason.isEmpty() ? "" : ": " + reason));
        try {
            String _ = service.ended().get(Limits.SERVICE_STOP.toMillis(), TimeUnit.MILLISECONDS);
            return new Outcome.Done(Optional.empty());
        } catch (TimeoutException | ExecutionException e) {
            return new Outcome.Refused(new Refusal(
                    "still-ending",
                    "service \"" + name + "\" holds nothing any more, but its processes have not ended yet",
                    "look at it again in a moment"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Refused(Refusal.because("interrupted", "the daemon stops"));
        }
    }

    /** The binary has ended, for whatever reason: nothing of the service goes on without it. */
    private void over(RunningService service, @Nullable ProgramExit exit, @Nullable Throwable failure) {
        String how = failure != null || exit == null
                ? "it could not be watched"
                : exit.reason().isEmpty() ? "it ended with " + exit.code() : exit.reason();
        try {
            janitor.end(service.session(), "the service has ended: " + how);
            lastEnds.put(service.name(), how + " at " + clock.instant());
            audit.noted(service.session(), "service.end", "ok", "service \"" + service.name() + "\": " + brief(how));
        } catch (RuntimeException failed) { // the store may be what the daemon ends for
            LOG.log(System.Logger.Level.WARNING, "could not note the end of a service", failed);
        } finally {
            running.remove(service.name(), service);
            service.ended().complete(how);
        }
    }

    private static String brief(String how) {
        return how.length() > Limits.REASON_CHARS ? how.substring(0, Limits.REASON_CHARS) : how;
    }

    /** Waits, not for long, until what ended services leave behind is cleared away: for the end of the daemon, when all sessions are over. */
    void finish() {
        List<CompletableFuture<String>> ends = new ArrayList<>();
        running.values().stream()
                .filter(service -> service.program().isPresent())
                .forEach(service -> ends.add(service.ended()));
        var _ = CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new))
                .completeOnTimeout(null, Limits.SERVICE_STOP.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
