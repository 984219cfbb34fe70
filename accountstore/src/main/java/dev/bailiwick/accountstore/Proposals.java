package dev.bailiwick.accountstore;

import dev.bailiwick.schema.TransactionId;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Turns a manager's calls into transactions: reads the newest state, proposes, and, if the caller left the version open, proposes anew
 * when it moved meanwhile.
 */
final class Proposals {
    private final Committing store;
    private final Reading reading;
    private final InstantSource clock;
    private final IdSource ids;

    Proposals(Committing store, Reading reading, InstantSource clock, IdSource ids) {
        this.store = store;
        this.reading = reading;
        this.clock = clock;
        this.ids = ids;
    }

    /** What a call comes to, given a state: records to write, or a refusal. */
    sealed interface Draft {
        record Write(List<Mutation> mutations) implements Draft {}

        record Refuse(CommitResult result) implements Draft {}
    }

    static Draft notFound(String what) {
        return new Draft.Refuse(new CommitResult.Rejected(Rejection.NOT_FOUND, "there is no " + what));
    }

    /** Refuses unless {@code found} is the version that the caller saw. */
    static Optional<Draft> stale(Stored<?> found, long expect) {
        return expect == 0 || expect == found.version()
                ? Optional.empty()
                : Optional.of(new Draft.Refuse(new CommitResult.Conflict(
                        found.kind(), found.recordId(), found.version(), Optional.of(found.contentHash()))));
    }

    /** What a client's request came to, if it was carried out before. */
    Optional<CommitResult> answered(ClientRequest request) {
        return reading.read(snapshot -> snapshot.answered(request));
    }

    CommitResult propose(String operation, Attribution by, long expect, Function<ViewSnapshot, Draft> drafting) {
        Optional<CommitResult> answered = by.request().flatMap(this::answered);
        if (answered.isPresent()) {
            return answered.get();
        }
        CommitResult result = once(operation, by, drafting);
        for (int i = 1; i < StoreLimits.PROPOSALS && expect == 0 && result instanceof CommitResult.Conflict; i++) {
            result = once(operation, by, drafting);
        }
        return result;
    }

    private CommitResult once(String operation, Attribution by, Function<ViewSnapshot, Draft> drafting) {
        Draft draft = reading.read(drafting);
        return switch (draft) {
            case Draft.Refuse(CommitResult result) -> result;
            case Draft.Write(List<Mutation> mutations) ->
                store.commit(
                        new Transaction(
                                by.request().map(ClientRequest::id).orElseGet(() -> TransactionId.of(ids.next())),
                                AccountStore.now(clock),
                                by.actor(),
                                operation,
                                by.approval(),
                                mutations,
                                List.of(),
                                by.request().map(ClientRequest::hash)),
                        by.gate());
        };
    }
}
