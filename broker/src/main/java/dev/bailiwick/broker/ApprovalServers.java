package dev.bailiwick.broker;

import dev.bailiwick.accountstore.CorruptStoreException;
import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.IncomingCall;
import dev.bailiwick.profiles.SlotRule;
import dev.bailiwick.schema.ApprovalId;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.SessionId;
import dev.bailiwick.schema.gen.ApprovalClient;
import dev.bailiwick.schema.gen.ApprovalRequest;
import dev.bailiwick.schema.gen.ApprovalReviewer;
import dev.bailiwick.schema.gen.RequestResult;
import dev.bailiwick.schema.gen.RequestState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.capnproto.Data;
import org.capnproto.StructList;

/** Serve asking for leases to one session, and deciding about those of others. */
final class ApprovalServers {
    private ApprovalServers() {}

    /** What one session asks for. */
    static final class Client implements ApprovalClient.Server {
        private final Grant grant;
        private final Approvals approvals;

        Client(Grant grant, Approvals approvals) {
            this.grant = grant;
            this.approvals = approvals;
        }

        @Override
        public CompletionStage<?> dispatch(IncomingCall call) throws Exception {
            return StoreTrouble.telling(() -> ApprovalClient.Server.super.dispatch(call));
        }

        @Override
        public CompletionStage<?> eligible(
                CallContext<ApprovalClient.EligibleParams.Reader, ApprovalClient.EligibleResults.Builder> call) {
            List<String> fragments = grant.session()
                    .plan()
                    .map(plan -> List.copyOf(plan.leases()))
                    .orElse(List.of());
            Wire.texts(call.results().initFragments(fragments.size()), fragments);
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> request(
                CallContext<ApprovalClient.RequestParams.Reader, ApprovalClient.RequestResults.Builder> call) {
            ApprovalClient.RequestParams.Reader params = call.params();
            answer(
                    call.results().initResult(),
                    () -> approvals.ask(
                            grant.session(),
                            params.getFragment().toString(),
                            params.getReason().toString(),
                            duration(params.getDurationMs())));
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> list(
                CallContext<ApprovalClient.ListParams.Reader, ApprovalClient.ListResults.Builder> call) {
            List<LeaseRequest> requests = approvals.of(grant.session());
            write(call.results().initRequests(requests.size()), requests);
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> wait(
                CallContext<ApprovalClient.WaitParams.Reader, ApprovalClient.WaitResults.Builder> call) {
            RequestResult.Builder result = call.results().initResult();
            Optional<CompletableFuture<LeaseRequest>> decision =
                    id(call.params().getRequestId()).flatMap(id -> approvals.decision(grant.session(), id));
            if (decision.isEmpty()) {
                new Refusal("not-found", "there is no such request, or too many wait for it", "list the requests")
                        .into(result.initDenied());
                return Calls.DONE;
            }
            call.onCancel(() -> {
                var _ = decision.get().cancel(false);
            });
            return decision.get().thenAccept(request -> write(result.initRequest(), request));
        }

        @Override
        public CompletionStage<?> renew(
                CallContext<ApprovalClient.RenewParams.Reader, ApprovalClient.RenewResults.Builder> call) {
            ApprovalClient.RenewParams.Reader params = call.params();
            answer(
                    call.results().initResult(),
                    params.getRequestId(),
                    id -> approvals.renew(grant.session(), id, duration(params.getDurationMs())));
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> giveBack(
                CallContext<ApprovalClient.GiveBackParams.Reader, ApprovalClient.GiveBackResults.Builder> call) {
            answer(
                    call.results().initResult(),
                    call.params().getRequestId(),
                    id -> approvals.giveBack(grant.session(), id));
            return Calls.DONE;
        }
    }

    /** What a reviewer sees and decides. */
    static final class Reviewer implements ApprovalReviewer.Server {
        private final Grant grant;
        private final Approvals approvals;
        private final Sessions sessions;

        Reviewer(Grant grant, Approvals approvals, Sessions sessions) {
            this.grant = grant;
            this.approvals = approvals;
            this.sessions = sessions;
        }

        @Override
        public CompletionStage<?> dispatch(IncomingCall call) throws Exception {
            return grant.answering(() -> StoreTrouble.telling(() -> ApprovalReviewer.Server.super.dispatch(call)));
        }

        @Override
        public CompletionStage<?> list(
                CallContext<ApprovalReviewer.ListParams.Reader, ApprovalReviewer.ListResults.Builder> call) {
            boolean all = call.params().getAll();
            List<LeaseRequest> seen = approvals.forReview().stream()
                    .filter(request -> all || request.needsDecision())
                    .limit(Limits.PAGE)
                    .toList();
            write(call.results().initRequests(seen.size()), seen);
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> grant(
                CallContext<ApprovalReviewer.GrantParams.Reader, ApprovalReviewer.GrantResults.Builder> call) {
            ApprovalReviewer.GrantParams.Reader params = call.params();
            answer(
                    call.results().initResult(),
                    params.getRequestId(),
                    id -> approvals.grant(grant, id, duration(params.getDurationMs())));
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> deny(
                CallContext<ApprovalReviewer.DenyParams.Reader, ApprovalReviewer.DenyResults.Builder> call) {
            ApprovalReviewer.DenyParams.Reader params = call.params();
            answer(
                    call.results().initResult(),
                    params.getRequestId(),
                    id -> approvals.deny(grant, id, params.getReason().toString()));
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> cut(
                CallContext<ApprovalReviewer.CutParams.Reader, ApprovalReviewer.CutResults.Builder> call) {
            ApprovalReviewer.CutParams.Reader params = call.params();
            answer(
                    call.results().initResult(),
                    params.getRequestId(),
                    id -> approvals.cut(grant, id, params.getReason().toString()));
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> give(
                CallContext<ApprovalReviewer.GiveParams.Reader, ApprovalReviewer.GiveResults.Builder> call) {
            ApprovalReviewer.GiveParams.Reader params = call.params();
            RequestResult.Builder result = call.results().initResult();
            Optional<Session> session = params.getSessionId().size() == Id128.BYTES
                    ? sessions.byId(SessionId.of(params.getSessionId().toArray()))
                    : Optional.empty();
            if (session.isEmpty()) {
                unknownSession().into(result.initDenied());
                return Calls.DONE;
            }
            answer(
                    result,
                    () -> approvals.give(
                            grant,
                            session.get(),
                            params.getFragment().toString(),
                            params.getReason().toString(),
                            duration(params.getDurationMs())));
            return Calls.DONE;
        }
    }

    private static Refusal unknownSession() {
        return new Refusal("not-found", "there is no such session, or not any more", "list the sessions");
    }

    private interface Deciding {
        Approvals.Outcome about(ApprovalId id);
    }

    private static void answer(RequestResult.Builder result, Data.Reader requestId, Deciding deciding) {
        Optional<ApprovalId> id = id(requestId);
        if (id.isEmpty()) {
            new Refusal("invalid-argument", "a request id has " + Id128.BYTES + " bytes", "list the requests")
                    .into(result.initDenied());
            return;
        }
        answer(result, () -> deciding.about(id.get()));
    }

    private static void answer(RequestResult.Builder result, Supplier<Approvals.Outcome> step) {
        try {
            switch (step.get()) {
                case Approvals.Outcome.Done(LeaseRequest request) -> write(result.initRequest(), request);
                case Approvals.Outcome.Refused(Refusal refusal) -> refusal.into(result.initDenied());
            }
        } catch (CorruptStoreException damage) {
            Refusal.of(damage).into(result.initDenied());
        }
    }

    private static Optional<ApprovalId> id(Data.Reader bytes) {
        return bytes.size() == Id128.BYTES ? Optional.of(ApprovalId.of(bytes.toArray())) : Optional.empty();
    }

    /** What does not fit a duration is longer than any that is allowed. */
    private static Duration duration(long unsignedMs) {
        return unsignedMs < 0 ? Duration.ofMillis(Long.MAX_VALUE) : Duration.ofMillis(unsignedMs);
    }

    private static void write(StructList.Builder<ApprovalRequest.Builder> list, List<LeaseRequest> requests) {
        for (int i = 0; i < requests.size(); i++) {
            write(list.get(i), requests.get(i));
        }
    }

    private static void write(ApprovalRequest.Builder wire, LeaseRequest request) {
        Session.Identity identity = request.session().identity();
        wire.setRequestId(request.id().toBytes());
        wire.setPrincipalId(identity.principalId().toBytes());
        wire.setName(identity.name());
        wire.setSessionId(identity.id().toBytes());
        wire.setFragment(request.fragment());
        wire.setReason(request.reason());
        wire.setDurationMs(request.duration().toMillis());
        wire.setRequestedAtMs(request.askedAt().toEpochMilli());
        wire.setAuthStrength(request.strength().text());
        wire.setAuthAgeMs(Math.max(0, request.authAge().toMillis()));
        var slots = wire.initSlots(request.slots().size());
        for (int i = 0; i < request.slots().size(); i++) {
            SlotRule rule = request.slots().get(i);
            slots.set(i, Wire.slot(rule.slot()));
        }
        switch (request.state()) {
            case LeaseRequest.State.Waiting(Instant until) -> {
                wire.setState(RequestState.PENDING);
                wire.setExpiresAtMs(until.toEpochMilli());
            }
            case LeaseRequest.State.Running(Lease lease, var approver, Instant decidedAt, var renewal) -> {
                wire.setState(RequestState.GRANTED);
                wire.setDecidedAtMs(decidedAt.toEpochMilli());
                wire.setDecidedBy(approver.name());
                wire.setExpiresAtMs(lease.until().toEpochMilli());
                renewal.ifPresent(wanted -> wire.setRenewalMs(wanted.duration().toMillis()));
            }
            case LeaseRequest.State.Over(var how, Instant at, String by, String why, var _) -> {
                wire.setState(
                        switch (how) {
                            case DENIED -> RequestState.DENIED;
                            case EXPIRED, LAPSED -> RequestState.EXPIRED;
                            case CUT, GIVEN_BACK, GROUND_GONE -> RequestState.CUT;
                        });
                wire.setDecidedAtMs(at.toEpochMilli());
                wire.setDecidedBy(by);
                wire.setNote(why);
            }
        }
    }
}
