package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.Membrane;
import dev.bailiwick.identity.LiveToken;
import dev.bailiwick.identity.MaterialiseResult;
import dev.bailiwick.identity.Refused;
import dev.bailiwick.profiles.ProgramRule;
import dev.bailiwick.schema.gen.ProgramCaps;
import java.util.Optional;

/**
 * Ad-hoc jobs: programs that a session's launcher starts and that act as whoever started them, each by a token of its own, which is a duplicate
 * of the caller's effective one (seed 004). Thread-safe.
 */
final class Jobs {
    /** What came of making a job's token: what its program holds by it. */
    sealed interface Outcome {
        record Ready(ProgramHoldings.More held) implements Outcome {}

        record Refused(Refusal refusal) implements Outcome {}
    }

    private final Identities identities;
    private final TokenHoldings tokens;

    Jobs(Identities identities, TokenHoldings tokens) {
        this.identities = identities;
        this.tokens = tokens;
    }

    /** What the program of one job holds, and the flow of execution that is over with it. */
    private record Job(TokenHoldings tokens, Session session, Flows flows, Flows.Entry flow)
            implements ProgramHoldings.More {
        @Override
        public void into(ProgramCaps.Builder caps, Membrane membrane, Lifetime life) {
            tokens.into(caps, membrane, life, session, flows, flow);
        }

        @Override
        public void over() {
            flows.end(flow);
        }
    }

    /** Makes the token of a program that this session is about to start, and a flow for it. */
    Outcome prepare(Session session, ProgramRule program) {
        Flows flows = session.flows(identities::logon);
        LiveToken token;
        switch (identities.job(program.name(), flows.main().flow().effective())) {
            case Refused refused -> {
                return new Outcome.Refused(TokenHolderServer.refusal(refused));
            }
            case MaterialiseResult.Materialised(LiveToken made, var _) -> token = made;
        }
        Optional<Flows.Entry> flow = flows.start(token, "program " + program.name());
        return flow.isPresent()
                ? new Outcome.Ready(new Job(tokens, session, flows, flow.get()))
                : new Outcome.Refused(Flows.TOO_MANY);
    }
}
