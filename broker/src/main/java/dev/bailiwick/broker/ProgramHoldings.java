package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.Membrane;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.launch.LaunchOrder;
import dev.bailiwick.launch.LaunchOutcome;
import dev.bailiwick.launch.ProgramGroup;
import dev.bailiwick.launch.RunningProgram;
import dev.bailiwick.profiles.ProgramAccess;
import dev.bailiwick.profiles.ProgramRule;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.ProgramCaps;
import dev.bailiwick.schema.gen.TerminalSession;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What one launched program holds: parts of what its session holds, behind a membrane of the program's own. They go with the session's
 * grants, with the launcher's, and with the program.
 */
final class ProgramHoldings implements Tickets.Holdings {
    private static final System.Logger LOG = System.getLogger(ProgramHoldings.class.getName());

    private final Grant launcher;
    private final ProgramRule rule;
    private final Optional<TerminalSession.Client> terminal;
    private final More more;
    private final Membrane membrane;
    private final Ending life;

    /** What a program holds besides parts of its session's namespaces. */
    interface More {
        /** Nothing. */
        More NOTHING = (caps, membrane, life) -> {};

        /**
         * Writes it.
         *
         * @param membrane the program's, which goes around everything that is written
         * @param life the program's: what is reached by what is written ends with it, too
         */
        void into(ProgramCaps.Builder caps, Membrane membrane, Lifetime life);

        /** The program has ended, or was never started: what was made for it can go. */
        default void over() {}
    }

    /** @param terminal the caller's, if there is one; closed by {@link #revoke} */
    ProgramHoldings(Grant launcher, ProgramRule rule, Optional<TerminalSession.Client> terminal, More more) {
        this.launcher = launcher;
        this.rule = rule;
        this.terminal = terminal;
        this.more = more;
        this.membrane = new Membrane(launcher, Grant.CATALOGUE);
        this.life = Ending.within(launcher);
    }

    /**
     * Starts the program. What it may claim by its ticket goes with it; if it is not started, for whatever reason, there is nothing to claim.
     *
     * @param order what to start, given the ticket's text
     */
    LaunchOutcome launch(ProgramGroup group, Tickets tickets, Function<String, LaunchOrder> order) {
        Tickets.Ticket ticket = tickets.issue(this);
        boolean runs = false;
        try {
            LaunchOutcome outcome = group.launch(order.apply(ticket.text()));
            if (outcome instanceof LaunchOutcome.Started(RunningProgram program)) {
                runs = true;
                ticket.belongsTo(program);
                var _ = program.exit().whenComplete((exit, failure) -> revoke("the program has ended"));
            }
            return outcome;
        } finally {
            if (!runs) {
                ticket.withdraw();
                revoke("the program was not started");
            }
        }
    }

    /** The program has ended: what it held, wherever it was passed on, is gone. */
    void revoke(String why) {
        membrane.revoke(why);
        life.end(why);
        more.over();
        terminal.ifPresent(TerminalSession.Client::close);
    }

    @Override
    public void into(ProgramCaps.Builder caps) {
        caps.setProgram(rule.name());
        rule.holds().forEach((slot, access) -> hold(slot, access, setter(slot, caps)));
        terminal.ifPresent(held -> {
            try (TerminalSession.Client wrapped = membrane.wrap(held, TerminalSession.factory)) {
                caps.setTerminal(wrapped);
            }
        });
        more.into(caps, membrane, life);
    }

    private static Consumer<Namespace.Client> setter(Slot slot, ProgramCaps.Builder caps) {
        if (slot == Slot.HOME) {
            return caps::setHome;
        }
        if (slot == Slot.CONFIG) {
            return caps::setConfig;
        }
        return slot == Slot.CACHE ? caps::setCache : caps::setTmp;
    }

    /** A slot that the session does not hold, or that cannot be shared so, is one that the program does not hold. */
    private void hold(Slot slot, ProgramAccess access, Consumer<Namespace.Client> setter) {
        launcher.session().grant(slot).ifPresent(grant -> {
            try (Namespace.Client whole = grant.capability(Namespace.factory);
                    Namespace.Client part = part(whole, access);
                    Namespace.Client wrapped = membrane.wrap(part, Namespace.factory)) {
                setter.accept(wrapped);
            } catch (RpcException refused) {
                LOG.log(System.Logger.Level.DEBUG, "a launched program does not hold " + slot.text(), refused);
            }
        });
    }

    private Namespace.Client part(Namespace.Client whole, ProgramAccess access) {
        return switch (access) {
            case READ_ONLY -> {
                try (var response = whole.readOnlyRequest().send().join()) {
                    yield response.get().getNamespace();
                }
            }
            case OWN -> {
                String path = "apps/" + rule.name();
                make(whole, path);
                var request = whole.subRequest();
                request.params().setPath(path);
                try (var response = request.send().join()) {
                    yield response.get().getNamespace();
                }
            }
        };
    }

    /** Namespaces are made on the way to a blob, and stay when it is removed. */
    static void make(Namespace.Client whole, String path) {
        var stat = whole.statRequest();
        stat.params().setPath(path);
        try (var response = stat.send().join()) {
            if (response.get().getResult().isFound()) {
                return;
            }
        }
        String blob = path + "/.made";
        var put = whole.putRequest();
        put.params().setPath(blob);
        put.params().initExpectation().setVersion(0);
        put.send().await();
        var remove = whole.removeRequest();
        remove.params().setPath(blob);
        remove.params().initExpectation().setAny(org.capnproto.Void.VOID);
        remove.send().await();
    }
}
