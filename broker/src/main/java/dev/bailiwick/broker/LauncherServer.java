package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.launch.LaunchOrder;
import dev.bailiwick.launch.LaunchOutcome;
import dev.bailiwick.launch.Launchpad;
import dev.bailiwick.launch.ProgramGroup;
import dev.bailiwick.launch.RunningProgram;
import dev.bailiwick.profiles.ProgramRule;
import dev.bailiwick.schema.gen.ApprovedProgram;
import dev.bailiwick.schema.gen.LaunchResult;
import dev.bailiwick.schema.gen.Launcher;
import dev.bailiwick.schema.gen.Process;
import dev.bailiwick.schema.gen.TerminalSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.capnproto.Text;
import org.capnproto.Void;
import org.jspecify.annotations.Nullable;

/**
 * Starts the programs of one grant, and nothing else. All of them end with the grant; together they have the limits of the session's
 * resource profile.
 */
final class LauncherServer implements Launcher.Server {
    private final Grant grant;
    private final @Nullable ProgramGroup group;
    private final Tickets tickets;
    private final BiConsumer<Session, String> log;
    private final BiFunction<Session, ProgramRule, Jobs.Outcome> jobs;

    /**
     * A launcher of that grant.
     *
     * @param launchpad what starts programs here; empty where nothing does
     * @param log notes what was started in the session's log
     * @param jobs makes the tokens of programs that act as their caller
     */
    LauncherServer(
            Grant grant,
            Optional<Launchpad> launchpad,
            Tickets tickets,
            BiConsumer<Session, String> log,
            BiFunction<Session, ProgramRule, Jobs.Outcome> jobs) {
        this.grant = grant;
        this.group = launchpad
                .map(pad -> pad.group(terms().limits(), terms().networked()))
                .orElse(null);
        this.tickets = tickets;
        this.log = log;
        this.jobs = jobs;
        if (group != null) {
            grant.onClose(group::close);
        }
    }

    /** As the grant has them now: a role that is added adds programs to a launcher that is there. */
    private LaunchTerms terms() {
        return grant.decision().launch().orElseThrow();
    }

    @Override
    public CompletionStage<?> list(CallContext<Launcher.ListParams.Reader, Launcher.ListResults.Builder> call) {
        LaunchTerms terms = terms();
        var list = call.results().initPrograms(terms.programs().size());
        for (int i = 0; i < terms.programs().size(); i++) {
            ProgramRule rule = terms.programs().get(i);
            ApprovedProgram.Builder program = list.get(i);
            program.setName(rule.name());
            program.setSummary(rule.summary());
            program.setPath(rule.path());
            program.setMeasured(rule.sha256().isPresent());
            program.setArguments(rule.argumentsText());
            program.setAsCaller(rule.asCaller());
        }
        List<String> limits = group == null ? List.of(UNAVAILABLE.message()) : group.limitsText();
        ProcessServer.write(limits, call.results().initLimits(limits.size()));
        return Calls.DONE;
    }

    private static final Refusal UNAVAILABLE =
            new Refusal("launcher-unavailable", "nothing starts programs here", "use a session of a daemon");

    @Override
    public CompletionStage<?> launch(CallContext<Launcher.LaunchParams.Reader, Launcher.LaunchResults.Builder> call) {
        LaunchResult.Builder result = call.results().initResult();
        Launcher.LaunchParams.Reader params = call.params();
        String name = params.getName().toString();
        List<String> arguments = new ArrayList<>();
        if (params.getArguments().size() <= dev.bailiwick.profiles.Limits.PROGRAM_ARGUMENTS) {
            for (Text.Reader argument : params.getArguments()) {
                arguments.add(argument.toString());
            }
        } else {
            new Refusal(
                            "too-many-arguments",
                            "no program takes more than " + dev.bailiwick.profiles.Limits.PROGRAM_ARGUMENTS
                                    + " arguments",
                            "")
                    .into(result.initDenied());
            return Calls.DONE;
        }
        Optional<ProgramRule> rule = terms().program(name);
        if (rule.isEmpty()) {
            unknown(name).into(result.initDenied());
            return Calls.DONE;
        }
        Optional<ProgramRule.ArgumentFault> fault = rule.get().fault(arguments);
        if (fault.isPresent()) {
            new Refusal(fault.get().code(), fault.get().message(), "").into(result.initDenied());
            return Calls.DONE;
        }
        launch(rule.get(), arguments, params.getTerminal(), result);
        return Calls.DONE;
    }

    private Refusal unknown(String name) {
        return new Refusal(
                "unknown-program",
                "this launcher has no program " + Refusal.quoted(name),
                terms().programs().isEmpty() ? "it has none at all" : "'bailiwick run --list' shows those it has");
    }

    /** Takes the terminal over. */
    private void launch(
            ProgramRule rule, List<String> arguments, TerminalSession.Client terminal, LaunchResult.Builder result) {
        boolean kept = false;
        try {
            if (group == null) {
                UNAVAILABLE.into(result.initDenied());
                return;
            }
            ProgramHoldings.More more = ProgramHoldings.More.NOTHING;
            if (rule.asCaller()) {
                switch (jobs.apply(grant.session(), rule)) {
                    case Jobs.Outcome.Refused(Refusal refusal) -> {
                        refusal.into(result.initDenied());
                        return;
                    }
                    case Jobs.Outcome.Ready(ProgramHoldings.More held) -> more = held;
                }
            }
            ProgramHoldings holdings = new ProgramHoldings(
                    grant, rule, terminal.isNull() ? Optional.empty() : Optional.of(terminal.share()), more);
            switch (holdings.launch(group, tickets, ticket -> order(rule, arguments, ticket))) {
                case LaunchOutcome.Started(RunningProgram program) -> {
                    kept = !terminal.isNull();
                    if (kept) {
                        TerminalPump.connect(program, terminal, terminal::close);
                    }
                    log.accept(grant.session(), "started program \"" + rule.name() + "\"");
                    result.setStarted(Void.VOID);
                    try (Process.Client process = Process.client(new ProcessServer(program, group, kept))) {
                        result.setProcess(process);
                    }
                }
                case LaunchOutcome.Refused(String code, String message, String hint) -> {
                    if (code.equals("revoked")) {
                        throw Grant.revoked(message);
                    }
                    new Refusal(code, message, hint).into(result.initDenied());
                }
            }
        } finally {
            if (!kept) {
                terminal.close();
            }
        }
    }

    private LaunchOrder order(ProgramRule rule, List<String> arguments, String ticket) {
        return new LaunchOrder(
                rule.name(),
                Path.of(rule.path()),
                rule.sha256(),
                arguments,
                rule.reads().stream().map(Path::of).toList(),
                terms().networked(),
                grant.session().identity().uid(),
                Map.of("BAILIWICK_TICKET", ticket, "BAILIWICK_PROGRAM", rule.name()));
    }
}
