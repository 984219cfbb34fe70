package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CapabilityClient;
import dev.bailiwick.capnp.rpc.CapabilityFactory;
import dev.bailiwick.capnp.rpc.Membrane;
import dev.bailiwick.launch.LaunchOrder;
import dev.bailiwick.launch.LaunchOutcome;
import dev.bailiwick.launch.RunningProgram;
import dev.bailiwick.profiles.ProgramRule;
import dev.bailiwick.profiles.ServiceProgram;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.schema.gen.LogSink;
import dev.bailiwick.schema.gen.ServiceListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Launches the programs of services, each with a ticket to claim what it holds by: the token of its own flow, the service's log, and the services and
 * data directories that the service's bundle has. Thread-safe; launching waits.
 */
final class ServicePrograms {
    private final Tickets tickets;
    private final TokenHoldings tokens;
    private final int uid;

    /** @param uid the operating-system user that they run as: the daemon's own, of which the launcher makes nobody if it is root */
    ServicePrograms(Tickets tickets, TokenHoldings tokens, int uid) {
        this.tickets = tickets;
        this.tokens = tokens;
        this.uid = uid;
    }

    /** What the binary of a service holds. */
    ProgramHoldings.More heldByBinary(RunningService service) {
        return (caps, membrane, life) -> {
            held(service, service.flows().main()).into(caps, membrane, life);
            guarded(
                    membrane,
                    ServiceListener.client(new ListenerServer(service)),
                    ServiceListener.factory,
                    caps::setListener);
        };
    }

    /** What every program of a service holds, by the token of its own flow. */
    ProgramHoldings.More held(RunningService service, Flows.Entry flow) {
        return (caps, membrane, life) -> {
            tokens.into(caps, membrane, life, service.session(), service.flows(), flow);
            service.session()
                    .grant(Slot.LOG_SINK)
                    .ifPresent(grant ->
                            guarded(membrane, grant.capability(LogSink.factory), LogSink.factory, caps::setLogSink));
        };
    }

    private static <T extends CapabilityClient> void guarded(
            Membrane membrane, T inside, CapabilityFactory<T> factory, Consumer<T> setter) {
        try (inside;
                T wrapped = membrane.wrap(inside, factory)) {
            setter.accept(wrapped);
        }
    }

    /** What came of launching one. */
    sealed interface Launched {
        record Runs(RunningProgram program) implements Launched {}

        record Not(Refusal refusal) implements Launched {}
    }

    /** Starts a program; what it may claim is gone when it has ended. */
    Launched launch(RunningService service, String called, ServiceProgram program, ProgramHoldings.More more) {
        ProgramRule rule = ProgramRule.of(service.definition());
        ProgramHoldings holdings = new ProgramHoldings(service.launcher(), rule, Optional.empty(), more);
        return switch (holdings.launch(
                service.group(), tickets, ticket -> order(service, called, program, rule, ticket))) {
            case LaunchOutcome.Started(RunningProgram started) -> new Launched.Runs(started);
            case LaunchOutcome.Refused(String code, String message, String hint) ->
                new Launched.Not(new Refusal(code, message, hint));
        };
    }

    private LaunchOrder order(
            RunningService service, String called, ServiceProgram program, ProgramRule rule, String ticket) {
        return new LaunchOrder(
                called,
                Path.of(program.path()),
                Optional.of(program.sha256()),
                List.of(),
                rule.reads().stream().map(Path::of).toList(),
                service.launcher().decision().launch().orElseThrow().networked(),
                uid,
                Map.of("BAILIWICK_TICKET", ticket, "BAILIWICK_PROGRAM", service.name()));
    }
}
